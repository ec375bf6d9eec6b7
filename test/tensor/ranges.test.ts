/** Every operation of a tensor is right over the whole range that its description states, ends included. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SecureTensor, Session } from '../../src/index.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';
import { withSession } from '../world/sessions.js';

const random = new Random(seed);
const COUNT = 800;

/** What one ring holds, with its usual fraction bits. */
interface Ranges {
  readonly bits: 32 | 64;
  readonly unit: number;
  /** Differences of numbers below this are numbers of the ring. */
  readonly ring: number;
  /** What `share` takes and products may be. */
  readonly shared: number;
  /** Where functions with many thresholds end. */
  readonly narrow: number;
}

const rangesOf = (bits: 32 | 64): Ranges =>
  bits === 32
    ? { bits, unit: 2 ** -12, ring: 2 ** 18, shared: 64, narrow: 64 }
    : { bits, unit: 2 ** -20, ring: 2 ** 42, shared: 2 ** 22, narrow: 2 ** 15 };

/** Numbers of the ring below `most`: the ends, some around 0, and random ones of every size. */
function numbersBelow(most: number, unit: number): number[] {
  const end = most - unit;
  const edges = [end, -end, end - unit, most / 2, -most / 2, 0, unit, -unit];
  const spread = Array.from({ length: COUNT - edges.length }, (_, i) => {
    const size = i % 2 ? random.unit() * most : most ** random.unit() * unit ** random.unit();
    const x = Math.round(Math.min(size, end) / unit) * unit;
    return random.below(2) ? x : -x;
  });
  return [...edges, ...spread];
}

/** A tensor of numbers that `share` may refuse: small ones times a power of two. */
function wide(session: Session, numbers: readonly number[], { ring, shared, unit }: Ranges): SecureTensor {
  const factor = ring / shared;
  const high = numbers.map((x) => Math.trunc(x / factor / unit) * unit);
  return session
    .share(high)
    .mul(factor)
    .add(session.share(numbers.map((x, i) => (x - high[i] * factor) / 2)).mul(2));
}

type Bound = (truth: number, i: number) => number;
const exact: Bound = () => 0;

async function holds(what: string, tensor: SecureTensor, truth: readonly number[], bound: Bound) {
  const got = await tensor.reveal();
  assert.is(got.length, truth.length, what);
  truth.forEach((wanted, i) => {
    const error = Math.abs(got[i] - wanted);
    assert.ok(error <= bound(wanted, i), `${what}, element ${i}: ${got[i]}, not ${wanted}`);
  });
}

function inEitherRing(name: string, claim: (session: Session, ranges: Ranges) => Promise<void>): void {
  test(name, async () => {
    for (const ring of [32, 64] as const) {
      await withSession({ ring }, (session) => claim(session, rangesOf(ring)));
    }
  });
}

inEitherRing(
  'what compares is exact for all numbers whose differences the ring holds',
  async (session, at) => {
    const a = numbersBelow(at.ring, Math.max(2 * at.unit, at.ring * 2 ** -52)); // a number holds 53 bits
    const b = a.map((x, i) => (i % 5 === 0 ? x : i % 5 === 1 ? -x : a[(7 * i + 3) % COUNT]));
    const [x, y] = [wide(session, a, at), wide(session, b, at)];
    const each = (f: (x: number, y: number) => number) => a.map((value, i) => f(value, b[i]));
    await holds('x itself', x, a, exact);
    await holds(
      'relu',
      x.relu(),
      each((v) => Math.max(v, 0)),
      exact,
    );
    await holds('abs', x.abs(), each(Math.abs), exact);
    await holds('maximum', x.maximum(y), each(Math.max), exact);
    await holds('minimum', x.minimum(y), each(Math.min), exact);
    await holds(
      'greater',
      x.greater(y),
      each((v, w) => Number(v > w)),
      exact,
    );
    await holds(
      'lessEqual',
      x.lessEqual(y),
      each((v, w) => Number(v <= w)),
      exact,
    );
    await holds(
      'sub',
      x.sub(y),
      each((v, w) => v - w),
      exact,
    );
    const rows = Array.from({ length: COUNT / 8 }, (_, r) => a.slice(8 * r, 8 * r + 8));
    const of8 = x.reshape([COUNT / 8, 8]);
    await holds(
      'max',
      of8.max(),
      rows.map((row) => Math.max(...row)),
      exact,
    );
    await holds(
      'argmax',
      of8.argmax(),
      rows.map((row) => row.indexOf(Math.max(...row))),
      exact,
    );
    const pairs = x.concat(y).reshape([2, COUNT]).transpose();
    await holds('max of two', pairs.max(), each(Math.max), exact);
    await holds('max of many', x.reshape([1, COUNT]).max(), [Math.max(...a)], exact);
  },
);

