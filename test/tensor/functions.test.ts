/** The functions of tensors as users call them: shapes, broadcasting, ties, refusals; two parties in either ring. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSession, type SecureTensor, type Session } from '../../src/index.js';

const X = [
  [1, 2, 3, -4],
  [0.5, 0.25, 0.75, 0.5],
  [-3, -3, -5, -7],
];
const flat = X.flat();

/** Runs `claim` in a session of either ring; its tensors are freed. */
function inEitherRing(claim: (session: Session, x: SecureTensor, most: number) => Promise<void>) {
  return async () => {
    for (const ring of [32, 64] as const) {
      const session = await createSession({ ring });
      try {
        await claim(session, session.share(X), ring === 32 ? 1e-3 : 5e-6);
      } finally {
        await session.close();
      }
    }
  };
}

async function near(tensor: SecureTensor, shape: readonly number[], truth: readonly number[], most: number) {
  assert.equal(tensor.shape, shape);
  const values = await tensor.reveal();
  assert.is(values.length, truth.length);
  truth.forEach((wanted, i) => {
    const error = Math.abs(values[i] - wanted) / Math.max(1, Math.abs(wanted));
    assert.ok(error < most, `element ${i}: ${values[i]}, not ${wanted}`);
  });
}

test(
  'exp, log, sqrt, inverseSqrt, reciprocal, sigmoid, tanh: elementwise, in the shape of x',
  inEitherRing(async (_, x, most) => {
    await near(x.exp(), [3, 4], flat.map(Math.exp), most);
    const positive = x.mul(x).add(0.25);
    const squares = flat.map((value) => value * value + 0.25);
    await near(positive.log(), [3, 4], squares.map(Math.log), 2 * most);
    await near(positive.sqrt(), [3, 4], squares.map(Math.sqrt), 2 * most);
    await near(
      positive.inverseSqrt({ low: 0.25, high: 64 }),
      [3, 4],
      squares.map((value) => 1 / Math.sqrt(value)),
      2 * most,
    );
    await near(
      x.reciprocal(),
      [3, 4],
      flat.map((value) => 1 / value),
      most,
    );
    await near(
      x.mul(7).sigmoid(),
      [3, 4],
      flat.map((value) => 1 / (1 + Math.exp(-7 * value))),
      most,
    );
    await near(
      x.mul(7).tanh(),
      [3, 4],
      flat.map((value) => Math.tanh(7 * value)),
      most,
    );
    await near(
      x.sigmoid({ guarded: false }),
      [3, 4],
      flat.map((value) => 1 / (1 + Math.exp(-value))),
      most,
    );
  }),
);

test(
  'divide, maximum, minimum and comparisons broadcast, and take numbers',
  inEitherRing(async (session, x, most) => {
    const row = [2, -4, 0.5, 0.25];
    const y = session.share(row);
    const each = (f: (a: number, b: number) => number) => flat.map((value, i) => f(value, row[i % 4]));
    await near(
      x.divide(y),
      [3, 4],
      each((a, b) => a / b),
      10 * most,
    );
    await near(
      x.divide(-4),
      [3, 4],
      flat.map((value) => value / -4),
      most,
    );
    await near(x.maximum(y), [3, 4], each(Math.max), 1e-12);
    await near(x.minimum(y), [3, 4], each(Math.min), 1e-12);
    await near(
      x.maximum(0.5),
      [3, 4],
      flat.map((value) => Math.max(value, 0.5)),
      1e-12,
    );
    await near(
      x.minimum(0.5),
      [3, 4],
      flat.map((value) => Math.min(value, 0.5)),
      1e-12,
    );
    await near(x.abs(), [3, 4], flat.map(Math.abs), 1e-12);
    const tests = {
      greater: (a: number, b: number) => Number(a > b),
      greaterEqual: (a: number, b: number) => Number(a >= b),
      less: (a: number, b: number) => Number(a < b),
      lessEqual: (a: number, b: number) => Number(a <= b),
      equal: (a: number, b: number) => Number(a === b),
    };
    for (const [name, compare] of Object.entries(tests)) {
      const run = x[name as keyof typeof tests].bind(x);
      await near(run(y), [3, 4], each(compare), 1e-12);
      await near(
        run(0.5),
        [3, 4],
        flat.map((value) => compare(value, 0.5)),
        1e-12,
      );
    }
  }),
);

test(
  'softmax, logSoftmax, max and argmax go over the last axis, whatever the rank',
  inEitherRing(async (_, x, most) => {
    const logs = X.flatMap((row) => {
      const sum = row.reduce((total, value) => total + Math.exp(value), 0);
      return row.map((value) => value - Math.log(sum));
    });
    await near(x.softmax(), [3, 4], logs.map(Math.exp), most);
    await near(x.logSoftmax(), [3, 4], logs, most);
    await near(x.reshape([3, 2, 2]).max(), [3, 2], [2, 3, 0.5, 0.75, -3, -5], 1e-12);
    await near(x.max(), [3], [3, 0.75, -3], 1e-12);
    await near(x.argmax(), [3], [2, 2, 0], 1e-12);
    await near(x.argmax({ oneHot: true }), [3, 4], [0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0], 1e-12);
    await near(x.reshape([12]).max(), [], [3], 1e-12);
  }),
);

test('what does not fit is refused before anything is sent, with what to change', async () => {
  const session = await createSession({ ring: 32 });
  try {
    const x = session.share([1, 2]);
    await session.ready();
    const rounds = async () => (await session.roles.totals()).get('alice')?.rounds;
    const before = await rounds();
    const refused = (work: () => unknown, kind: typeof RangeError | typeof TypeError, message: RegExp) =>
      assert.throws(work, (error: Error) => error instanceof kind && message.test(error.message));
    refused(() => x.exp({ max: 9 }), RangeError, /use ring 64, or a smaller max/);
    refused(
      () => x.reciprocal({ domain: { low: 2 ** -10, high: 1 } }),
      RangeError,
      /use ring 64, or a smaller domain/,
    );
    refused(() => x.log({ low: -1, high: 1 }), RangeError, /domain from -1 to 1/);
    refused(() => x.divide(0), RangeError, /by zero/);
    refused(() => x.divide(x.reshape([2]).concat(x)), RangeError, /do not broadcast/);
    refused(() => x.slice(0, 1).reshape([]).softmax(), RangeError, /no axis/);
    refused(() => session.share(new Float32Array(1025)).softmax(), RangeError, /at most 1024/);
    refused(() => x.equal('1' as never), TypeError, /expected a tensor or a number|expected/);
    assert.is(await rounds(), (before as number) + 1); // the one tensor shared above
  } finally {
    await session.close();
  }
});

test.run();
