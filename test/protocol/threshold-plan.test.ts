import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_DIGIT_BITS } from '../../bindings/compare.js';
import { planComparison, planCounts } from '../../src/protocol/digits.js';
import { planThresholds } from '../../src/protocol/threshold-plan.js';

const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);

/** Planes that a plan moves for so many thresholds: dealt ones, and those that each of two parties sends. */
function moved(plan: ReturnType<typeof planComparison>, thresholds: number): number {
  const { dealt, opened } = planCounts(plan);
  const [products, ...joins] = dealt;
  return products + thresholds * (sum(joins) + 2 * sum(opened));
}

test('one threshold has the plan of a comparison', () => {
  for (let bits = 1; bits <= 63; bits++) assert.is(planThresholds(bits, 1), planComparison(bits));
});

test('several thresholds take the rounds of one, all bits, and no more bytes than its plan would', () => {
  for (let bits = 1; bits <= 63; bits++) {
    const one = planComparison(bits);
    for (const thresholds of [2, 5, 20, 64]) {
      const plan = planThresholds(bits, thresholds);
      const { digits, levels } = plan;
      assert.is(levels.length, one.levels.length);
      assert.is(sum(digits), bits);
      assert.ok(Math.min(...digits) >= 1 && Math.max(...digits) <= MAX_DIGIT_BITS);
      let left = digits.length;
      for (const groups of levels) {
        assert.is(sum(groups), left);
        assert.ok(Math.min(...groups) >= 1 && Math.max(...groups) <= 6);
        left = groups.length;
      }
      assert.is(left, 1);
      assert.ok(moved(plan, thresholds) <= moved(one, thresholds));
    }
  }
  assert.ok(moved(planThresholds(43, 20), 20) < 0.75 * moved(planComparison(43), 20));
});

test.run();