inEitherRing('equal is exact as far as it says', async (session, at) => {
  const a = numbersBelow(at.bits === 32 ? at.ring : 2 ** 27, 2 * at.unit);
  const b = a.map((x, i) => (i % 3 === 0 ? x : i % 3 === 1 ? x + 2 * at.unit : -x));
  const narrowed = { ...at, ring: at.bits === 32 ? at.ring : 2 ** 27 };
  const equal = wide(session, a, narrowed).equal(wide(session, b, narrowed));
  await holds(
    'equal',
    equal,
    a.map((x, i) => Number(x === b[i])),
    exact,
  );
});

inEitherRing('curves are right for all that a share takes', async (session, at) => {
  const most = { sigmoid: at.bits === 32 ? 5e-4 : 3e-6, tanh: at.bits === 32 ? 7e-4 : 5e-6 };
  const rest = at.bits === 32 ? 7e-4 : 3e-6;
  const numbers = numbersBelow(at.shared, at.unit);
  const near = numbersBelow(16, at.unit);
  for (const a of [numbers, near]) {
    const x = session.share(a);
    await holds(
      'sigmoid',
      x.sigmoid(),
      a.map((v) => 1 / (1 + Math.exp(-v))),
      () => most.sigmoid,
    );
    await holds('tanh', x.tanh(), a.map(Math.tanh), () => most.tanh);
    const max = at.bits === 32 ? 4 : 10;
    await holds(
      'exp',
      x.exp(),
      a.map((v) => Math.exp(Math.min(v, max))),
      (y) => rest * Math.max(1, y),
    );
  }
});

test('exp goes on growing for 2⁻¹² beyond its largest argument in ring 64, and is right up to it', async () => {
  await withSession({ ring: 64 }, async (session) => {
    const a = Array.from({ length: 1000 }, (_, i) => 10 + (i - 500) * 2 ** -20);
    const most = Math.exp(10);
    const got = await session.share(a).exp().reveal();
    got.forEach((y, i) => {
      const [least, largest] = [Math.exp(Math.min(a[i], 10)), a[i] > 10 ? Math.exp(a[i]) : most];
      const room = 3e-6 * most;
      assert.ok(y > least - room && y < Math.max(least, largest) + room, `e^${a[i]}: ${y}`);
    });
  });
});

inEitherRing('functions in pieces saturate as far as they say', async (session, at) => {
  const bound: Bound = (y) => (at.bits === 32 ? 1e-3 : 4e-6) * Math.max(1, Math.abs(y));
  const high = at.bits === 32 ? 64 : 4096;
  const check = async (x: SecureTensor, a: readonly number[], domain?: { low: number; high: number }) => {
    const [low, top] = [domain?.low ?? at.unit, domain?.high ?? high];
    const clamped = (v: number, least = low) => Math.min(Math.max(v, least), top);
    const least = domain?.low ?? (at.bits === 32 ? 2 ** -8 : 2 ** -12);
    await holds(
      'log',
      x.log(domain),
      a.map((v) => Math.log(clamped(v))),
      bound,
    );
    await holds(
      'sqrt',
      x.sqrt(domain),
      a.map((v) => (v < low ? 0 : Math.sqrt(clamped(v)))),
      bound,
    );
    await holds(
      '1/√x',
      x.inverseSqrt(domain),
      a.map((v) => 1 / Math.sqrt(clamped(v, least))),
      bound,
    );
    const [near, far] = [
      domain?.low ?? (at.bits === 32 ? 1 / 16 : 2 ** -10),
      domain?.high ?? (at.bits === 32 ? 64 : 1024),
    ];
    const inverse = a.map((v) => Math.sign(v || 1) / Math.min(Math.max(Math.abs(v), near), far));
    await holds('1/x', x.reciprocal({ domain }), inverse, bound);
  };
  const a = numbersBelow(at.narrow, at.unit);
  await check(session.share(a), a);
  if (at.bits === 32) return;
  const all = numbersBelow(at.shared, at.unit);
  await check(session.share(all), all, { low: 1, high: 2 ** 16 });
});

