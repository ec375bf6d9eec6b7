/**
 * Roles in turn in one thread, a worker's or this one, all of them or all but the provider: the same numbers, errors and ends as
 * with a thread each. What trainings come to is compared in here.test.ts, random ends are in chaos.test.ts.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError } from '../../src/errors.js';
import { dense, sgd } from '../../src/model/describe.js';
import { InTurnStarter } from '../../src/role/in-turn-starter.js';
import type { SessionOptions } from '../../src/session/options.js';
import { RoleGroup } from '../../src/session/role-group.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession, Session } from '../../src/session/session.js';
import { resolveTestOptions } from '../../src/session/testing.js';
import { createSessionHere, inThisThread, placeOf } from '../../src/session/this-thread.js';
import { createTestSession } from '../../src/testing.js';
import { RINGS } from '../world/ring.js';
import { workersLeftSoon } from '../world/workers.js';

const SEED = { seed: 77 };

/** Modes in which roles take turns. */
const IN_TURN = ['in-turn', 'parties-in-turn'] as const;

/** Starts of sessions, by where their roles are: in a thread each, in one of their own, in this one, the provider aside. */
const PLACES = [
  (options: SessionOptions) => createTestSession({ ...options, mode: 'parallel' }, SEED),
  ...IN_TURN.flatMap((mode) => [
    (options: SessionOptions) => createTestSession({ ...options, mode }, SEED),
    async (options: SessionOptions) => {
      const testing = { ...resolveTestOptions(SEED), inTurn: inThisThread };
      return Session.of(await RoleGroup.start({ ...options, mode }, testing));
    },
  ]),
];

/** What a program comes to in each of these places. */
async function everywhere<T>(options: SessionOptions, program: (session: Session) => Promise<T>) {
  const all: T[] = [];
  for (const start of PLACES) {
    const session = await start({ threads: 0, ...options });
    all.push(await program(session));
    await session.close();
  }
  return all;
}

/** Every operation on tensors, of values that all of them take. */
async function allOperations(session: Session): Promise<number[][]> {
  const x = session.share([0.5, 1.25, 2, 0.75, 1.5, 1], { owner: 'alice', shape: [2, 3] });
  const y = session.share([1, 0.5, 1.75, 2, 0.25, 1], { owner: 'bob', shape: [2, 3] });
  const results = [
    x.add(y).sub(1).neg().mul(3).mul(0.3),
    x.mul(y).divide(y),
    x.matmul(y.transpose()).sum(0),
    x.mean(1).concat(y.mean(1)),
    x.relu().abs().maximum(y).minimum(2).clip(0.25, 1.5),
    x.greater(y).add(x.less(1)).add(x.equal(y)),
    x
      .sigmoid()
      .add(y.tanh())
      .add(x.exp({ max: 4 })),
    x.log().add(y.sqrt()).add(x.inverseSqrt()).add(y.reciprocal()),
    x.softmax().add(y.logSoftmax()),
    x.max().add(y.argmax().sum(0)),
    x.polynomial([1, 0.5, 0.25]),
  ];
  return Promise.all(results.map(async (tensor) => [...((await tensor.reveal({ to: 'bob' })) ?? [])]));
}

for (const ring of RINGS) {
  for (const parties of [
    ['alice', 'bob'],
    ['alice', 'bob', 'carol'],
  ]) {
    test(`every operation, ring ${ring}, ${parties.length} parties: bit for bit`, async () => {
      const [parallel, ...others] = await everywhere({ ring, parties }, allOperations);
      assert.ok(parallel.every((values) => values.length > 0 && values.every(Number.isFinite)));
      for (const other of others) assert.equal(other, parallel);
    });
  }
}

