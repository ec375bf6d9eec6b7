/** isNegative: the sign of a masked value, of any number of bits, exactly. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Masked } from '../../src/party/values.js';
import { isNegative, isNegativeBits } from '../../src/protocol/compare.js';
import { planComparison } from '../../src/protocol/digits.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting, SIZES } from '../world/settings.js';

const sign = (x: bigint): number => (x < 0n ? 1 : 0);

/** As assert.equal, for lists too long to be printed. */
function same(got: readonly number[], expected: readonly number[], what: string): void {
  assert.is(got.length, expected.length, what);
  const wrong = expected.findIndex((value, i) => value !== got[i]);
  assert.is(wrong, -1, `${what}: number ${wrong} is ${got[wrong]}`);
}

/** Signs of the w-bit numbers in bits low … low + w − 1 of Δ − δ, for masks as given. */
function signs(world: Parties, masked: readonly Masked[], low: number, w: number): number[] {
  const { results } = world.run((rt, role) => {
    const x = masked[role];
    return isNegativeBits(rt, x.delta ?? x.mask, x.shape, low, w);
  });
  return world.bitsOf(results);
}

/** ⟨x⟩ for every value with every mask: Δ = x + δ. */
function withMasks(world: Parties, values: readonly bigint[], masks: readonly bigint[]): Masked[] {
  const first = masks.map(() => world.random.next());
  return world.roles.map((rt, role) => {
    const share = (i: number): bigint => {
      if (rt.isProvider) return masks[i];
      if (role === 0) return first[i];
      return role === 1 ? masks[i] - first[i] : 0n;
    };
    const mask = world.words(
      rt,
      masks.map((_, i) => share(i)),
    );
    const delta = rt.isProvider
      ? null
      : world.words(
          rt,
          values.map((value, i) => value + masks[i]),
        );
    return new Masked(delta, mask, [masks.length], 0);
  });
}

test('the sign of extreme and random values, for sizes around a block of bits', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      const x = world.integers(world.bits - 1, size);
      const masked = world.masked(x);
      const { results } = world.run((rt, role) => isNegative(rt, masked[role]));
      assert.equal(world.bitsOf(results), x.map(sign), `${where}, ${size} values`);
    }
  });
});

test('every pair of edge value and edge mask: ends of the ring, 0, ±1, and powers of two ±1', () => {
  inEverySetting((world, where) => {
    const edges = new Set([0n, 1n, -1n]);
    for (let j = 1n; j < world.bits; j += world.bits === 32 ? 1n : 3n) {
      for (const offset of [-1n, 0n, 1n]) {
        edges.add(BigInt.asIntN(world.bits, (1n << j) + offset));
        edges.add(BigInt.asIntN(world.bits, -(1n << j) + offset));
      }
    }
    edges.add(-(1n << BigInt(world.bits - 1)));
    edges.add((1n << BigInt(world.bits - 1)) - 1n);
    const pairs = [...edges].flatMap((x) => [...edges].map((mask) => [x, mask]));
    const x = pairs.map(([value]) => value);
    const masked = withMasks(
      world,
      x,
      pairs.map(([, mask]) => mask),
    );
    same(signs(world, masked, 0, world.bits), x.map(sign), `${where}, ${pairs.length} pairs`);
  });
});

test('small widths exhaustively: every value under every mask', () => {
  inEverySetting((world, where) => {
    for (const w of [2, 3, 4, 5, 6, 7, 8]) {
      const count = 1 << w;
      const pairs = Array.from({ length: count * count }, (_, i) => [BigInt(i % count), BigInt(i >> w)]);
      const x = pairs.map(([value]) => value);
      const masks = pairs.map(([, mask]) => mask);
      const expected = x.map((value) => Number(value >> BigInt(w - 1)));
      same(signs(world, withMasks(world, x, masks), 0, w), expected, `${where}, ${w} bits`);
    }
  });
});

test('every width from 2 bits to all of the ring, in the upper bits of a word', () => {
  inEverySetting((world, where) => {
    for (let w = 2; w <= world.bits; w++) {
      const low = world.bits - w;
      // masks and values whose low bits are zero: then the upper bits are numbers of their own
      const raise = (value: bigint) => BigInt.asIntN(world.bits, value << BigInt(low));
      const x = world.integers(w, 60).map(raise);
      const masks = world.integers(w, 60).map(raise);
      assert.equal(signs(world, withMasks(world, x, masks), low, w), x.map(sign), `${where}, ${w} bits`);
    }
  });
});

test('a comparison takes 1 round up to 7 bits, 2 up to 37, 3 up to 64', () => {
  for (let w = 2; w <= 64; w++) {
    const rounds = 1 + planComparison(w - 1).levels.length;
    assert.is(rounds, w <= 7 ? 1 : w <= 37 ? 2 : 3, `${w} bits`);
  }
});

test('a plan covers every bit once and joins every digit', () => {
  for (let bits = 1; bits <= 63; bits++) {
    const { digits, levels } = planComparison(bits);
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
    assert.is(sum(digits), bits);
    let results = digits.length;
    for (const groups of levels) {
      assert.is(sum(groups), results, `${bits} bits`);
      results = groups.length;
    }
    assert.is(results, 1, `${bits} bits`);
  }
});

test.run();
