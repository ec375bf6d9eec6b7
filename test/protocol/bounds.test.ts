/**
 * What is known of a value's size from how it was made: it holds at the largest magnitudes, comparisons take no more bits
 * than it says, and it is forgotten where it no longer holds.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Masked } from '../../src/party/values.js';
import { paddedRows } from '../../src/protocol/bit-rows.js';
import { CollectedRows } from '../../src/protocol/collected-rows.js';
import { isNegative, isNegativeCost } from '../../src/protocol/compare.js';
import { gather } from '../../src/protocol/gather.js';
import { add, asShare, neg, reshape, scale, sub } from '../../src/protocol/linear.js';
import { open } from '../../src/protocol/open.js';
import { increase, increaseColumns, integerMinus } from '../../src/protocol/public-terms.js';
import { concat, concatAlong, split } from '../../src/protocol/rearrange.js';
import { relu } from '../../src/protocol/relu.js';
import { widenedMasked } from '../../src/protocol/scale.js';
import { select } from '../../src/protocol/select.js';
import { rescale, truncate } from '../../src/protocol/truncate.js';
import { rowOf, shaped } from '../../src/protocol/views.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

const SHIFT = 9;

/** The largest magnitudes that a truncation takes, and a few others. */
function largest(world: Parties): bigint[] {
  const most = world.largest(SHIFT);
  return [most, -most, most - 1n, 1n - most, 0n, 1n, -1n, world.random.next() % most];
}

/** Whether each number is within the bound, and the bound itself. */
function checkBound(world: Parties, values: readonly Masked[], expected: number, what: string): void {
  for (const x of values) assert.is(x.bound, expected, what);
  const most = 1n << BigInt(expected);
  for (const x of world.opened(values)) assert.ok(x <= most && x >= -most, `${what}: ${x}`);
}

/** ⟨x⟩ with a bound. */
const bounded = (values: readonly Masked[], bound: number): Masked[] =>
  values.map(({ delta, mask, shape, fraction }) => new Masked(delta, mask, shape, fraction, bound));

test('what was rounded by s bits is at most 2^(k − 2 − s), and a difference twice that', () => {
  inEverySetting((world, where) => {
    const z = largest(world);
    const bound = world.bits - 2 - SHIFT;
    const shares = () => world.share(z, 20);
    const [x, y] = [1, 2].map(() => {
      const own = shares();
      return world.run((rt, role) => rescale(rt, own[role], SHIFT)).results;
    });
    checkBound(world, x, bound, `rescale, ${where}`);
    const own = shares();
    const { results } = world.run((rt, role) => relu(rt, own[role], SHIFT));
    checkBound(
      world,
      results.map(({ value }) => value),
      bound,
      `relu, ${where}`,
    );
    const [bits, chosen] = [world.maskedBits(z.map((_, i) => i % 2)), shares()];
    const selected = world.run((rt, role) => select(rt, bits[role], chosen[role], SHIFT)).results;
    checkBound(world, selected, bound, `select, ${where}`);
    const reversed = y.map((value, role) =>
      gather(
        world.roles[role],
        value,
        Uint32Array.from(z, (_, i) => z.length - 1 - i),
        1,
        value.shape,
      ),
    );
    const mirrored = reversed.map((value, role) => neg(world.roles[role], value));
    checkBound(world, mirrored, bound, `gather and neg, ${where}`);
    const sums = x.map((value, role) => add(world.roles[role], value, mirrored[role]));
    checkBound(world, sums, bound + 1, `add, ${where}`);
    checkBound(
      world,
      x.map((value, role) => sub(world.roles[role], value, reversed[role])),
      bound + 1,
      'sub',
    );
    const whole = x.map((value, role) => concat(world.roles[role], [value, mirrored[role], sums[role]]));
    checkBound(world, whole, bound + 1, `concat, ${where}`);
    const wide = x.map((value, role) => {
      const rt = world.roles[role];
      const parts = [value, mirrored[role], sums[role]].map((part) => reshape(rt, part, [1, part.size]));
      return concatAlong(rt, parts, 1);
    });
    checkBound(world, wide, bound + 1, `concat along an axis, ${where}`);
  });
});

