/** Means: right for every count and up to the largest values, also where the sum has left the ring; their rounds. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mean, meanCost } from '../../src/protocol/mean.js';
import type { Parties } from '../world/parties.js';
import { RINGS } from '../world/ring.js';
import { inEverySetting, partiesOf } from '../world/settings.js';

/** Columns of `count` integers of at most 2^bits: all at either end, both ends in turn, and random ones. */
function columnsFor(world: Parties, bits: number, count: number): bigint[][] {
  const most = 2n ** BigInt(bits);
  const column = (at: (i: number) => bigint) => Array.from({ length: count }, (_, i) => at(i));
  return [
    column(() => most),
    column(() => -most),
    column((i) => (i % 3 === 0 ? most : -most)),
    column(() => 5n),
    column((i) => (i === 0 ? 1n : 0n)),
    column(() => world.random.next() % most),
    column(() => -(world.random.next() % most)),
  ];
}

/** Error of a result in units of its last place. */
const errorOf = (result: bigint, column: readonly bigint[]): number => {
  const sum = column.reduce((a, b) => a + b, 0n);
  return Math.abs(Number(result * BigInt(column.length) - sum) / column.length);
};

function check(
  world: Parties,
  where: string,
  count: number,
  fraction: number,
  most: number,
  rounds?: number,
) {
  const columns = columnsFor(world, world.bits - 2 - fraction, count);
  const rows = Array.from({ length: count }, (_, i) => columns.map((column) => column[i])).flat();
  const x = world.masked(rows, fraction, [count, columns.length]);
  const { results, cost } = world.run((rt, role) => mean(rt, x[role]));
  assert.equal(results[0].shape, [columns.length]);
  assert.is(results[0].fraction, fraction);
  world.opened(results).forEach((result, c) => {
    const error = errorOf(result, columns[c]);
    assert.ok(error < most, `${where}, ${count} values, column ${c}: ${error} units off`);
  });
  assert.equal(cost, meanCost(world.setting, count, columns.length, fraction));
  if (rounds !== undefined) assert.is(cost.rounds, rounds, `${where}, ${count} values`);
}

test('means of few values are within 1.5 units of the last place, of 2^b values within 1', () => {
  inEverySetting((world, where) => {
    for (const count of [1, 2, 16, 1024]) check(world, where, count, world.fraction, 1, count === 1 ? 0 : 2);
    for (const count of [3, 6, 15]) check(world, where, count, world.fraction, 1.5, 3);
    for (const count of [17, 100, 1023]) check(world, where, count, world.fraction, 1.6, 4);
  });
});

test('means of values whose sum leaves the ring are within 2 units', () => {
  inEverySetting((world, where) => {
    const fraction = 8; // 255 values a group
    for (const count of [256, 1024]) check(world, where, count, fraction, 1.2, 3);
    for (const count of [257, 1000])
      check(world, where, count, fraction, 1.7 + Math.ceil(count / 255) / 32, 4);
  });
});

test('means are right for every fraction, if coarser for few', () => {
  for (const bits of RINGS) {
    const world = partiesOf(2, bits);
    world.scoped(() => {
      for (let fraction = 1; fraction <= bits / 2 - 2; fraction++) {
        check(world, `ring ${bits}, fraction ${fraction}`, 50, fraction, fraction < 8 ? 20 : 1.75);
      }
    });
  }
});

test('means have no bias', () => {
  inEverySetting((world, where) => {
    for (const [count, fraction] of [
      [3, world.fraction],
      [100, world.fraction],
      [260, 8],
    ]) {
      const columns = 600;
      const column = Array.from({ length: count }, () => world.random.next() % 1000n);
      const rows = column.flatMap((value) => Array<bigint>(columns).fill(value));
      const x = world.masked(rows, fraction, [count, columns]);
      const { results } = world.run((rt, role) => mean(rt, x[role]));
      const total = world.opened(results).reduce((a, b) => a + b, 0n);
      const truth = Number(column.reduce((a, b) => a + b, 0n)) / count;
      const bias = Number(total) / columns - truth;
      assert.ok(Math.abs(bias) < 0.1, `${where}, ${count} values: ${bias} units on the average`);
    }
  });
});

test.run();
