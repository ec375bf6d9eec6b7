/** A session from start to end: several at once, every setting, closing, and nothing left behind. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError } from '../../src/errors.js';
import { dense, sgd } from '../../src/model/describe.js';
import type { SessionOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { transcriptsOf } from '../../src/testing.js';
import { namesOf, withSession } from '../world/sessions.js';
import { workersLeft } from '../world/workers.js';

/** A computation with openings, a comparison and a matrix product; the same numbers in every setting. */
async function compute(session: Session): Promise<number[]> {
  const x = session.share(
    Array.from({ length: 64 }, (_, i) => i / 16 - 2),
    { shape: [8, 8], owner: session.parties[0] },
  );
  const y = session.share([[0.5, -1, 2, 0.25, 1, -0.5, 0, 1]], { owner: session.parties[1] });
  return [...(await x.matmul(y.transpose()).relu().reveal())];
}

const TRUTH = Array.from({ length: 8 }, (_, i) =>
  Math.max(
    0,
    [0.5, -1, 2, 0.25, 1, -0.5, 0, 1].reduce((sum, y, j) => sum + ((8 * i + j) / 16 - 2) * y, 0),
  ),
);

const close = (values: readonly number[], options: SessionOptions) => {
  const unit = 2 ** -(options.fractionBits ?? (options.ring === 64 ? 20 : 12));
  assert.ok(
    values.every((value, i) => Math.abs(value - TRUTH[i]) <= 2 * unit),
    `${JSON.stringify(options)}: ${values}`,
  );
};

for (const options of [
  {},
  { ring: 64 },
  { parties: namesOf(3) },
  { parties: ['p0', 'p1', 'p2', 'p3', 'p4'], provider: 'dealer', ring: 64 },
  { fractionBits: 10 },
  { ring: 64, fractionBits: 28 },
  { prgRounds: 8 },
  { prgRounds: 20 },
  { linkBytes: 256 },
  { threads: 1 },
] as const satisfies readonly SessionOptions[]) {
  test(`a session with ${JSON.stringify(options)} computes what it should`, async () => {
    await withSession(options, async (session) => close(await compute(session), options));
  });
}

test('sessions at once do not disturb each other', async () => {
  const settings: SessionOptions[] = [{}, { ring: 64 }, { parties: ['bob', 'alice'] }];
  const results = await Promise.all(settings.map((options) => withSession(options, compute)));
  results.forEach((values, i) => {
    close(values, settings[i]);
  });
});

test('with an injected seed every run sees the same, without one no two do', async () => {
  const seen = async (seed?: number): Promise<string> => {
    const look = async (session: Session) => {
      await compute(session);
      const transcript = (await transcriptsOf(session)).get('alice') ?? [];
      assert.ok(transcript.length > 5);
      return transcript.map(({ opened }) => Buffer.from(opened).toString('hex')).join(' ');
    };
    return withSession({}, look, { transcripts: true, ...(seed !== undefined && { seed }) });
  };
  assert.is(await seen(5), await seen(5));
  assert.is.not(await seen(5), await seen(6));
  assert.is.not(await seen(), await seen());
});

test('whoever asks a closed session has an error of his own, whose stack names his call', async () => {
  const { session, model, x, y } = await withSession({ ring: 32, mode: 'in-turn' }, async (session) => {
    const [x, y] = [2, 1].map((columns) =>
      session.share(Array(12 * columns).fill(1), { shape: [12, columns] }),
    );
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    model.compile({
      optimizer: sgd({ learningRate: 0.25 }),
      loss: 'meanSquaredError',
      metrics: ['accuracy'],
    });
    await model.fit(x, y);
    return { session, model, x, y };
  });
  const row = [[1, 2]];
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    share: async () => await session.share(row),
    shareRows: async () => await session.shareRows([{ owner: 'alice', values: row[0] }], [2]),
    aggregate: async () =>
      await session.aggregate({ alice: new BigInt64Array(1), bob: new BigInt64Array(1) }),
    ready: async () => await session.ready(),
    totals: async () => await session.totals(),
    disclosed: async () => await session.disclosed(),
    add: async () => await x.add(x),
    broadcast: async () => await x.add(y),
    mean: async () => await x.mean(),
    softmax: async () => await x.softmax(),
    reveal: async () => await x.reveal(),
    fit: async () => await model.fit(x, y),
    evaluate: async () => await model.evaluate(x, y),
    predict: async () => await model.predict(x),
    weights: async () => await model.weights(),
  };
  const errors = new Set();
  for (const [name, call] of Object.entries(calls)) {
    const error = await call().catch((reason: unknown) => reason);
    assert.instance(error, JobError);
    const { message, stack = '' } = error as Error;
    assert.is(message, 'the session is closed');
    assert.match(stack, new RegExp(`at (async )?${name} \\(.*lifecycle\\.test`), name);
    errors.add(error);
  }
  assert.is(errors.size, Object.keys(calls).length);
});

test('closing finishes what has been asked for, leaves no worker, and can be done twice', async () => {
  const before = workersLeft();
  const session = await createSession({ ring: 32, threads: 0 });
  assert.is(workersLeft() - before, 4);
  const x = session.share([1, 2, 3]);
  const pending = x.mul(2).reveal();
  await session.close();
  assert.equal([...(await pending)], [2, 4, 6]);
  await session.close();
  assert.is(workersLeft(), before);
  const closed = (error: Error) => error instanceof JobError && /the session is closed/.test(error.message);
  assert.throws(() => session.share([1]), closed);
  assert.throws(() => x.add(x), closed);
  for (const late of [() => x.reveal(), () => session.ready(), () => session.roles.totals()]) {
    try {
      await late();
      assert.unreachable();
    } catch (error) {
      assert.ok(closed(error as Error), String(error));
    }
  }
  x.dispose();
});

test.run();
