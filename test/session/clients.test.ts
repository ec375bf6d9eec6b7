/** Roles that hold no share: they bring rows, are shown results, hear decisions, and leave. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError, ProtocolError } from '../../src/errors.js';
import { sgd } from '../../src/model/describe.js';
import { dryRunOf } from '../../src/session/dry-roles.js';
import type { SessionOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession, transcriptsOf } from '../../src/testing.js';
import { type Outcome, runApart, valuesOf } from '../world/apart.js';
import { RINGS } from '../world/ring.js';
import { namesOf, withSession } from '../world/sessions.js';
import { wineFold, wineLayers } from '../world/wine.js';

const { train } = wineFold(2);
const SEED = { seed: 5, transcripts: true };
const ROWS = 40;
const CLIENTS = ['clinic', 'lab'];

/** Rows that the owners bring, the same whoever they are. */
async function rowsOf(session: Session, owners: readonly string[]) {
  const own = ROWS / owners.length;
  const parts = (values: ArrayLike<number>, width: number) =>
    owners.map((owner, i) => ({
      owner,
      values: session.isHere(owner)
        ? Float32Array.from(values).slice(i * own * width, (i + 1) * own * width)
        : null,
      rows: own,
    }));
  return [await session.shareRows(parts(train.x, 13), [13]), await session.shareRows(parts(train.y, 3), [3])];
}

const lists = (session: Session, owners: readonly string[]) =>
  Object.fromEntries(
    owners.flatMap((owner, i) =>
      session.isHere(owner) ? [[owner, BigInt64Array.of(BigInt(i) - 2n ** 40n, 2n)]] : [],
    ),
  );

/** Two clients bring rows and leave, one of them at once, the other with a prediction. */
async function program(session: Session) {
  const { parties } = session;
  const [x, y] = await rowsOf(session, CLIENTS);
  const summing = [...parties, ...CLIENTS];
  const totals = await session.aggregate(lists(session, summing), { clients: CLIENTS, length: 2 });
  const result = { totals: totals && [...totals], logs: [] as unknown[], shown: null as number[] | null };
  if (await session.leave('clinic')) return { ...result, weights: null, seen: new Map() };
  const model = sequential(wineLayers());
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError' });
  const { epochs } = await model.fit(x, y, {
    batchSize: 8,
    epochs: 5,
    seed: 3,
    earlyStopping: { patience: 1, minDelta: 100 },
  });
  result.logs = epochs.map(({ seconds, ...log }) => log);
  const shown = await model.predict(x).reveal({ to: 'lab', label: 'predictions' });
  result.shown = shown && [...shown];
  if (await session.leave('lab')) return { ...result, weights: null, seen: new Map() };
  await model.predict(x).reveal();
  const weights = await model.weights();
  return {
    ...result,
    weights: weights?.map((values) => [...values]) ?? null,
    seen: await transcriptsOf(session),
  };
}

for (const ring of RINGS) {
  for (const parties of [2, 3]) {
    for (const owner of parties === 2 ? ['owner', 'bob'] : ['owner']) {
      test(`ring ${ring}, ${parties} parties, owner ${owner}: clients apart, bit for bit the run of one session`, async () => {
        const options = { ring, parties: namesOf(parties), owner, clients: CLIENTS, threads: 0 };
        const whole = await createTestSession(options, SEED);
        const one = await program(whole);
        await whole.close();
        assert.equal(one.logs.length, 2, 'it stops');
        const sum = BigInt(parties + 2);
        assert.equal(one.totals, [(sum * (sum - 1n)) / 2n - sum * 2n ** 40n, 2n * sum]);
        const computing = [...namesOf(parties), 'provider', ...(owner === 'owner' ? ['owner'] : [])];
        const places = [...computing, ...CLIENTS];
        const results = valuesOf(
          await runApart(
            options,
            places.map((name) => [name]),
            () => program,
            SEED,
          ),
        );
        for (const [place, result] of results.entries()) {
          const role = places[place];
          const sums = [...namesOf(parties), ...CLIENTS].includes(role);
          assert.equal(result.totals, sums ? one.totals : null, role);
          assert.equal(result.logs, role === owner ? one.logs : [], role);
          assert.equal(result.shown, role === 'lab' ? one.shown : null, role);
          assert.equal(result.weights, role === owner ? one.weights : null, role);
          for (const [name, entries] of result.seen) assert.equal(entries, one.seen.get(name), role);
        }
      });
    }
  }
}

test('a client beside a party, which goes on without it', async () => {
  const options = { clients: CLIENTS, ring: 32 as const };
  const here = [
    ['alice', 'clinic'],
    ['bob', 'lab'],
    ['provider', 'owner'],
  ];
  const results = valuesOf(await runApart(options, here, () => program, SEED));
  assert.is(results[2].logs.length, 2);
  assert.ok(results[1].shown);
  assert.is(results[0].shown, null);
});

