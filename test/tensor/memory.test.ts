/** Who frees what: dispose, tidy, and operations that leave nothing of their own at the roles. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSession } from '../../src/session/session.js';
import type { SecureTensor } from '../../src/tensor/secure-tensor.js';

const session = await createSession({ ring: 32, threads: 0 });
test.after(() => session.close());

const live = async (): Promise<number[]> => {
  await session.ready();
  return [...(await session.roles.memoryUse()).values()].map((use) => use.live);
};

const matrix = (rows: number, columns: number): SecureTensor =>
  session.share(
    Array.from({ length: rows * columns }, (_, i) => (i % 7) / 8 - 0.25),
    { shape: [rows, columns] },
  );

const OPERATIONS: Record<string, (x: SecureTensor, y: SecureTensor, row: SecureTensor) => SecureTensor> = {
  add: (x, y) => x.add(y),
  'add of a row': (x, _y, row) => x.add(row),
  'add of a number': (x) => x.add(1),
  sub: (x, y) => x.sub(y),
  neg: (x) => x.neg(),
  mul: (x, y) => x.mul(y),
  'mul by a row': (x, _y, row) => row.mul(x),
  'mul by a number': (x) => x.mul(0.3),
  'mul by an integer': (x) => x.mul(3),
  matmul: (x, y) => x.matmul(y.transpose()),
  square: (x) => x.square(),
  relu: (x) => x.relu(),
  'polynomial in one piece': (x) => x.polynomial([0.5, 0.5, 0.125]),
  'polynomial in stages': (x) => x.polynomial([0, 0.1, 0.2, 0.3]),
  sigmoid: (x) => x.sigmoid(),
  tanh: (x) => x.tanh(),
  exp: (x) => x.exp(),
  log: (x) => x.log(),
  sqrt: (x) => x.sqrt(),
  inverseSqrt: (x) => x.inverseSqrt(),
  reciprocal: (x) => x.reciprocal(),
  divide: (x, y) => x.divide(y),
  'divide by a row': (x, _y, row) => x.divide(row),
  softmax: (x) => x.softmax(),
  max: (x) => x.max(),
  argmax: (x) => x.argmax(),
  abs: (x) => x.abs(),
  maximum: (x, y) => x.maximum(y),
  'maximum with a number': (x) => x.maximum(0.5),
  greater: (x, y) => x.greater(y),
  'greater than a row': (x, _y, row) => x.greater(row),
  'greater than a number': (x) => x.greater(0.5),
  equal: (x, y) => x.equal(y),
  sum: (x) => x.sum(),
  'sum over an axis': (x) => x.sum(0),
  mean: (x) => x.mean(),
  'mean over the first axis': (x) => x.mean(0),
  'mean over the last axis': (x) => x.mean(-1),
  stack: (x, y) => x.stack(y, 1),
  clip: (x) => x.clip(0, 0.5),
  transpose: (x) => x.transpose(),
  reshape: (x) => x.reshape([200]),
  slice: (x) => x.slice([1, 1], [3, 5]),
  concat: (x, y) => x.concat(y),
  'concat of columns': (x, y) => x.concat(y, 1),
};

test('every operation leaves its result at the roles and nothing else', async () => {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const before = await live();
    const [x, y, row] = [matrix(10, 20), matrix(10, 20), session.share(Array(20).fill(0.5))];
    const result = name === 'matmul' ? session.tidy(() => operation(x, y, row)) : operation(x, y, row);
    await result.reveal();
    await result.reveal({ to: 'bob' });
    for (const tensor of [x, y, row, result]) tensor.dispose();
    assert.equal(await live(), before, name);
  }
});

test('tidy frees what was made in it and keeps what it returns, also in arrays and objects', async () => {
  const before = await live();
  const kept: SecureTensor[] = [];
  let lost: SecureTensor | null = null;
  kept.push(
    session.tidy(() => {
      const x = matrix(3, 3);
      lost = x.mul(2);
      return x.add(lost);
    }),
  );
  const several = session.tidy(() => ({ pair: [matrix(2, 2), matrix(2, 2)], number: 5 }));
  kept.push(...several.pair);
  assert.is(several.number, 5);
  assert.ok((lost as unknown as SecureTensor).disposed);
  assert.not.ok(kept.some((tensor) => tensor.disposed));
  for (const tensor of kept) await tensor.reveal();
  for (const tensor of kept) tensor.dispose();
  assert.equal(await live(), before);
});

test('tidy within tidy: what the inner one returns belongs to the outer one', async () => {
  const before = await live();
  let inner: SecureTensor | null = null;
  const sum = session.tidy(() => {
    inner = session.tidy(() => matrix(2, 2).mul(2));
    return inner.sum();
  });
  assert.ok((inner as unknown as SecureTensor).disposed);
  assert.equal([...(await sum.reveal())].length, 1);
  sum.dispose();
  assert.equal(await live(), before);
});

test('tidy frees what was made when its function throws, and refuses to be asynchronous', async () => {
  const before = await live();
  const failing = () =>
    session.tidy(() => {
      matrix(2, 2);
      throw new Error('mine');
    });
  assert.throws(failing, 'mine');
  assert.throws(() => session.tidy(async () => matrix(2, 2)), /must not be async/);
  assert.equal(await live(), before);
});

test('a promise that tidy refuses is nobody’s to handle when it fails', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const work = async () => {
      const x = matrix(2, 2);
      await Promise.resolve();
      return x.mul(2); // freed by now
    };
    assert.throws(() => session.tidy(work), /must not be async/);
    await new Promise((resolve) => setTimeout(resolve, 10));
  } finally {
    process.off('unhandledRejection', note);
  }
  assert.equal(unhandled, []);
});

test('tensors made outside a tidy are left alone, and one disposed in it is not freed twice', async () => {
  const before = await live();
  const x = matrix(2, 2);
  session.tidy(() => x.add(x).dispose());
  assert.not.ok(x.disposed);
  await x.reveal();
  x.dispose();
  x.dispose();
  assert.equal(await live(), before);
});

test('a disposed tensor is of no use: every operation says so', async () => {
  const [x, y] = [matrix(2, 2), matrix(2, 2)];
  x.dispose();
  const row = y.slice([0, 0], [1, 2]);
  const operations: readonly [string, () => unknown][] = [
    ['add', () => x.add(y)],
    ['add', () => y.add(x)],
    ['add', () => x.add(row)],
    ['add', () => x.add(1)],
    ['sub', () => x.sub(1)],
    ['mul', () => x.mul(2)],
    ['matmul', () => x.matmul(y)],
    ['relu', () => x.relu()],
    ['sum', () => x.sum()],
    ['transpose', () => x.transpose()],
    ['concat', () => y.concat(x)],
    ['slice', () => x.slice(0)],
    ['reveal', () => x.reveal()],
  ];
  for (const [name, operation] of operations) {
    const said = `${name}: the tensor has been disposed`;
    assert.throws(operation, (error: Error) => error instanceof TypeError && error.message === said);
  }
  for (const tensor of [y, row]) tensor.dispose();
});

test.run();
