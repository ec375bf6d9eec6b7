/** Tensors on shares compute what the same operations give in clear, in every setting, and cost the rounds they say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Session } from '../../src/session/session.js';
import type { SecureTensor } from '../../src/tensor/secure-tensor.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';
import { nameOf, sessionsOfEverySetting } from '../world/sessions.js';

const { sessions, closeAll } = await sessionsOfEverySetting();
test.after(closeAll);
const random = new Random(seed);

/** Numbers in ±most that both rings hold exactly. */
const numbers = (count: number, most = 3): number[] =>
  Array.from({ length: count }, () => Math.round((random.unit() * 2 - 1) * most * 4096) / 4096);

/** Rounds so far at the first party. */
async function roundsOf(session: Session): Promise<number> {
  return (await session.roles.totals()).get(session.parties[0])?.rounds ?? Number.NaN;
}

/** Checks values, shape and rounds of what `work` makes. */
async function expect(
  session: Session,
  what: string,
  work: () => SecureTensor,
  truth: readonly number[],
  options: { shape: readonly number[]; rounds: number; units?: number },
): Promise<void> {
  await session.ready();
  const before = await roundsOf(session);
  const result = work();
  await session.ready();
  const where = `${what}, ${nameOf(session)}`;
  assert.is((await roundsOf(session)) - before, options.rounds, `${where}: rounds`);
  assert.equal(result.shape, options.shape, where);
  const values = await result.reveal();
  const tolerance = ((options.units ?? 0) + 1e-9) / 2 ** session.settings.fractionBits;
  assert.is(values.length, truth.length, where);
  values.forEach((value, i) => {
    assert.ok(Math.abs(value - truth[i]) <= tolerance, `${where}: ${value} instead of ${truth[i]} at ${i}`);
  });
  result.dispose();
}

/** Claims on [3,4] matrices x and y, a [4] row and a scalar, in every setting. */
function claim(
  name: string,
  body: (given: {
    session: Session;
    x: SecureTensor;
    y: SecureTensor;
    row: SecureTensor;
    scalar: SecureTensor;
    a: number[];
    b: number[];
    r: number[];
    check: typeof expect extends (session: Session, ...rest: infer Rest) => Promise<void>
      ? (...rest: Rest) => Promise<void>
      : never;
  }) => Promise<void>,
): void {
  test(name, async () => {
    for (const session of sessions) {
      const [a, b, r] = [numbers(12), numbers(12), numbers(4)];
      const x = session.share(a, { shape: [3, 4], owner: 'alice' });
      const y = session.share(b, { shape: [3, 4], owner: 'bob' });
      const row = session.share(r);
      const scalar = session.share(0.5);
      const check = (
        ...rest: [string, () => SecureTensor, readonly number[], Parameters<typeof expect>[4]]
      ) => expect(session, ...rest);
      await body({ session, x, y, row, scalar, a, b, r, check });
    }
  });
}

claim('sums, differences, public numbers and broadcasting are exact and free', async (given) => {
  const { x, y, row, scalar, a, b, r, check } = given;
  const free = { shape: [3, 4], rounds: 0 };
  await check(
    'x + y',
    () => x.add(y),
    a.map((v, i) => v + b[i]),
    free,
  );
  await check(
    'x − y',
    () => x.sub(y),
    a.map((v, i) => v - b[i]),
    free,
  );
  await check(
    '−x',
    () => x.neg(),
    a.map((v) => -v),
    free,
  );
  await check(
    'x + 1.25',
    () => x.add(1.25),
    a.map((v) => v + 1.25),
    free,
  );
  await check(
    'x − 1.25',
    () => x.sub(1.25),
    a.map((v) => v - 1.25),
    free,
  );
  await check(
    '−3·x',
    () => x.mul(-3),
    a.map((v) => -3 * v),
    free,
  );
  await check(
    'x + row',
    () => x.add(row),
    a.map((v, i) => v + r[i % 4]),
    free,
  );
  await check(
    'row − x',
    () => row.sub(x),
    a.map((v, i) => r[i % 4] - v),
    free,
  );
  await check(
    'x + scalar',
    () => x.add(scalar),
    a.map((v) => v + 0.5),
    free,
  );
  const column = x.slice([0, 1], [3, 1]);
  await check(
    'column + row',
    () => column.add(row),
    a.map((_, i) => a[4 * (i >> 2) + 1] + r[i % 4]),
    free,
  );
});

claim('products: 2 rounds, less than a unit off', async ({ x, y, row, a, b, r, check }) => {
  const two = { shape: [3, 4], rounds: 2, units: 1 };
  await check(
    'x · y',
    () => x.mul(y),
    a.map((v, i) => v * b[i]),
    two,
  );
  await check(
    'x · row',
    () => x.mul(row),
    a.map((v, i) => v * r[i % 4]),
    two,
  );
  await check(
    'x · 0.3',
    () => x.mul(0.3),
    a.map((v) => v * 0.3),
    { ...two, units: 3 },
  );
  await check(
    'x²',
    () => x.square(),
    a.map((v) => v * v),
    two,
  );
  const product = Array.from({ length: 9 }, (_, i) =>
    [0, 1, 2, 3].reduce((sum, p) => sum + a[4 * Math.floor(i / 3) + p] * b[4 * (i % 3) + p], 0),
  );
  await check('x · yᵀ', () => x.matmul(y.transpose()), product, { shape: [3, 3], rounds: 2, units: 1 });
});