test('it goes with views and copies, and is forgotten by whatever may exceed it', () => {
  inEverySetting((world) => {
    const make = () => bounded(world.masked([3n, -4n, 2n, 1n], 5, [2, 2]), 2);
    world.roles.forEach((rt, role) => {
      const x = make()[role];
      for (const same of [shaped(x, [4]), rowOf(rt, x, 1), reshape(rt, x, [4]), ...split(rt, x, [2])]) {
        assert.is(same.bound, 2);
      }
      assert.not(Number.isFinite(scale(rt, x, 3).bound));
    });
    const shares = make().map((x, role) => asShare(world.roles[role], x));
    const opened = world.run((rt, role) => open(rt, shares[role])).results;
    assert.not(Number.isFinite(opened[0].bound), 'a share does not carry it');
    const own = world.share(largest(world), 20);
    const truncated = world.run((rt, role) => truncate(rt, own[role], SHIFT)).results;
    const again = world.run((rt, role) => open(rt, truncated[role])).results;
    assert.not(Number.isFinite(again[0].bound));
  });
});

test('public terms take it to twice the larger of both, and more fraction bits as far up', () => {
  inEverySetting((world, where) => {
    const values = [4n, -4n, 3n, 0n];
    const make = () => bounded(world.masked(values, 5, [2, 2]), 2);
    for (const [integer, bits] of [
      [0, 0],
      [1, 0],
      [4, 2],
      [5, 3],
      [-8, 3],
      [2 ** 20 + 1, 21],
      [-(2 ** 29), 29],
    ]) {
      const bound = Math.max(2, bits) + 1;
      const at = `${integer}, ${where}`;
      const [sums, differences, columns] = [make(), make(), make()].map((made, which) =>
        made.map((x, role) => {
          const rt = world.roles[role];
          if (which === 0) return integerMinus(rt, integer, x);
          if (which === 1) increase(rt, x, integer);
          else increaseColumns(rt, x, [0n, BigInt(integer)]);
          return x;
        }),
      );
      for (const made of [sums, differences, columns]) checkBound(world, made, bound, at);
    }
    const wide = make().map((x, role) => widenedMasked(world.roles[role], x, 7));
    checkBound(world, wide, 9, where);
    const unknown = integerMinus(world.roles[0], 7, world.masked(values)[0]);
    assert.not(Number.isFinite(unknown.bound));
  });
});

test('rows that are collected, and padded, have the largest of theirs', () => {
  inEverySetting((world, where) => {
    const parts = [
      bounded(world.masked([4n, -4n], 5, [1, 2]), 2),
      bounded(world.masked([9n, 1n], 5, [1, 2]), 4),
    ];
    const collected = world.roles.map((rt, role) => {
      const rows = new CollectedRows(rt, 2, 2);
      for (const part of parts) rows.add(part[role]);
      return rows.value;
    });
    checkBound(world, collected, 4, where);
    const padded = world.roles.map((rt, role) =>
      paddedRows(
        rt,
        parts.map((part) => part[role]),
      ),
    );
    checkBound(world, padded, 4, where);
    const more = bounded(world.masked([4n, -4n], 5, [1, 2]), Number.POSITIVE_INFINITY)[0];
    const rows = new CollectedRows(world.roles[0], 2, 2);
    for (const part of [parts[0][0], more]) rows.add(part);
    assert.not(Number.isFinite(rows.value.bound));
  });
});

test('a comparison takes bound + 2 bits, and is right up to the bound', () => {
  inEverySetting((world, where) => {
    for (const bound of [0, 1, 6, 18, world.bits - 14, world.bits - 3, world.bits - 2, world.bits - 1]) {
      const most = 1n << BigInt(bound);
      const edge = bound < world.bits - 1 ? [most, -most] : [-most];
      const x = [...edge, most - 1n, 1n - most, 0n, ...(bound > 0 ? [1n, -1n] : [])];
      const values = [...x, ...Array.from({ length: 130 }, (_, i) => x[i % x.length])];
      const masked = bounded(world.masked(values), bound);
      const { results, cost } = world.run((rt, role) => isNegative(rt, masked[role]));
      assert.equal(
        world.bitsOf(results),
        values.map((value) => Number(value < 0n)),
        `${where}, bound ${bound}`,
      );
      const width = Math.min(world.bits, bound + 2);
      assert.equal(cost, isNegativeCost(world.setting, values.length, width), `${where}, bound ${bound}`);
    }
  });
});

test.run();
