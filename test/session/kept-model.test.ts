/** Models that stay at their parties under a name: later sessions have the same weights, and what does not fit is refused by name. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError, ProtocolError } from '../../src/errors.js';
import type { LayerConfig } from '../../src/model/config.js';
import { batchNormalization, dense, momentum } from '../../src/model/describe.js';
import { dryRunOf } from '../../src/session/dry-roles.js';
import type { KeepOptions } from '../../src/session/kept-model.js';
import type { SessionOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { runApart, valuesOf } from '../world/apart.js';
import { RINGS } from '../world/ring.js';
import { namesOf, withSession } from '../world/sessions.js';

const layersOf = (units = 3): LayerConfig[] => [
  dense({ units, inputShape: [2], activation: 'relu' }),
  batchNormalization(),
  dense({ units: 1 }),
];
const TARGETS = { mean: Float64Array.of(250), deviation: Float64Array.of(0.1) };
const SCALING = { mean: Float64Array.of(0.1, -1 / 3), deviation: Float64Array.of(1, 1e-3) };

/** Trains a small model, keeps it, and opens its weights. */
async function trained(session: Session, options: KeepOptions, name = 'small') {
  const own = (width: number, owner: string) =>
    session.isHere(owner) ? Array.from({ length: 24 * width }, (_, i) => (i % 5) / 8) : null;
  const x = session.share(own(2, 'alice'), { owner: 'alice', shape: [24, 2] });
  const y = session.share(own(1, 'bob'), { owner: 'bob', shape: [24, 1] });
  const model = sequential(layersOf());
  model.compile({ optimizer: momentum({ learningRate: 0.125 }), loss: 'meanSquaredError' });
  await model.fit(x, y, { batchSize: 8, epochs: 2 });
  await model.keep(name, options);
  return model.weights();
}

const made = await mkdtemp(join(tmpdir(), 'beaverdam-kept-'));
test.after(() => rm(made, { recursive: true, force: true }));
const [one, other] = ['one', 'other'].map((name) => join(made, name));
const run = (dir: string, options: SessionOptions = {}) =>
  withSession(options, (session) => trained(session, { dir, data: 'two columns' }));
const kept = await run(one);
await run(other);

/** Takes the model up and opens its weights. */
async function restored(session: Session, dir: string, name = 'small', units = 3, data = 'two columns') {
  const model = sequential(layersOf(units));
  const beside = await model.restore(session, name, { dir, data });
  return { beside, weights: await model.weights() };
}

for (const ring of RINGS) {
  for (const parties of [2, 3]) {
    test(`the same weights, to the last bit: ring ${ring}, ${parties} parties`, async () => {
      const dir = join(made, `${ring}-${parties}`);
      const options = { ring, parties: namesOf(parties) };
      const extras = { scaling: SCALING, classes: ['no', 'yes'], targets: TARGETS };
      const weights = await withSession(options, (session) => trained(session, { dir, ...extras }));
      const again = await withSession(options, async (session) => {
        const model = sequential(layersOf());
        const beside = await model.restore(session, 'small', { dir });
        return { beside, weights: await model.weights() };
      });
      assert.equal(again.weights, weights);
      assert.equal(again.beside, extras);
    });
  }
}

test('a file a party, for its user alone, and nothing at the others', async () => {
  assert.equal((await readdir(one)).sort(), ['alice.small.model', 'bob.small.model']);
  for (const file of await readdir(one)) assert.is((await stat(join(one, file))).mode & 0o777, 0o600);
});