claim(
  'transpose, reshape, slice and concat only move values',
  async ({ x, y, row, scalar, a, b, r, check }) => {
    const at = (i: number, j: number) => a[4 * i + j];
    const turned = Array.from({ length: 12 }, (_, i) => at(i % 3, Math.floor(i / 3)));
    await check('transpose', () => x.transpose(), turned, { shape: [4, 3], rounds: 0 });
    await check('reshape', () => x.reshape([2, 3, 2]), a, { shape: [2, 3, 2], rounds: 0 });
    await check('scalar to a matrix', () => scalar.reshape([1, 1]), [0.5], { shape: [1, 1], rounds: 0 });
    await check('slice', () => x.slice([1, 2], [2, 2]), [at(1, 2), at(1, 3), at(2, 2), at(2, 3)], {
      shape: [2, 2],
      rounds: 0,
    });
    await check('slice to the end', () => x.slice(2), a.slice(8), { shape: [1, 4], rounds: 0 });
    await check('slice of a vector', () => row.slice(1, 2), r.slice(1, 3), { shape: [2], rounds: 0 });
    const box = x.reshape([3, 2, 2]);
    await check(
      'slice of three dimensions',
      () => box.slice([1, 0, 1], [2, 2, 1]),
      [a[5], a[7], a[9], a[11]],
      { shape: [2, 2, 1], rounds: 0 },
    );
    await check('concat', () => x.concat(y, x), [...a, ...b, ...a], { shape: [9, 4], rounds: 0 });
    const wide = [0, 1, 2].flatMap((i) => [a, b, a].flatMap((of) => of.slice(4 * i, 4 * i + 4)));
    await check('concat of columns', () => x.concat(y, x, 1), wide, { shape: [3, 12], rounds: 0 });
    const narrow = x.slice([0, 1], [3, 1]);
    const beside = [0, 1, 2].flatMap((i) => [at(i, 1), ...b.slice(4 * i, 4 * i + 4)]);
    await check('concat of unlike widths', () => narrow.concat(y, -1), beside, { shape: [3, 5], rounds: 0 });
    const middle = [0, 1, 2].flatMap((i) => [...a.slice(4 * i, 4 * i + 4), a[4 * i], a[4 * i + 1]]);
    await check('concat in the middle', () => box.concat(box.slice([0, 0], [3, 1]), 1), middle, {
      shape: [3, 3, 2],
      rounds: 0,
    });
    await check('concat of one', () => x.concat(1), a, { shape: [3, 4], rounds: 0 });
    await check('concat of vectors', () => row.concat(row), [...r, ...r], { shape: [8], rounds: 0 });
  },
);

claim('sums over everything and over an axis are exact and free', async ({ x, a, row, r, check }) => {
  const total = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0);
  await check('sum', () => x.sum(), [total(a)], { shape: [], rounds: 0 });
  await check('sum of a vector', () => row.sum(), [total(r)], { shape: [], rounds: 0 });
  await check(
    'sum over rows',
    () => x.sum(0),
    [0, 1, 2, 3].map((j) => a[j] + a[4 + j] + a[8 + j]),
    { shape: [4], rounds: 0 },
  );
  await check(
    'sum over columns',
    () => x.sum(1),
    [0, 4, 8].map((i) => total(a.slice(i, i + 4))),
    { shape: [3], rounds: 0 },
  );
});

/** What folding the axis of a [2,3,4] tensor leaves, by the definition, row-major. */
function folded(a: readonly number[], axis: number, fold: (values: readonly number[]) => number): number[] {
  const shape = [2, 3, 4];
  const lines = new Map<string, number[]>();
  a.forEach((value, i) => {
    const at = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4];
    const place = String(at.toSpliced(axis, 1));
    lines.set(place, [...(lines.get(place) ?? []), value]);
  });
  assert.is(lines.size, 24 / shape[axis]);
  return [...lines.values()].map(fold);
}

claim('sums and means go over any axis, from either end', async ({ session, check }) => {
  const total = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0);
  const a = numbers(24);
  const x = session.share(a, { shape: [2, 3, 4] });
  for (const axis of [0, 1, 2]) {
    const shape = [2, 3, 4].toSpliced(axis, 1);
    const count = [2, 3, 4][axis];
    const sums = folded(a, axis, total);
    const means = folded(a, axis, (values) => total(values) / count);
    for (const given of [axis, axis - 3]) {
      await check(`sum over ${given}`, () => x.sum(given), sums, { shape, rounds: 0 });
      const rounds = count === 3 ? 3 : 2;
      await check(`mean over ${given}`, () => x.mean(given), means, { shape, rounds, units: 2 });
    }
  }
  const line = session.share(a.slice(0, 4));
  await check('sum of a vector over its axis', () => line.sum(-1), [total(a.slice(0, 4))], {
    shape: [],
    rounds: 0,
  });
  const thin = x.reshape([24, 1]);
  await check('sum over an axis of one', () => thin.sum(1), a, { shape: [24], rounds: 0 });
  await check('mean over an axis of one', () => thin.mean(-1), a, { shape: [24], rounds: 0 });
});

