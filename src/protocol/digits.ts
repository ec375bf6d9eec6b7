/**
 * How a comparison of `bits`-bit numbers is cut: digits first, whose results are joined in groups, level by level,
 * until one is left. Each level is a round. A digit of m bits needs the 2^m − 1 products of subsets of the mask's
 * bits; a group of D pairs (less, equal) the products listed in bindings/compare.ts. The plan with the fewest
 * rounds is taken (up to 36 bits 2, beyond 3), among those the one that moves the fewest bits.
 */
import { combineCount, MAX_DIGIT_BITS, subsetsCount } from '../../bindings/compare.js';

export interface Plan {
  /** Bits of each digit, lowest first. */
  readonly digits: readonly number[];
  /** Sizes of the groups joined at each further level, lowest first; the last level has one group. */
  readonly levels: readonly (readonly number[])[];
}

/** Most digits, or groups, that are joined at once. */
export const MAX_GROUP = 6;

/** `total` cut into `parts` sizes that differ by at most one, smaller ones last. */
export function cut(total: number, parts: number): number[] {
  const small = Math.floor(total / parts);
  return Array.from({ length: parts }, (_, i) => small + (i < total % parts ? 1 : 0));
}

/** Product planes dealt at each level and planes opened at each level. */
export function planCounts(plan: Plan): { dealt: number[]; opened: number[] } {
  const dealt = [plan.digits.reduce((sum, m) => sum + subsetsCount(m), 0)];
  const opened = [planesAfter(plan.digits.length)];
  for (const groups of plan.levels) {
    dealt.push(groups.reduce((sum, size, g) => sum + combineCount(size, g > 0), 0));
    opened.push(planesAfter(groups.length));
  }
  return { dealt, opened };
}

/** D results are D planes "less" and D − 1 planes "equal": the lowest needs none. */
const planesAfter = (count: number): number => 2 * count - 1;

function weight(plan: Plan, word: number): number {
  const { dealt, opened } = planCounts(plan);
  const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
  return sum(dealt) + 2 * sum(opened) + (word && word * bitProductWords(lastGroup(plan)));
}

/** How many pairs the last level joins. */
export const lastGroup = ({ levels }: Plan): number => levels.at(-1)?.[0] ?? 1;

/** Words dealt a value for the product of the result of a last level that joins `count` pairs, 2 or more: see bit-product.ts. */
export const bitProductWords = (count: number): number => 6 * 2 ** (count - 1) - 2;

const plans = new Map<number, Plan>();

/**
 * The plan for comparing numbers of `bits` bits, 1 ≤ bits ≤ 63.
 * @param word bits of a ring word where the last level's pairs are multiplied with a word as well (bit-product.ts), else 0
 */
export function planComparison(bits: number, word = 0): Plan {
  const key = 128 * bits + word;
  const known = plans.get(key);
  if (known) return known;
  const candidates: Plan[] = [];
  for (let count = Math.ceil(bits / MAX_DIGIT_BITS); count <= bits; count++) {
    const digits = cut(bits, count);
    if (count === 1) candidates.push({ digits, levels: [] });
    else if (count <= MAX_GROUP) candidates.push({ digits, levels: [[count]] });
    else {
      for (let groups = Math.ceil(count / MAX_GROUP); groups <= MAX_GROUP; groups++) {
        if (groups > 1 && count >= 2 * groups)
          candidates.push({ digits, levels: [cut(count, groups), [groups]] });
      }
    }
  }
  const rounds = Math.min(...candidates.map((plan) => plan.levels.length));
  const best = candidates
    .filter((plan) => plan.levels.length === rounds)
    .reduce((a, b) => (weight(b, word) < weight(a, word) ? b : a));
  plans.set(key, best);
  return best;
}
