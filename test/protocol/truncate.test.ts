/** truncate: z / 2^s, rounded down or up by a public coin: the exact rule, the error, the bias, the range. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { add, asShare } from '../../src/protocol/linear.js';
import { rescale, truncate } from '../../src/protocol/truncate.js';
import { lowBits, roundWithCoin } from '../twins/clear.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting, SIZES } from '../world/settings.js';

/** Truncates [z] by s bits; the results and the coins that were opened. */
function truncated(world: Parties, z: readonly bigint[], s: number, settled = false) {
  const shares = world.share(z, 2 * world.fraction, settled);
  const { results } = world.run((rt, role) => truncate(rt, shares[role], s));
  return { values: world.joined(results), coins: world.lastOpened('truncate') };
}

test('the result is the floor, plus one exactly when the opened word is below z modulo 2^s', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      for (const s of [1, 7, 8, world.fraction, world.fraction + 5, world.bits - 2]) {
        for (const settled of [true, false]) {
          const z = world.integers(world.bits - 2, size);
          const { values, coins } = truncated(world, z, s, settled);
          const expected = z.map((word, i) => roundWithCoin(word, s, coins[i]));
          assert.equal(
            values,
            expected,
            `${where}, ${size} values, ${s} bits, ${settled ? '' : 'un'}settled`,
          );
        }
      }
    }
  });
});

test('every shift from 1 to k − 2 keeps the error below one unit, up to the largest magnitude', () => {
  inEverySetting((world, where) => {
    for (let s = 1; s <= world.bits - 2; s++) {
      const z = world.integers(world.bits - 2, 50);
      const { values } = truncated(world, z, s);
      z.forEach((word, i) => {
        const error = (values[i] << BigInt(s)) - word;
        assert.ok(error > -(1n << BigInt(s)) && error < 1n << BigInt(s), `${where}, ${s} bits`);
      });
    }
  });
});

test('the most negative number of the range, −2^(k−2), is truncated exactly', () => {
  inEverySetting((world, where) => {
    const least = -(2n ** BigInt(world.bits - 2));
    const { values } = truncated(world, Array(200).fill(least), 12);
    assert.ok(
      values.every((value) => value === least >> 12n),
      where,
    );
  });
});

test('rounding is unbiased: over 20,000 values the mean error is within five standard deviations of 0', () => {
  inEverySetting((world, where) => {
    const s = world.fraction;
    for (const magnitude of [s, 2 * s, world.bits - 2]) {
      const z = Array.from(
        { length: 20_000 },
        (_, i) => BigInt.asUintN(magnitude, world.random.next()) * (i % 2 ? 1n : -1n),
      );
      const { values } = truncated(world, z, s);
      let [sum, variance] = [0, 0];
      z.forEach((word, i) => {
        const fraction = Number(lowBits(word, s)) / 2 ** s;
        sum += Number(values[i] - (word >> BigInt(s))) - fraction;
        variance += fraction * (1 - fraction);
      });
      const deviations = sum / Math.sqrt(variance);
      assert.ok(
        Math.abs(deviations) < 5,
        `${where}, |z| < 2^${magnitude}: ${deviations} standard deviations`,
      );
    }
  });
});

test('one value, truncated 20,000 times, is rounded up as often as its fraction says', () => {
  inEverySetting((world, where) => {
    const s = 8;
    for (const fraction of [1, 64, 200, 255]) {
      const z = -(7n << 8n) + BigInt(fraction);
      const { values } = truncated(world, Array(20_000).fill(z), s);
      const up = values.filter((value) => value === -6n).length;
      assert.is(up + values.filter((value) => value === -7n).length, 20_000, where);
      const p = fraction / 256;
      const deviations = (up - 20_000 * p) / Math.sqrt(20_000 * p * (1 - p));
      assert.ok(
        Math.abs(deviations) < 5,
        `${where}, fraction ${fraction}/256: ${deviations} standard deviations`,
      );
    }
  });
});

test('a base is added to the truncated share, at the scale of the base', () => {
  inEverySetting((world, where) => {
    for (const settled of [true, false]) {
      const z = world.integers(world.bits - 2, 129);
      const base = world.integers(world.bits - 2, 129);
      const shares = world.share(z, 3 * world.fraction);
      const bases = world.share(base, 5, settled);
      const { results } = world.run((rt, role) => truncate(rt, shares[role], 9, bases[role]));
      const coins = world.lastOpened('truncate');
      const expected = z.map((word, i) =>
        BigInt.asIntN(world.bits, base[i] + roundWithCoin(word, 9, coins[i])),
      );
      assert.equal(world.joined(results), expected, where);
      assert.is(results[0].fraction, 5);
    }
  });
});

test('rescale: the truncated value under a mask, to be added and multiplied', () => {
  inEverySetting((world, where) => {
    const { fraction } = world;
    const z = world.integers(world.bits - 2, 300);
    const shares = world.share(z, 2 * fraction);
    const rescaled = world.run((rt, role) => rescale(rt, shares[role])).results;
    const truth = (coins: bigint[]) => z.map((word, i) => roundWithCoin(word, fraction, coins[i]));
    const expected = truth(world.lastOpened('truncate'));
    assert.equal(world.opened(rescaled), expected, where);
    assert.is(rescaled[0].fraction, fraction);

    const sums = world.each((rt, role) => add(rt, rescaled[role], rescaled[role]));
    assert.equal(
      world.opened(sums),
      expected.map((value) => 2n * value),
      where,
    );
  });
});

test('a masked value truncated through asShare keeps its fraction minus the shift', () => {
  inEverySetting((world, where) => {
    const x = world.integers(world.bits - 2, 40);
    const masked = world.masked(x, 9);
    const { results } = world.run((rt, role) => truncate(rt, asShare(rt, masked[role]), 4));
    const coins = world.lastOpened('truncate');
    assert.is(results[0].fraction, 5);
    assert.equal(
      world.joined(results),
      x.map((word, i) => roundWithCoin(word, 4, coins[i])),
      where,
    );
  });
});

test.run();