test('clients bring rows, lists and weights, are shown results, hear decisions and leave', async () => {
  const program = async (session: Session) => {
    const rows = Float32Array.from({ length: 24 }, (_, i) => (i % 7) / 4 - 1);
    const inputs = await session.shareRows(
      [
        { owner: 'clinic', values: rows, rows: 12 },
        { owner: 'bob', values: rows.map((value) => -value), rows: 12 },
      ],
      [2],
    );
    const labels = inputs.sum(1).reshape([24, 1]);
    const sums = await session.aggregate(
      { alice: BigInt64Array.of(1n, 2n), bob: BigInt64Array.of(3n, 4n), clinic: BigInt64Array.of(5n, 6n) },
      { clients: ['clinic'], words: 2 },
    );
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    model.compile({ optimizer: sgd({ learningRate: 0.125 }), loss: 'meanSquaredError' });
    model.setWeights([Float32Array.of(0.5, -0.5), Float32Array.of(0.25)]);
    const options = { batchSize: 5, validationData: [inputs, labels] as const, epochs: 6 };
    const { epochs } = await model.fit(inputs, labels, { ...options, earlyStopping: { patience: 1 } });
    const shown = await model.predict(inputs.slice([0], [3])).reveal({ to: 'clinic' });
    assert.not(await session.leave('clinic'));
    const last = await inputs.slice([3], [2]).reveal();
    return {
      sums: sums && [...sums],
      shown: shown && [...shown],
      last: last && [...last],
      epochs: epochs.map(({ seconds, ...log }) => log),
      weights: (await model.weights())?.map((values) => [...values]),
      memory: await session.memoryUse(),
    };
  };
  const [parallel, ...others] = await everywhere({ ring: 64, clients: ['clinic', 'lab'] }, program);
  assert.equal([parallel.sums, parallel.shown?.length, parallel.last?.length], [[9n, 12n], 3, 4]);
  for (const other of others) {
    assert.equal({ ...other, memory: null }, { ...parallel, memory: null });
    assert.equal([...other.memory.keys()], [...parallel.memory.keys()]);
  }
});

test('a command that fails says the same, ends the session and leaves no thread', async () => {
  const messages: string[] = [];
  for (const start of PLACES) {
    const session = await start({ threads: 0, discloses: [] });
    const x = session.share([1, 2]);
    const error = await x.reveal({ label: 'what nobody agreed to' }).catch((cause: Error) => cause);
    messages.push(String(error).replace(/(alice|bob|provider)(?= refuses|, reveal)/g, 'one'));
    assert.throws(() => x.neg(), /refuses to disclose/);
    await session.close();
  }
  assert.match(messages[0], /refuses to disclose "what nobody agreed to" to owner/);
  for (const message of messages) assert.is(message, messages[0]);
  assert.is(await workersLeftSoon(), 0);
});

for (const [where, start, mode] of [
  ['a worker', createSession, 'in-turn'],
  ['this thread', createSessionHere, 'in-turn'],
  ['a worker beside the provider', createSession, 'parties-in-turn'],
  ['this thread beside the provider', createSessionHere, 'parties-in-turn'],
] as const) {
  test(`in ${where} it is ended in the middle of a training, and progress is told`, async () => {
    const stop = new AbortController();
    const session = await start({ mode, signal: stop.signal });
    const x = session.share(new Float32Array(400), { shape: [200, 2] });
    const model = sequential([dense({ units: 2, inputShape: [2], activation: 'relu' })]);
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
    let told = 0;
    const fit = model.fit(x, x, {
      epochs: 1000,
      batchSize: 1,
      callbacks: {
        onProgress: () => {
          told++;
          stop.abort(new JobError('that is enough'));
        },
      },
    });
    const error = await fit.catch((cause: Error) => cause);
    assert.is(String(error), 'JobError: that is enough');
    assert.ok(told > 0);
    await session.close();
    assert.is(await workersLeftSoon(), 0);
  });
}

test('where cores are fewer than roles, a very short training has one thread, and short epochs this one', async () => {
  const model = sequential([dense({ units: 64, inputShape: [64] })]);
  model.compile({ optimizer: sgd({ learningRate: 1 / 64 }), loss: 'meanSquaredError' });
  const rows = new Float32Array(64 * 32);
  const dryRun = await model.dryRun(rows, rows, { batchSize: 32 });
  const short = { epochs: 2, steps: 50 };
  assert.equal(placeOf({ dryRun }, short, 2), { mode: 'in-turn', here: true });
  assert.equal(placeOf({ dryRun }, { epochs: 1000, steps: 50 }, 2), { here: true });
  assert.equal(placeOf({ dryRun }, { epochs: 15, steps: 50 }, 2), { mode: 'in-turn', here: true });
  assert.equal(placeOf({ dryRun }, { epochs: 15, steps: 50 }, 2, true), { here: true }); // a thread is ready
  assert.equal(placeOf({ dryRun }, short, 2, true), { mode: 'in-turn', here: true });
  assert.equal(placeOf({ dryRun }, { epochs: 1, steps: 100_000 }, 2), { here: false });
  assert.equal(placeOf({ dryRun }, short, 3), { here: true });
  assert.equal(placeOf({}, short, 2), { here: true });
  for (const asked of [
    { mode: 'parallel' },
    { threads: 1 },
    { profile: true },
    { here: ['alice'] },
  ] as const) {
    assert.equal(placeOf({ dryRun, ...asked }, short, 2), { here: true });
  }
});