test('rows of clients are worth what rows of parties are', async () => {
  const learned = (owners: readonly string[], clients: readonly string[]) =>
    withSession({ ring: 64, clients }, async (session) => {
      const [x] = await rowsOf(session, owners);
      return x.reveal();
    });
  assert.equal([...(await learned(CLIENTS, CLIENTS))], [...(await learned(['alice', 'bob'], []))]);
});

test('a run for costs alone counts what clients bring', async () => {
  const brings = async (session: Session) => {
    await rowsOf(session, CLIENTS);
    await session.aggregate(lists(session, [...session.parties, ...CLIENTS]), {
      clients: CLIENTS,
      length: 2,
    });
    await session.leave('clinic');
    return session.totals();
  };
  const options: SessionOptions = { ring: 32, clients: CLIENTS };
  const bob = (await withSession(options, brings)).get('bob');
  const { totals } = await dryRunOf(brings, options);
  for (const field of ['rounds', 'input', 'online', 'dealt', 'revealed'] as const)
    assert.is(totals[field], bob?.[field], field);
});

const messageOf = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => 'nothing was thrown',
      (error: Error) => `${error.name}: ${error.message}`,
    );

test('who has left brings and is shown nothing; who is no client does not leave', async () => {
  await withSession({ clients: ['clinic'], ring: 32 }, async (session) => {
    const x = session.share([1, 2], { owner: 'clinic' });
    for (const role of ['alice', 'provider', 'owner', 'carol']) {
      assert.match(await messageOf(() => session.leave(role)), /leave: no role named .* \(roles: clinic\)/);
    }
    const twice = { clients: ['clinic', 'clinic'] };
    assert.match(
      await messageOf(() => session.aggregate({}, { length: 1, ...twice })),
      /clinic stands there twice/,
    );
    assert.is(await session.leave('clinic'), false);
    const left = /TypeError: .*clinic has left the session/;
    assert.match(await messageOf(() => session.leave('clinic')), left);
    assert.match(await messageOf(() => session.share([1], { owner: 'clinic' })), left);
    assert.match(await messageOf(() => x.reveal({ to: 'clinic' })), left);
    assert.match(await messageOf(() => session.aggregate({}, { length: 1, clients: ['clinic'] })), left);
    assert.equal([...(await x.mul(x).reveal())], [1, 4]);
  });
});

test('a client without a role in the session, or of a name that is taken', async () => {
  for (const clients of [['alice'], ['provider'], ['owner'], ['a', 'a'], [''], 'clinic' as never]) {
    const message = await messageOf(() => createTestSession({ clients }));
    assert.match(message, /(Type|Range)Error: createSession: (the name|clients)/, JSON.stringify(clients));
  }
});

/** What each place ends with. */
const fates = (outcomes: readonly Outcome<unknown>[]) =>
  outcomes.map((outcome) => ('error' in outcome ? outcome.error : null));

test('a client that dies before it leaves ends the run, by its name; one that has left does not', async () => {
  const here = [['alice'], ['bob'], ['provider', 'owner'], ['clinic']];
  const options = { clients: ['clinic'], ring: 32 as const };
  const early = await runApart(options, here, (place) => async (session: Session) => {
    const x = session.share(session.isHere('clinic') ? [1, 2] : null, { owner: 'clinic', shape: [2] });
    await session.ready();
    if (place === 3) throw new JobError('the clinic has closed');
    await session.leave('clinic');
    return x.reveal();
  });
  for (const error of fates(early).slice(0, 2)) assert.match(String(error), /clinic.*the clinic has closed/);

  const late = await runApart(options, here, (place) => async (session: Session) => {
    const x = session.share(session.isHere('clinic') ? [1, 2] : null, { owner: 'clinic', shape: [2] });
    if (await session.leave('clinic')) throw new JobError('it has closed in the meantime');
    assert.is.not(place, 3);
    return x.reveal();
  });
  assert.equal(fates(late).slice(0, 3), [null, null, null]);
});

test('a client whose program is another one is named, by the first command that differs', async () => {
  const here = [['alice'], ['bob'], ['provider', 'owner'], ['clinic']];
  const outcomes = await runApart(
    { clients: ['clinic'], ring: 32 },
    here,
    (place) => async (session: Session) => {
      const shape = place === 3 ? [1, 2] : [2];
      const x = session.share(session.isHere('clinic') ? [1, 2] : null, { owner: 'clinic', shape });
      if (await session.leave('clinic')) return null;
      return x.reveal();
    },
  );
  const [alice, bob] = fates(outcomes);
  for (const error of [alice, bob]) {
    assert.instance(error, ProtocolError);
    assert.match(String(error), /programs differ at command 1: clinic has share with other arguments/);
  }
});

test.run();
