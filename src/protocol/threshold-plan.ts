/**
 * How comparisons of one number with several thresholds are cut (thresholds.ts): in as many rounds as one comparison
 * (digits.ts). Products of subsets of a digit's bits are dealt once for all thresholds and all else for each, so that digits
 * are longer, and fewer, where there are many.
 */
import { MAX_DIGIT_BITS } from '../../bindings/compare.js';
import { cut, MAX_GROUP, type Plan, planComparison, planCounts } from './digits.js';

const plans = new Map<number, Plan>();

/** The plan for numbers of `bits` bits, 1 ≤ bits ≤ 63, that moves the fewest bits. */
export function planThresholds(bits: number, thresholds: number): Plan {
  if (thresholds === 1) return planComparison(bits);
  const key = 64 * thresholds + bits;
  const known = plans.get(key);
  if (known) return known;
  const rounds = planComparison(bits).levels.length;
  const weight = (plan: Plan): number => {
    const { dealt, opened } = planCounts(plan);
    const [products, ...joins] = dealt;
    return products + thresholds * (sum(joins) + 2 * sum(opened));
  };
  const best = candidates(bits, rounds).reduce((a, b) => (weight(b) < weight(a) ? b : a));
  plans.set(key, best);
  return best;
}

/** All ways to cut numbers into digits of even lengths that are joined in so many rounds. */
function candidates(bits: number, rounds: number): Plan[] {
  if (rounds === 0) return [planComparison(bits)];
  const found: Plan[] = [];
  for (let count = Math.ceil(bits / MAX_DIGIT_BITS); count <= Math.min(bits, MAX_GROUP ** rounds); count++) {
    const digits = cut(bits, count);
    if (rounds === 1) found.push({ digits, levels: [[count]] });
    else {
      const least = Math.max(2, Math.ceil(count / MAX_GROUP));
      for (let groups = least; groups <= Math.min(MAX_GROUP, count / 2); groups++) {
        found.push({ digits, levels: [cut(count, groups), [groups]] });
      }
    }
  }
  return found;
}

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