test('roles in this thread start no worker, and leave the thread to others between commands', async () => {
  const session = await createSessionHere({ mode: 'in-turn' });
  assert.is(await workersLeftSoon(), 0);
  const x = session.share(new Float32Array(400), { shape: [200, 2] });
  const model = sequential([dense({ units: 2, inputShape: [2] })]);
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  let others = 0;
  const other = () => {
    others++;
    waiting = setImmediate(other);
  };
  let waiting = setImmediate(other);
  await model.fit(x, x, { epochs: 20, batchSize: 10 });
  clearImmediate(waiting);
  assert.ok(others >= 20, `${others} turns of others beside 20 epochs`);
  await session.close();
});

test('what the provider deals to one party does not wait for what it deals to another, however small the links', async () => {
  const numbers = Float32Array.from({ length: 5000 }, (_, i) => (i % 19) / 8 - 1);
  const program = async (session: Session) => {
    const x = session.share(numbers, { owner: 'alice', shape: [50, 100] });
    const y = session.share(numbers, { owner: 'bob', shape: [100, 50] });
    const result = x.matmul(y).relu().mul(x.matmul(y).sigmoid());
    return [...((await result.reveal()) ?? [])];
  };
  for (const parties of [
    ['alice', 'bob'],
    ['alice', 'bob', 'carol'],
  ]) {
    const [parallel, ...others] = await everywhere({ parties, linkBytes: 256, timeout: 5000 }, program);
    assert.ok(parallel.some((value) => value > 1));
    for (const other of others) assert.equal(other, parallel);
  }
});

test('nor where it deals far more than its links hold', async () => {
  const session = await createSession({ mode: 'parties-in-turn', linkBytes: 2 ** 16, timeout: 10_000 });
  for (let run = 0; run < 3; run++) {
    const x = session.share(new Float32Array(300_000).fill(0.5));
    const first = x.sigmoid().slice([0], [1]);
    assert.ok(Math.abs(((await first.reveal()) ?? [])[0] - 0.6225) < 0.001);
    x.dispose();
  }
  await session.close();
});

test('roles in this thread do not begin after their session has ended while they loaded what they run', async () => {
  const stop = new AbortController();
  const options = { mode: 'parties-in-turn', signal: stop.signal, timeout: 60_000 } as const;
  const session = await createSessionHere(options);
  const x = session.share([1, 2]);
  await session.ready();
  const { prepare, runPrepared } = InTurnStarter.prototype;
  let begun = 0;
  try {
    const ended = new Promise<void>((resolve) => {
      InTurnStarter.prototype.prepare = async function (batches) {
        await prepare.call(this, batches);
        stop.abort(new JobError('enough'));
        await session.close();
        setTimeout(resolve, 20); // after whatever goes on from here
      };
    });
    InTurnStarter.prototype.runPrepared = function (...args) {
      begun++;
      return runPrepared.apply(this, args);
    };
    assert.match(await x.greater(1).reveal().then(String, String), /JobError: enough/);
    await ended;
  } finally {
    Object.assign(InTurnStarter.prototype, { prepare, runPrepared });
  }
  assert.is(begun, 0);
  assert.is(await workersLeftSoon(), 0);
});

test('a provider that fails is heard of by parties that block this thread', async () => {
  const role = new URL('../world/failing-provider.js', import.meta.url);
  const session = await createSessionHere({ mode: 'parties-in-turn', timeout: 60_000, workerUrl: { role } });
  const since = performance.now();
  const x = session.share([1, 2]);
  const error = await x
    .mul(x)
    .reveal()
    .catch((cause: Error) => cause);
  assert.match(String(error), /the dice are gone \(provider, share, operation/);
  assert.ok(performance.now() - since < 30_000);
  await session.close();
  assert.is(await workersLeftSoon(), 0);
});

test('what roles in one thread cannot do is refused by name', async () => {
  const wrong: [SessionOptions, RegExp][] = [
    [{ mode: 'turns' as 'in-turn' }, /mode must be one of parallel, in-turn, parties-in-turn$/],
    [{ here: ['alice'] }, /mode 'in-turn' has all roles in one thread, none elsewhere/],
    [{ threads: 1 }, /and no helper threads/],
    [{ profile: true }, /takes no times: profile/],
  ];
  for (const [options, expected] of wrong) {
    const error = await createSession({ mode: 'in-turn', ...options }).catch((cause: Error) => cause);
    assert.instance(error, RangeError);
    assert.match(String(error), expected);
  }
  const error = await createSession({ mode: 'parties-in-turn', threads: 1 }).catch((cause: Error) => cause);
  assert.match(
    String(error),
    /'parties-in-turn' has all roles but the provider in one thread, and no helper/,
  );
});

test.run();
