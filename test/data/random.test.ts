import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { epochPermutation, PublicRandom, publicRandom, splitMix64 } from '../../src/data/random.js';

test('SplitMix64 gives the published sequence of its reference code', () => {
  assert.equal(splitMix64(1234567n, 5), [
    6457827717110365317n,
    3203168211198807973n,
    9817491932198370423n,
    4593380528125082431n,
    16408922859458223821n,
  ]);
});

/** xoshiro128** as its authors' C code states it, in BigInt. */
function* xoshiro(state: bigint[]) {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  const s = [...state];
  for (;;) {
    yield Number((rotate((s[1] * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
  }
}

test('xoshiro128** equals its BigInt twin, from small and from full states', () => {
  for (const state of [
    [1, 2, 3, 4],
    [0xffffffff, 0x80000000, 0, 0x7fffffff],
  ]) {
    const random = new PublicRandom(state);
    const twin = xoshiro(state.map(BigInt));
    for (let i = 0; i < 1000; i++) assert.is(random.uint32(), twin.next().value);
    for (const count of [0, 1, 999]) {
      for (const word of random.words(count)) assert.is(word, twin.next().value);
    }
    assert.is(random.uint32(), twin.next().value);
  }
  const random = new PublicRandom([1, 2, 3, 4]);
  assert.equal(
    [0, 1, 2, 3].map(() => random.uint32()),
    [11520, 0, 5927040, 70819200],
  );
});

test('a seed and a path always give the same stream, and every other path another', () => {
  const first = (...path: [number, ...number[]]) => publicRandom(...path).uint32();
  assert.is(first(7, 1, 2), first(7, 1, 2));
  const streams = [[7], [8], [7, 0], [7, 1], [7, 1, 0], [7, 1, 2], [7, 2, 1], [2 ** 53 - 1]] as const;
  assert.is(new Set(streams.map((path) => first(...(path as unknown as [number])))).size, streams.length);
});

test('uniform numbers lie in [0, 1) with mean 1/2 and variance 1/12', () => {
  const random = publicRandom(3);
  const n = 100_000;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const u = random.uniform();
    assert.ok(u >= 0 && u < 1);
    sum += u;
    squares += (u - 0.5) ** 2;
  }
  // five standard errors
  assert.ok(Math.abs(sum / n - 0.5) < 5 * Math.sqrt(1 / 12 / n));
  assert.ok(Math.abs(squares / n - 1 / 12) < 5 * Math.sqrt(1 / 180 / n));
});

test('every order of four rows is equally likely', () => {
  const random = publicRandom(11);
  const counts = new Map<string, number>();
  const draws = 24_000;
  for (let i = 0; i < draws; i++) {
    const order = random.permutation(4).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.is(counts.size, 24);
  let chiSquared = 0;
  for (const count of counts.values()) chiSquared += (count - 1000) ** 2 / 1000;
  assert.ok(chiSquared < 60, `χ² = ${chiSquared} with 23 degrees of freedom`); // p < 4e-5
});

test('bounded numbers are even where 2³² is no multiple of the bound', () => {
  const random = publicRandom(13);
  const n = 10_000;
  let low = 0;
  for (let i = 0; i < n; i++) if (random.below(3 * 2 ** 30) < 2 ** 30) low++;
  // a remainder taken without rejection would give 1/2 instead of 1/3
  assert.ok(Math.abs(low / n - 1 / 3) < 5 * Math.sqrt(2 / 9 / n), `${low / n}`);
});

test('an epoch goes through every row once, in an order of its own', () => {
  const order = epochPermutation(5, 0, 1000);
  assert.equal(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  assert.equal(epochPermutation(5, 0, 1000), order);
  assert.not.equal(epochPermutation(5, 1, 1000), order);
  assert.not.equal(epochPermutation(6, 0, 1000), order);
  assert.is(epochPermutation(5, 0, 0).length, 0);
  assert.equal([...epochPermutation(5, 0, 1)], [0]);
});

test('seeds and bounds that cannot be meant are refused', () => {
  for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) assert.throws(() => publicRandom(seed), /safe integers/);
  for (const bound of [0, -1, 1.5, 2 ** 33]) assert.throws(() => publicRandom(1).below(bound), /bound/);
  assert.throws(() => new PublicRandom([0, 0, 0, 0]), /not all zero/);
  assert.throws(() => new PublicRandom([1, 2, 3]), /four words/);
});

test.run();
