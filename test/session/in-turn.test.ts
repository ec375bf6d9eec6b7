/**
 * All roles in turn in one thread: the same numbers, errors and ends as with a thread each. What trainings come to is compared in
 * here.test.ts, random ends are in chaos.test.ts.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError } from '../../src/errors.js';
import { dense, sgd } from '../../src/model/describe.js';
import type { SessionOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { createTestSession } from '../../src/testing.js';
import { RINGS } from '../world/ring.js';
import { workersLeft } from '../world/workers.js';

const SEED = { seed: 77 };

/** What a program comes to in both modes. */
async function inBoth<T>(options: SessionOptions, program: (session: Session) => Promise<T>) {
  const both: T[] = [];
  for (const mode of ['parallel', 'in-turn'] as const) {
    const session = await createTestSession({ threads: 0, ...options, mode }, SEED);
    both.push(await program(session));
    await session.close();
  }
  return both;
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
      const [parallel, inTurn] = await inBoth({ ring, parties }, allOperations);
      assert.ok(parallel.every((values) => values.length > 0 && values.every(Number.isFinite)));
      assert.equal(inTurn, parallel);
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
  const [parallel, inTurn] = await inBoth({ ring: 64, clients: ['clinic', 'lab'] }, program);
  assert.equal([parallel.sums, parallel.shown?.length, parallel.last?.length], [[9n, 12n], 3, 4]);
  assert.equal({ ...inTurn, memory: null }, { ...parallel, memory: null });
  assert.equal([...inTurn.memory.keys()], [...parallel.memory.keys()]);
});

test('a command that fails says the same, ends the session and leaves no thread', async () => {
  const messages: string[] = [];
  for (const mode of ['parallel', 'in-turn'] as const) {
    const session = await createSession({ mode, threads: 0, discloses: [] });
    const x = session.share([1, 2]);
    const error = await x.reveal({ label: 'what nobody agreed to' }).catch((cause: Error) => cause);
    messages.push(String(error).replace(/(alice|bob|provider)(?= refuses|, reveal)/g, 'one'));
    assert.throws(() => x.neg(), /refuses to disclose/);
    await session.close();
  }
  assert.match(messages[0], /refuses to disclose "what nobody agreed to" to owner/);
  assert.is(messages[1], messages[0]);
  assert.is(workersLeft(), 0);
});

test('it is ended in the middle of a training, and progress is told', async () => {
  const stop = new AbortController();
  const session = await createSession({ mode: 'in-turn', signal: stop.signal });
  const x = session.share(new Float32Array(4000), { shape: [2000, 2] });
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
  assert.is(workersLeft(), 0);
});

test('what roles in one thread cannot do is refused by name', async () => {
  const wrong: [SessionOptions, RegExp][] = [
    [{ mode: 'turns' as 'in-turn' }, /mode must be one of parallel, in-turn/],
    [{ here: ['alice'] }, /mode 'in-turn' has all roles in one thread, none elsewhere/],
    [{ threads: 1 }, /and no helper threads/],
    [{ profile: true }, /takes no times: profile/],
  ];
  for (const [options, expected] of wrong) {
    const error = await createSession({ mode: 'in-turn', ...options }).catch((cause: Error) => cause);
    assert.instance(error, RangeError);
    assert.match(String(error), expected);
  }
});

test.run();
