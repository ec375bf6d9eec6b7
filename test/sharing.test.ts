/** The plain scheme: what comes back, what it costs to cheat, and that shares say nothing. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addShares, dealTriple, join, multiplyShares, split } from '../src/sharing.js';

test('a number comes back from its shares, rounded to its fraction bits', () => {
  for (const parties of [2, 3, 7]) {
    for (const x of [0, 1, -1, 2.5, -1234.0625, 2 ** 46, -(2 ** 46)]) {
      const shared = split(x, parties);
      assert.is(shared.shares.length, parties);
      assert.is(join(shared), x);
    }
  }
  assert.is(join(split(1 / 3, 3, { fractionBits: 4 })), 5 / 16);
  assert.is(join(split(-(2 ** 62), 2, { fractionBits: 0 })), -(2 ** 62));
});

test('sums and products of shares are shares of sums and products', () => {
  for (const parties of [2, 3, 4]) {
    for (const [x, y] of [
      [3, 4],
      [-2.5, 8.25],
      [0, -7],
      [1000.5, -999.75],
    ]) {
      const [sx, sy] = [split(x, parties), split(y, parties)];
      assert.is(join(addShares(sx, sy)), x + y);
      const { product } = multiplyShares(sx, sy, dealTriple(parties));
      assert.is(product.fractionBits, 32);
      assert.is(join(product), x * y);
    }
  }
});

test('a product can be added to another and multiplied again while there is room', () => {
  const few = { fractionBits: 8 };
  const [x, y, z] = [split(1.5, 3, few), split(-2.25, 3, few), split(4, 3, few)];
  const { product } = multiplyShares(x, y, dealTriple(3));
  assert.is(join(addShares(product, product)), -6.75);
  assert.is(join(multiplyShares(product, z, dealTriple(3)).product), -13.5);
});

test('what is opened in a product is the factors minus the triple', () => {
  const [x, y] = [split(3, 3), split(-5, 3)];
  const triple = dealTriple(3);
  const total = (shares: readonly bigint[]) => shares.reduce((sum, share) => sum + share, 0n);
  const { opened } = multiplyShares(x, y, triple);
  assert.is(opened.d, BigInt.asIntN(64, total(x.shares) - total(triple.a)));
  assert.is(opened.e, BigInt.asIntN(64, total(y.shares) - total(triple.b)));
  assert.is(BigInt.asIntN(64, total(triple.a) * total(triple.b)), BigInt.asIntN(64, total(triple.c)));
});

/** χ² of the top and the bottom byte against the uniform distribution, 255 degrees of freedom each. */
function chiSquare(values: readonly bigint[]): number[] {
  return [56n, 0n].map((shift) => {
    const counts = new Array<number>(256).fill(0);
    for (const value of values) counts[Number((value >> shift) & 255n)]++;
    const expected = values.length / 256;
    return counts.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  });
}

/** Exceeded by uniform bytes about once in 10^9 times. */
const LIMIT = 402;

test('each share, each pair of three, and both openings are uniform whatever the number is', () => {
  const draws = Array.from({ length: 20_000 }, () => {
    const x = split(1, 3);
    const { opened } = multiplyShares(x, split(2, 3), dealTriple(3));
    return [...x.shares, x.shares[1] + x.shares[2], opened.d, opened.e];
  });
  for (let seen = 0; seen < draws[0].length; seen++) {
    for (const statistic of chiSquare(draws.map((draw) => draw[seen]))) assert.ok(statistic < LIMIT);
  }
  const all = draws.map(([a, b, c]) => a + b + c);
  assert.ok(
    chiSquare(all).every((statistic) => statistic > LIMIT),
    'all three together are not',
  );
});

test('a triple is refused a second time: the difference of two openings would be that of the factors', () => {
  const triple = dealTriple(2);
  multiplyShares(split(1, 2), split(2, 2), triple);
  assert.throws(() => multiplyShares(split(3, 2), split(2, 2), triple), /one product only/);
});

test('what does not fit is refused, and the number not named', () => {
  const refused = (work: () => unknown, kind: new () => Error, message: RegExp) => {
    try {
      work();
    } catch (error) {
      assert.instance(error, kind);
      assert.match((error as Error).message, message);
      assert.not.match((error as Error).message, '987654');
      return;
    }
    assert.unreachable('should have thrown');
  };
  refused(() => split(987654 * 2 ** 40), RangeError, /below 2\^47/);
  refused(() => split(Number.NaN), RangeError, /below/);
  refused(() => split(Number.POSITIVE_INFINITY), RangeError, /below/);
  refused(() => split('987654' as unknown as number), TypeError, /expected a number/);
  refused(() => split(1, 1), RangeError, /2 or more/);
  refused(() => split(1, 2, { fractionBits: 63 }), RangeError, /fractionBits/);
  refused(() => addShares(split(1, 2), split(1, 3)), RangeError, /parties differ/);
  refused(() => addShares(split(1, 2), split(1, 2, { fractionBits: 8 })), RangeError, /scales differ/);
  refused(() => multiplyShares(split(1, 2), split(1, 2), dealTriple(3)), RangeError, /parties differ/);
  const fine = { fractionBits: 40 };
  refused(() => multiplyShares(split(1, 2, fine), split(1, 2, fine), dealTriple(2)), RangeError, /no room/);
});

test.run();