claim(
  'stack puts tensors side by side along a new axis',
  async ({ session, x, y, row, scalar, a, b, r, check }) => {
    const rows = (of: readonly number[]) => [0, 4, 8].map((i) => of.slice(i, i + 4));
    await check('along the first', () => x.stack(y), [...a, ...b], { shape: [2, 3, 4], rounds: 0 });
    const beside = rows(a).flatMap((line, i) => [...line, ...rows(b)[i]]);
    for (const axis of [1, -2]) {
      await check('in the middle', () => x.stack(y, axis), beside, { shape: [3, 2, 4], rounds: 0 });
    }
    const pairs = a.flatMap((value, i) => [value, b[i], value]);
    for (const axis of [2, -1]) {
      await check('along the last', () => x.stack(y, x, axis), pairs, { shape: [3, 4, 3], rounds: 0 });
    }
    await check('vectors', () => row.stack(row), [...r, ...r], { shape: [2, 4], rounds: 0 });
    const two = session.share(2);
    await check('single numbers', () => scalar.stack(two, scalar), [0.5, 2, 0.5], {
      shape: [3],
      rounds: 0,
    });
    await check('one alone', () => row.stack(1), r, { shape: [4, 1], rounds: 0 });
  },
);

claim(
  'clip is exact, both bounds in the rounds of one comparison',
  async ({ session, x, scalar, a, check }) => {
    const { ring, fractionBits } = session.settings;
    const rounds = ring === 32 ? 3 : 4;
    const clipped = (low: number, high: number) => a.map((v) => Math.min(Math.max(v, low), high));
    for (const [low, high] of [
      [-1, 1.5],
      [0, 0],
      [-2000, 2000],
      [2.5, 1000],
    ]) {
      await check(`clip(${low}, ${high})`, () => x.clip(low, high), clipped(low, high), {
        shape: [3, 4],
        rounds,
      });
    }
    await check('a single number', () => scalar.clip(0, 0.25), [0.25], { shape: [], rounds });
    // bounds between two numbers of the ring leave what is inside alone
    const half = 2 ** -(fractionBits + 1);
    await check('within half units', () => x.clip(-5 * half - 4, 5 * half + 4), a, { shape: [3, 4], rounds });
    await check('maximum', () => x.maximum(-5 * half - 4), a, { shape: [3, 4], rounds });
    await check('minimum', () => x.minimum(5 * half + 4), a, { shape: [3, 4], rounds });
  },
);

claim('comparisons and relu are exact: 3 rounds in ring 32, 4 in ring 64', async (given) => {
  const { session, x, y, row, a, b, r, check } = given;
  const rounds = session.settings.ring === 32 ? 3 : 4;
  const matrix = { shape: [3, 4], rounds };
  await check(
    'x > y',
    () => x.greater(y),
    a.map((v, i) => Number(v > b[i])),
    matrix,
  );
  await check(
    'x > row',
    () => x.greater(row),
    a.map((v, i) => Number(v > r[i % 4])),
    matrix,
  );
  await check(
    'x > 0.5',
    () => x.greater(0.5),
    a.map((v) => Number(v > 0.5)),
    matrix,
  );
  await check(
    'x > x',
    () => x.greater(x),
    a.map(() => 0),
    matrix,
  );
  await check(
    'relu',
    () => x.relu(),
    a.map((v) => Math.max(0, v)),
    matrix,
  );
});

claim('polynomials and sigmoid curves', async ({ session, x, a, check }) => {
  const [ulp, ring] = [2 ** -session.settings.fractionBits, session.settings.ring];
  const p = (v: number) => 0.25 + 0.5 * v + 0.125 * v * v;
  await check('a polynomial', () => x.polynomial([0.25, 0.5, 0.125]), a.map(p), {
    shape: [3, 4],
    rounds: 2,
    units: 1,
  });
  await check(
    'x³ in stages',
    () => x.polynomial([0, 0, 0, 1]),
    a.map((v) => v ** 3),
    { shape: [3, 4], rounds: 6, units: 24 },
  );
  const units = (ring === 32 ? 6e-4 : 3e-6) / ulp;
  await check(
    'sigmoid',
    () => x.sigmoid({ guarded: false }),
    a.map((v) => 1 / (1 + Math.exp(-v))),
    { shape: [3, 4], rounds: 3, units },
  );
  await check('tanh', () => x.tanh({ guarded: false }), a.map(Math.tanh), {
    shape: [3, 4],
    rounds: 3,
    units: 2 * units,
  });
});

test.run();
