/** What masked bits do: select and truncate, multiply, become shares, be multiplied with each other. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { and } from '../../src/protocol/and.js';
import { bitShare } from '../../src/protocol/bits.js';
import { not } from '../../src/protocol/relu.js';
import { multiplyBit, select } from '../../src/protocol/select.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting, SIZES } from '../world/settings.js';

const randomBits = (world: Parties, count: number): number[] =>
  Array.from({ length: count }, () => world.random.below(2));

test('select: the truncated value where the bit is 1, else 0; the bit can select again', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      const bits = randomBits(world, size);
      const masked = world.maskedBits(bits);
      for (const [time, s] of [world.fraction, 3, world.bits - 2].entries()) {
        const z = world.roundable(size, s);
        const shares = world.share(z, world.fraction + s, time % 2 === 0);
        const { results } = world.run((rt, role) => select(rt, masked[role], shares[role], s));
        const expected = world.rounded(z, s).map((value, i) => (bits[i] ? value : 0n));
        assert.equal(world.opened(results), expected, `${where}, ${size} values, ${s} bits`);
      }
      assert.equal(world.bitsOf(masked), bits, 'the bit is left as it was');
    }
  });
});

test('multiplyBit: the value where the bit is 1, else 0, anywhere in the ring', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      const bits = randomBits(world, size);
      const x = world.integers(world.bits - 1, size);
      const masked = world.maskedBits(bits);
      const values = world.masked(x);
      for (let time = 0; time < 2; time++) {
        const results = world.each((rt, role) => multiplyBit(rt, masked[role], values[role]));
        assert.equal(
          world.joined(results),
          x.map((value, i) => (bits[i] ? value : 0n)),
          `${where}, ${size} values`,
        );
        assert.is(results[0].fraction, world.fraction);
        assert.ok(results[0].settled);
      }
    }
  });
});

test('bitShare: a share of 0 or 1 at scale 0', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      const bits = randomBits(world, size);
      const masked = world.maskedBits(bits);
      for (let time = 0; time < 2; time++) {
        const shares = world.each((rt, role) => bitShare(rt, masked[role]));
        assert.equal(world.joined(shares), bits.map(BigInt), `${where}, ${size} values`);
        assert.is(shares[0].fraction, 0);
      }
    }
  });
});

test('not: the other bit, where it stands', () => {
  inEverySetting((world, where) => {
    const bits = randomBits(world, 129);
    const masked = world.maskedBits(bits);
    const flipped = world.each((rt, role) => not(rt, masked[role]));
    assert.equal(
      world.bitsOf(flipped),
      bits.map((bit) => 1 - bit),
      where,
    );
  });
});

test('and: the product of 1 to 17 bits, every combination for up to 8', () => {
  inEverySetting((world, where) => {
    for (const count of [1, 2, 3, 4, 5, 8, 16, 17]) {
      const size = count <= 8 ? 1 << count : 300;
      const planes = Array.from({ length: count }, (_, j) =>
        Array.from({ length: size }, (_, i) => {
          if (count <= 8) return (i >> j) & 1;
          return i % 3 === 0 ? 1 : Number(world.random.below(count) > 0);
        }),
      );
      const masked = world.maskedPlanes(planes);
      const { results, cost } = world.run((rt, role) => and(rt, masked[role], [size]));
      const expected = Array.from({ length: size }, (_, i) => (planes.every((plane) => plane[i]) ? 1 : 0));
      assert.equal(world.bitsOf(results), expected, `${where}, ${count} bits`);
      assert.is(cost.rounds, count === 1 ? 0 : count <= 4 ? 1 : count <= 16 ? 2 : 3, `${count} bits`);
    }
  });
});

test.run();
