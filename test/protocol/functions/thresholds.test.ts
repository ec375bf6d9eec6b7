/** Comparisons with several public thresholds: exact, or as coarse as asked for; one interval's bit is 1. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaskedBit } from '../../../src/party/values.js';
import { below, belowCost, intervals } from '../../../src/protocol/thresholds.js';
import type { Parties } from '../../world/parties.js';
import { inEverySetting } from '../../world/settings.js';

/** The intervals' bits for `values`, and what the comparison cost. */
function intervalsOf(
  world: Parties,
  values: readonly bigint[],
  low: number,
  w: number,
  thresholds: readonly number[],
) {
  const masked = world.masked(values);
  const { results, cost } = world.run(function* (rt, role) {
    const { delta, mask, shape } = masked[role];
    return intervals(rt, yield* below(rt, delta ?? mask, low, w, thresholds), shape);
  });
  const bits = thresholds.concat(0).map((_, i) => world.bitsOf(results.map((all) => all[i] as MaskedBit)));
  return { bits, cost };
}

for (const w of [2, 7, 8, 20, 32]) {
  test(`exactly one of the intervals between thresholds holds, the right one, for ${w} bits`, () => {
    inEverySetting((world, where) => {
      const reach = 2 ** (w - 2);
      const thresholds = w === 2 ? [0] : [-reach + 1, -1, 0, Math.floor(reach / 2), reach - 1];
      const near = thresholds.flatMap((t) => [t - 1, t, t + 1]);
      const inReach = (value: bigint) => thresholds.every((t) => Math.abs(Number(value) - t) < 2 ** (w - 1));
      const values = [...near, ...near, -reach, reach - 1]
        .map(BigInt)
        .concat(world.integers(w - 2, 111))
        .filter(inReach);
      const { bits, cost } = intervalsOf(world, values, 0, w, thresholds);
      values.forEach((value, j) => {
        const wanted = thresholds.filter((t) => value >= BigInt(t)).length;
        bits.forEach((interval, i) => {
          assert.is(interval[j], i === wanted ? 1 : 0, `${where}: ${value} in interval ${i}`);
        });
      });
      assert.equal(cost, belowCost(world.setting, values.length, w, thresholds.length));
      assert.is(cost.rounds, w <= 7 ? 1 : 2);
    });
  });
}

test('bits left out below leave a result right but within 2^low of the threshold', () => {
  inEverySetting((world, where) => {
    const low = 6;
    const thresholds = [-(5 << low), 3 << low];
    const values = Array.from({ length: 1200 }, (_, i) => BigInt(i - 600));
    const { bits } = intervalsOf(world, values, low, 6, thresholds);
    let near = 0;
    values.forEach((value, j) => {
      assert.is(
        bits.reduce((sum, interval) => sum + interval[j], 0),
        1,
        `${where}: ${value}`,
      );
      thresholds.forEach((threshold, t) => {
        const isBelow = bits.slice(0, t + 1).reduce((sum, interval) => sum + interval[j], 0);
        const distance = Number(value) - threshold;
        if (Math.abs(distance) >= 1 << low) assert.is(isBelow, distance < 0 ? 1 : 0, `${where}: ${value}`);
        else near += isBelow === (distance < 0 ? 1 : 0) ? 0 : 1;
      });
    });
    assert.ok(near > 0, `${where}: the rounding of the masks never shows`);
  });
});

test.run();