test('a role in each process; one of them predicts, and asks again', async () => {
  const dirs = new Map(['alice', 'bob'].map((role) => [role, join(made, 'apart', role)]));
  const places = [['alice'], ['bob'], ['provider'], ['owner']];
  const dirOf = (place: number) => dirs.get(places[place][0]) ?? join(made, 'apart', 'nothing');
  const options = { ring: 32 } as const;
  const first = valuesOf(
    await runApart(options, places, (place) => (session) => trained(session, { dir: dirOf(place) })),
  );
  const second = valuesOf(
    await runApart(options, places, (place) => async (session) => {
      const model = sequential(layersOf());
      const beside = await model.restore(session, 'small', { dir: dirOf(place) });
      return { beside, weights: await model.weights() };
    }),
  );
  assert.equal(
    second.map(({ weights }) => weights),
    first,
  );
  const nothing = { scaling: null, classes: null, targets: null };
  assert.equal(
    second.map(({ beside }) => beside),
    [nothing, nothing, null, null],
  );
  assert.equal(await readdir(join(made, 'apart')).then((names) => names.sort()), ['alice', 'bob']);
});

test('files of different runs: refused where they meet, or by the parties', async () => {
  const mixed = join(made, 'mixed');
  await cp(one, mixed, { recursive: true });
  await cp(join(other, 'bob.small.model'), join(mixed, 'bob.small.model'));
  await refused(mixed, /restore: what alice and bob have of "small" is of different runs/);
  const outcomes = await runApart(
    { ring: 32, timeout: 3000 },
    [['alice', 'provider', 'owner'], ['bob']],
    () => (session) => restored(session, mixed),
  );
  const errors = outcomes.map((outcome) => ('error' in outcome ? outcome.error : null));
  assert.ok(errors.every((error) => error instanceof ProtocolError));
  assert.ok(
    errors.some((error) => /restore: (alice|bob) and (alice|bob) bring different runs/.test(String(error))),
  );
});

test('what is not there, torn, altered or of something else is refused by name, and the session goes on', async () => {
  await refused(made, /restore: alice has no model "small": there is no .*alice\.small\.model/);
  const work = join(made, 'work');
  const path = join(work, 'bob.small.model');
  const change = async (how: (bytes: Buffer) => Buffer) => {
    await cp(one, work, { recursive: true });
    await writeFile(path, how(await readFile(path)));
  };
  await change((bytes) => bytes.subarray(0, bytes.length - 5));
  await refused(work, /bob\.small\.model is torn: it has \d+ of \d+ bytes/);
  await change((bytes) =>
    Buffer.concat([bytes.subarray(0, 300), Buffer.of(bytes[300] ^ 1), bytes.subarray(301)]),
  );
  await refused(work, /bob\.small\.model has been altered/);
  await change(() => Buffer.from('a letter that is longer than its beginning'));
  await refused(work, /bob\.small\.model is no kept model/);
  await cp(join(one, 'alice.small.model'), path);
  await refused(work, /bob\.small\.model is alice's, not bob's/);
  await cp(one, work, { recursive: true });
  await cp(path, join(work, 'bob.large.model'));
  await cp(join(work, 'alice.small.model'), join(work, 'alice.large.model'));
  await refused(work, /alice\.large\.model is of the model "small"/, {}, 'large');
  await refused(one, /is of a session with ring 32, not 64/, { ring: 64 });
  await refused(one, /is of a session with fractionBits 12, not 10/, { fractionBits: 10 });
  await refused(one, /is of other parties \(alice, bob\)/, { parties: ['bob', 'alice'] });
  await refused(one, /is of a model with another description/, {}, 'small', 4);
  await refused(one, /is of a model for rows of another form/, {}, 'small', 3, 'three columns');
});

/** Refused with a JobError before anything is sent: the session then takes up the right one. */
async function refused(
  dir: string,
  expected: RegExp,
  options: SessionOptions = {},
  ...more: [name?: string, units?: number, data?: string]
): Promise<void> {
  await withSession(options, async (session) => {
    const error = await restored(session, dir, ...more).then(
      () => null,
      (thrown: Error) => thrown,
    );
    assert.instance(error, JobError);
    assert.match(String(error?.message), expected);
    if (Object.keys(options).length > 0) return;
    assert.equal((await restored(session, one)).weights, kept);
  });
}

