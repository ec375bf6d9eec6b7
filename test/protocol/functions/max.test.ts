/** max, its mark and its index: exact, ties to the lowest index, for short rows and in tournaments. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Masked } from '../../../src/party/values.js';
import { indexOf, max, maxCost } from '../../../src/protocol/max.js';
import type { Parties } from '../../world/parties.js';
import { inEverySetting } from '../../world/settings.js';

/** Bits of magnitude of values whose differences are numbers of the ring. */
const reach = (world: Parties): number => world.bits - 2;

/** Index of the first largest. */
const firstLargest = (row: readonly bigint[]): number =>
  row.reduce((best, value, i) => (value > row[best] ? i : best), 0);

/** Rows with extremes, close values and ties. */
function rowsFor(world: Parties, rows: number, classes: number, bits = reach(world)): bigint[] {
  const spread = world.integers(bits, Math.ceil(rows / 3) * classes);
  const close = Array.from({ length: Math.ceil(rows / 3) * classes }, () =>
    BigInt(world.random.below(3) - 1),
  );
  const equal = Array.from({ length: rows * classes }, (_, i) => BigInt(Math.floor(i / classes) % 5));
  return [...spread, ...close, ...equal].slice(0, rows * classes);
}

for (const classes of [1, 2, 3, 5, 10, 17, 32, 33, 70]) {
  test(`the largest of rows of ${classes}, where it is, and what that costs`, () => {
    inEverySetting((world, where) => {
      const rows = classes > 30 ? 12 : 40;
      const values = rowsFor(world, rows, classes);
      const x = world.masked(values, world.fraction, [rows, classes]);
      const wanted = { value: true, mark: true };
      const { results, cost } = world.run((rt, role) => max(rt, x[role], wanted));
      const largest = world.opened(results.map(({ value }) => value as Masked));
      const marks = results.map(({ mark }) => mark as Masked);
      const index = world.opened(world.each((rt, role) => indexOf(rt, marks[role])));
      assert.is(marks[0].fraction, 0);
      for (let r = 0; r < rows; r++) {
        const row = values.slice(r * classes, (r + 1) * classes);
        const best = firstLargest(row);
        assert.is(largest[r], row[best], `${where}, row ${r}`);
        assert.is(index[r], BigInt(best), `${where}, row ${r}`);
      }
      const oneHot = values.map((_, i) => (i % classes === Number(index[Math.floor(i / classes)]) ? 1n : 0n));
      assert.equal(world.opened(marks), oneHot, where);
      assert.equal(cost, maxCost(world.setting, rows, classes, wanted));
      const more = world.bits === 32 ? 0 : 1; // a comparison of 64 bits
      assert.is(
        cost.rounds,
        classes > 32 ? 9 + 2 * more : classes === 1 ? 0 : (classes === 2 ? 3 : 4) + more,
      );
    });
  });
}

test('a bound of the differences spares a round in ring 64 and bytes in either ring', () => {
  inEverySetting((world, where) => {
    const width = 36;
    const values = rowsFor(world, 30, 6, Math.min(width, world.bits) - 2);
    const x = world.masked(values, world.fraction, [30, 6]);
    const { results, cost } = world.run((rt, role) =>
      max(rt, x[role], { width: Math.min(width, world.bits) }),
    );
    const largest = world.opened(results.map(({ value }) => value as Masked));
    largest.forEach((value, r) => {
      const row = values.slice(6 * r, 6 * r + 6);
      assert.is(value, row[firstLargest(row)], `${where}, row ${r}`);
    });
    assert.is(cost.rounds, 4, where);
    const narrow = world.run((rt, role) => max(rt, x[role], { width: 20 })).cost;
    assert.ok(narrow.dealt < cost.dealt && narrow.online < cost.online);
  });
});

test('the value alone and the mark alone cost less and are the same', () => {
  inEverySetting((world) => {
    const values = rowsFor(world, 30, 6);
    const x = world.masked(values, world.fraction, [30, 6]);
    const both = world.run((rt, role) => max(rt, x[role], { mark: true }));
    const value = world.run((rt, role) => max(rt, x[role]));
    const mark = world.run((rt, role) => max(rt, x[role], { value: false, mark: true }));
    assert.is(value.results[0].mark, null);
    assert.is(mark.results[0].value, null);
    const open = (results: readonly (Masked | null)[]) => world.opened(results as Masked[]);
    assert.equal(open(value.results.map((r) => r.value)), open(both.results.map((r) => r.value)));
    assert.equal(open(mark.results.map((r) => r.mark)), open(both.results.map((r) => r.mark)));
    for (const { cost } of [value, mark]) {
      assert.is(cost.rounds, both.cost.rounds);
      assert.ok(cost.online < both.cost.online && cost.dealt <= both.cost.dealt);
    }
  });
});

test.run();