inEitherRing('softmax and its logarithm are right as far as they say', async (session, at) => {
  const most = at.bits === 32 ? 1e-3 : 5e-6;
  const a = numbersBelow(at.narrow, at.unit);
  const logs = a.map((v, i) => {
    const row = a.slice(8 * Math.floor(i / 8), 8 * Math.floor(i / 8) + 8);
    const largest = Math.max(...row);
    return v - largest - Math.log(row.reduce((sum, w) => sum + Math.exp(w - largest), 0));
  });
  const x = session.share(a, { shape: [COUNT / 8, 8] });
  await holds('softmax', x.softmax(), logs.map(Math.exp), () => most);
  await holds('logSoftmax', x.logSoftmax(), logs, () => most);
});

inEitherRing('products, squares and public factors are right up to their ends', async (session, at) => {
  const { unit, shared } = at;
  const a = numbersBelow(shared, unit);
  const b = a.map((v) => {
    const most = Math.min(shared - unit, (shared - unit) / Math.abs(v || 1));
    return Math.trunc((most * (2 * random.unit() - 1)) / unit) * unit;
  });
  const x = session.share(a);
  await holds(
    'x·y',
    x.mul(session.share(b)),
    a.map((v, i) => v * b[i]),
    () => unit,
  );
  const roots = numbersBelow(Math.sqrt(shared), unit);
  await holds(
    'x²',
    session.share(roots).square(),
    roots.map((v) => v * v),
    () => unit,
  );
  for (const c of [0.3, 0.5, 1e-4, -0.875]) {
    const room: Bound = (y) => (c === 0.5 || c === -0.875 ? unit : unit * (2 + unit * Math.abs(y)));
    await holds(
      `x·${c}`,
      x.mul(c),
      a.map((v) => v * c),
      room,
    );
  }
  await holds(
    'x / 7',
    x.divide(7),
    a.map((v) => v / 7),
    (y) => unit * (2 + unit * Math.abs(y)),
  );
  const half = numbersBelow(Math.floor(shared / 2.75 / (2 * unit)) * 2 * unit, unit); // its edges are numbers of the ring
  await holds(
    'x·2.7',
    session.share(half).mul(2.7),
    half.map((v) => v * 2.7),
    (y) => unit * (2 + unit * Math.abs(y)),
  );
  // sums of products may be anything on their way
  const [row, column] = [x.reshape([1, COUNT]), x.reshape([COUNT, 1])];
  await holds('x·xᵀ − x·xᵀ', row.concat(row).matmul(column.sub(column)), [0, 0], () => unit);
});

inEitherRing('means are right, also where the sum leaves the ring', async (session, { unit, shared }) => {
  const ones = session.share(new Float32Array(10_000).fill(1));
  await holds('the mean of 10,000 ones', ones.mean(), [1], () => unit);
  const many = session.share(new Float32Array(524_288).fill(1));
  await holds('the mean of 524,288 ones', many.mean(), [1], () => unit);
  const a = numbersBelow(shared, unit);
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const x = session.share(a, { shape: [100, 8] });
  const column = (j: number) => mean(a.filter((_, i) => i % 8 === j));
  await holds('over rows', x.mean(0), [0, 1, 2, 3, 4, 5, 6, 7].map(column), () => 2 * unit);
  const rows = Array.from({ length: 100 }, (_, r) => mean(a.slice(8 * r, 8 * r + 8)));
  await holds('over columns', x.mean(1), rows, () => unit);
  assert.equal([x.mean(0).shape, x.mean(1).shape, x.mean().shape], [[8], [100], []]);
  const ends = session.share(new Float64Array(10_000).fill(shared - unit));
  await holds('the largest', ends.mean(), [shared - unit], () => 2 * unit);
  // [5, 20, 8]: over the axis in the middle
  const middle = Array.from({ length: 40 }, (_, o) =>
    mean(Array.from({ length: 20 }, (_, m) => a[160 * Math.floor(o / 8) + 8 * m + (o % 8)])),
  );
  await holds('over the middle', x.reshape([5, 20, 8]).mean(1), middle, () => 2 * unit);
});

test.run();