test('names, options and moments that make no sense', async () => {
  await withSession({}, async (session) => {
    const model = sequential(layersOf());
    const dir = one;
    const messageOf = (work: Promise<unknown>) => work.then(String, ({ message }: Error) => message);
    assert.match(await messageOf(model.keep('a', { dir })), /keep: the model has not been trained yet/);
    assert.match(await messageOf(model.keep('../a', { dir })), /keep: name: expected 1 to 40 letters/);
    const wrong = { mean: new Float64Array(5), deviation: new Float64Array(5) };
    assert.match(await messageOf(model.keep('a', { dir, scaling: wrong })), /keep: scaling/);
    assert.match(await messageOf(model.restore(session, '', { dir })), /restore: name: expected/);
    assert.match(await messageOf(model.restore(session, 'small', { dir: '' })), /restore: dir is empty/);
    await model.restore(session, 'small', { dir, data: 'two columns' });
    assert.match(
      await messageOf(model.restore(session, 'small', { dir })),
      /restore: the model has weights already/,
    );
  });
});

test('a party that cannot write leaves all of them what they had, and the session goes on', async () => {
  const dir = join(made, 'half');
  const options = { parties: ['alice', 'bob'] };
  await run(dir, options);
  const names = await readdir(dir);
  const bobs = names.find((name) => name.startsWith('bob')) as string;
  const before = await Promise.all(names.map((name) => readFile(join(dir, name))));
  await mkdir(join(dir, `${bobs}.next.part`, 'in the way'), { recursive: true });
  await withSession(options, async (session) => {
    const model = sequential(layersOf());
    await model.restore(session, 'small', { dir, data: 'two columns' });
    const outcome = await model.keep('small', { dir }).catch((error: unknown) => error);
    assert.instance(outcome, JobError);
    assert.match((outcome as Error).message, /keep: cannot write .*bob/);
    assert.equal(await Promise.all(names.map((name) => readFile(join(dir, name)))), before);
    assert.equal((await readdir(dir)).sort(), [...names, `${bobs}.next.part`].sort());
    await rm(join(dir, `${bobs}.next.part`), { recursive: true });
    await model.keep('small', { dir, data: 'two columns' });
    assert.equal((await readdir(dir)).sort(), [...names].sort());
  });
  assert.equal((await withSession(options, (session) => restored(session, dir))).weights.length, kept.length);
});

test('a folder that is none is named', async () => {
  const file = join(made, 'a file');
  await writeFile(file, 'no folder');
  await withSession({}, async (session) => {
    const outcome = await restored(session, file).catch((error: unknown) => error);
    assert.instance(outcome, JobError);
    assert.match((outcome as Error).message, /restore: cannot read .*a file/);
  });
});

test('a restored model that was freed is of no use, also one that is freed while it is read', async () => {
  await withSession({}, async (session) => {
    const live = async () => {
      await session.ready();
      return [...(await session.memoryUse()).values()].map((use) => use.live);
    };
    const before = await live();
    const read = { dir: one, data: 'two columns' };
    const [early, late] = [sequential(layersOf()), sequential(layersOf())];
    await early.restore(session, 'small', read);
    early.dispose();
    const reading = late.restore(session, 'small', read);
    late.dispose();
    for (const restoring of [early.restore(session, 'small', read), reading]) {
      const outcome = await restoring.catch((error: unknown) => error);
      assert.instance(outcome, TypeError);
      assert.is((outcome as Error).message, 'restore: the model has been disposed');
    }
    assert.equal(await live(), before);
  });
});

test('a run for costs alone goes through both, with the rounds that they take', async () => {
  const options = { ring: 32 } as const;
  const { totals: counted } = await dryRunOf((session) => restored(session, 'nowhere'), options);
  const totals = await withSession(options, async (session) => {
    await restored(session, one);
    return session.totals();
  });
  const { rounds, online, dealt } = counted;
  const bob = totals.get('bob');
  assert.equal([rounds, online, dealt], [bob?.rounds, bob?.online, totals.get('provider')?.dealt]);
  assert.is(rounds, 1);
});

test.run();
