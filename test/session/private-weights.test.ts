/**
 * Weights that one owner brings as secrets: models compute with them as with public ones, their owner alone gets them back,
 * and checkpoints, dry runs and errors tell nothing of them.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlainModel } from '../../src/baseline/model.js';
import { momentum, sgd } from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import { listDisclosures } from '../../src/session/dry-roles.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { sizeOf } from '../../src/shape.js';
import { uniform } from '../baseline/gradient-check.js';
import { runApart, valuesOf } from '../world/apart.js';
import { dataOf, images, modelOf, ROWS, small, training, weightsFor } from '../world/private-models.js';
import { RINGS } from '../world/ring.js';
import { namesOf, withSession } from '../world/sessions.js';
import { deal, inFolder, runTaped, users } from '../world/taped.js';

const most = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((far, value, i) => Math.max(far, Math.abs(value - b[i])), 0);

for (const [name, config] of Object.entries({ small, images })) {
  for (const ring of RINGS) {
    for (const [parties, owner] of [
      [2, 'bob'],
      [3, 'alice'],
      [2, 'owner'],
    ] as const) {
      test(`${name}, ring ${ring}, ${parties} parties: predicts and reveals what ${owner} brought`, () =>
        withSession({ ring, parties: namesOf(parties) }, async (session) => {
          const { x } = dataOf(session, config);
          const model = modelOf(session, config, owner);
          const clear = new PlainModel(planModel(config), weightsFor(config), ROWS);
          const expected = clear.predict(uniform(ROWS * sizeOf(config.inputShape), 3), ROWS);
          const predicted = await model.predict(x).reveal();
          const unit = 2 ** -session.settings.fractionBits;
          assert.ok(most(predicted, expected) < 60 * unit, `${most(predicted, expected) / unit} units apart`);
          const weights = await model.weights({ to: owner, label: 'the model' });
          weights.forEach((array, i) => {
            assert.ok(most(array, weightsFor(config)[i]) <= unit / 2, 'the weights themselves');
          });
          assert.equal(
            (await session.disclosed()).map(({ label, to }) => `${label} → ${to}`),
            ['tensor → owner', `the model → ${owner}`],
          );
        }));
    }
  }
}

test('trained weights are near those of the same training from public weights', () =>
  withSession({}, async (session) => {
    const { trained, losses } = await training(small, 'bob')(session);
    const { x, y } = dataOf(session, small);
    const model = sequential(small.layers);
    model.compile({ optimizer: momentum({ learningRate: 0.125 }), loss: 'meanSquaredError' });
    model.setWeights(weightsFor(small));
    const { epochs } = await model.fit(x, y, { epochs: 2, batchSize: 4, seed: 5 });
    const open = await model.weights();
    trained.forEach((array, i) => {
      assert.ok(most(array, open[i]) < 0.02, `array ${i}: ${most(array, open[i])}`);
      assert.ok(i === 5 || most(array, weightsFor(small)[i]) > 0.01, 'they have moved');
    });
    assert.ok(
      most(
        losses,
        epochs.map(({ loss }) => loss),
      ) < 0.02,
    );
  }));

for (const owner of ['bob', 'owner']) {
  test(`each role in a process of its own: only ${owner} learns the weights, all else is one session's run`, async () => {
    const SEED = { seed: 77, transcripts: true };
    const program = training(small, owner);
    const one = await withSession({}, program, SEED);
    const here = [['alice'], ['bob'], ['provider'], ['owner']];
    const results = valuesOf(await runApart({ ring: 32 }, here, () => program, SEED));
    results.forEach((result, place) => {
      const [role] = here[place];
      assert.equal(result.trained, role === owner ? one.trained : null, role);
      assert.equal(result.losses, role === 'owner' ? one.losses : []);
      for (const [party, seen] of result.transcripts) assert.equal(seen, one.transcripts.get(party), party);
    });
    assert.equal(
      one.disclosed.map(({ label, to }) => `${label} → ${to}`).filter((line) => !/fit|evaluate/.test(line)),
      [`trained weights → ${owner}`],
    );
    assert.equal(await listDisclosures(program), one.disclosed);
  });
}

test('a tape that was dealt before stands for the provider, which has seen shapes alone', () =>
  inFolder(async (dir) => {
    const program = training(small, 'bob');
    await deal({ ring: 32 }, dir, program);
    const outcomes = await runTaped({ ring: 32 }, dir, () => program);
    const trained = valuesOf(outcomes).map((result) => result.trained !== null);
    assert.equal(
      trained,
      users(2).map((role) => role === 'bob'),
    );
  }));

test('a role whose list lacks it refuses to disclose the weights to bob', async () => {
  const discloses = (await listDisclosures(training(small, 'bob'))).filter(
    ({ label }) => label !== 'trained weights',
  );
  await withSession({ discloses }, async (session) => {
    const error = await training(small, 'bob')(session).catch(({ message }: Error) => message);
    assert.match(String(error), /refuses to disclose "trained weights" to bob; it agreed to/);
  });
});

test('checkpoints say whose the weights are and nothing of them; another session goes on from there', async () => {
  const dirs = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'beaverdam-private-'))));
  try {
    const headers: string[] = [];
    for (const [i, dir] of dirs.entries()) {
      await withSession({}, training(small, 'bob', { checkpoint: dir }, weightsFor(small, 50 * (i + 1))));
      const files = (await readdir(dir)).sort();
      assert.is(files.length, 4, 'two positions of each party');
      for (const file of files) {
        const bytes = await readFile(join(dir, file));
        const text = bytes.subarray(24, 24 + bytes.readUInt32LE(12)).toString();
        const { id, ...header } = JSON.parse(text);
        assert.ok(id);
        headers.push(JSON.stringify([file, header]));
      }
    }
    assert.equal(headers.slice(0, 4), headers.slice(4), 'the same for other weights');
    const whole = await withSession({}, training(small, 'bob', {}, weightsFor(small, 50)));
    const zeros = weightsFor(small).map((array) => array.fill(0)); // what is taken up takes their place
    const more = await withSession({}, training(small, 'bob', { epochs: 3, resume: dirs[0] }, zeros));
    assert.is(more.losses.length, 1);
    const [, second] = whole.losses as [number, number];
    assert.ok((more.losses[0] as number) < second + 0.02, 'it goes on from what was learnt');
    const wrong = await withSession({}, training(small, 'alice', { epochs: 3, resume: dirs[0] })).catch(
      ({ message }: Error) => message,
    );
    assert.match(String(wrong), /is of another training: weights/);
  } finally {
    await Promise.all(dirs.map((dir) => rm(dir, { recursive: true })));
  }
});

test('a dry run is made where the weights are, and refused elsewhere', async () => {
  const rows = uniform(48, 1);
  const compiled = (arrays: Float32Array[] | null) => {
    const model = sequential(small.layers);
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
    model.setWeights(arrays, { owner: 'bob' });
    return model;
  };
  const large = weightsFor(small).map((array, i) => (i === 0 ? array.map((w) => w * 1000) : array));
  assert.is((await compiled(weightsFor(small)).dryRun(rows, null, { batchSize: 4 })).ring, 32);
  assert.is(
    (await compiled(large).dryRun(rows, null, { batchSize: 4 })).ring,
    64,
    'it looks at these weights',
  );
  const error = await compiled(null)
    .dryRun(rows, null)
    .catch((reason: Error) => reason);
  assert.instance(error, TypeError);
  assert.match(
    (error as Error).message,
    /^dryRun: the weights are bob's and not here; run it where they are$/,
  );
});

test('refused by name, before anything is sent, and without a number of the weights', async () => {
  const sent = async (session: Session) => (await session.totals()).get('alice')?.rounds;
  await withSession({}, async (session) => {
    const { x } = dataOf(session, small);
    const before = await sent(session);
    const [first, ...others] = weightsFor(small);
    const cases: [typeof TypeError | typeof RangeError, Float32Array[] | null, string, RegExp][] = [
      [
        TypeError,
        weightsFor(small),
        'mallory',
        /^setWeights: owner: no role named "mallory" \(roles: alice, bob, owner\)$/,
      ],
      [TypeError, weightsFor(small), 'provider', /^setWeights: owner: no role named "provider"/],
      [TypeError, null, 'bob', /^setWeights: bob is here and brought no weights$/],
      [
        RangeError,
        [first.map((w, i) => (i === 7 ? 64.125 : w)), ...others],
        'bob',
        /^setWeights: array 0 \(layer 0: kernel \[4,6\]\), number 7: magnitude 64 or more, too large for ring 32/,
      ],
    ];
    for (const [kind, arrays, owner, expected] of cases) {
      const model = sequential(small.layers);
      model.setWeights(arrays, { owner });
      assert.throws(
        () => model.predict(x),
        (error: Error) =>
          error instanceof kind && expected.test(error.message) && !/64\.1/.test(error.message),
        String(expected),
      );
    }
    assert.is(await sent(session), before);
    const model = sequential(small.layers);
    for (const [options, expected] of [
      [{ owner: 3 }, /^setWeights: owner must be a string, got a number$/],
      [{ owner: null }, /^setWeights: owner must not be null$/],
      [{ of: 'bob' }, /^setWeights: unknown option "of"/],
    ] as const) {
      assert.throws(() => model.setWeights(weightsFor(small), options as never), expected);
    }
    assert.throws(() => model.setWeights([first], { owner: 'bob' }), /expected 8 weight arrays, got 1/);
    model.setWeights(weightsFor(small), { owner: 'bob' });
    await model.predict(x).reveal();
    for (const [options, expected] of [
      [{ to: 'provider' }, /^weights: to: no role named "provider"/],
      [{ to: 'bob', label: '' }, /^weights: a label has 1 to 48 bytes/],
    ] as const) {
      const error = await model.weights(options).catch(({ message }: Error) => message);
      assert.match(String(error), expected);
    }
  });
  const [alice] = await runApart(
    { ring: 32 },
    [['alice'], ['bob', 'provider', 'owner']],
    (place) => async (session) => {
      const model = sequential(small.layers);
      model.setWeights(weightsFor(small), { owner: 'bob' });
      const { x } = dataOf(session, small);
      if (place === 1) return null;
      try {
        model.predict(x);
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    },
  );
  assert.match(JSON.stringify(alice), /setWeights: bob is not here, so its weights cannot be; give null/);
});

test.run();
