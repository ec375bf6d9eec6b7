/**
 * Delayed updates: the first layer's weights are written once in several steps. Its inputs are rows of the data, which are
 * known before the weights are, so that a step's outputs can be had from weights that lack the steps between:
 *
 *   x·W₍ₜ₎ = x·W₍₀₎ − Σₛ η·(x·xₛᵀ)·∂zₛ        W₍ₙ₎ = W₍₀₎ − η·Xᵀ·∂Z
 *
 * with Xᵀ = (x₁ᵀ … xₙᵀ) and ∂Z the gradients of all rows of the span. The inner products of rows, a few numbers, are rounded
 * and opened in place of the weights, which are many, and the update is one product and one rounding for the whole span. The
 * steps are those of gradient descent as it is, rounded in other places: as delayed, or rank-k, updates are in numerics.
 *
 * For plain descent of a dense layer on the data; in ring 32, where images need rounded inner products, between two parties.
 * Everything here is public.
 */
import { clipValueOf, type OptimizerConfig } from '../model/optimizers.js';
import type { ModelPlan } from '../model/plan.js';
import type { DrySetting } from '../party/dry.js';
import { sizeOf } from '../shape.js';
import { LEAST_GRADIENT_FRACTION } from './scales.js';

/** How updates are delayed. */
export interface Delay {
  /** Steps for which the weights are written once, at the most. */
  readonly steps: number;
  /** Bits that inputs are rounded by before their inner products are taken (protocol/inner-products.ts). */
  readonly drop: number;
}

/** Steps at the most, and rows of all of them; gradients lose a bit for twice the rows (scales.ts). */
const MOST_STEPS = 4;
const mostRows = (batch: number): number => Math.min(128, Math.max(64, 2 * batch));

/** Nanoseconds over all roles: of an update a weight, of an opened inner product, and of a multiply-add; a step's own. */
const COSTS = { 32: { number: 50, multiplyAdd: 0.25 }, 64: { number: 90, multiplyAdd: 1.4 } } as const;
const FIXED = 40_000;

/** Inner products have room for rows of numbers whose mean square is 2^4, of which the sentinel allows half … */
const ROOM = 4;
/** … unless fewer fraction bits than this would be left. */
const LEAST_FRACTION = 3;

/**
 * The least exponent of rates that inner products of inputs rounded by d bits take in: their rounding is by
 * exponent − d + 1 bits and as many as gradients have, and that must be one at least.
 */
const leastExponent = (drop: number): number => drop - LEAST_GRADIENT_FRACTION;

/** How a training delays its first layer's updates; null where it does not. */
export function delayOf(
  plan: ModelPlan,
  optimizer: OptimizerConfig,
  { ring, fractionBits, parties }: DrySetting,
  batch: number,
): Delay | null {
  const first = plan.layers.find(({ config }) => config.type !== 'flatten');
  if (first?.config.type !== 'dense' || !isPlain(optimizer)) return null;
  const inputs = sizeOf(first.inputShape);
  const { units } = first.config;
  // |x·x′| in ring units, one bit more where two parties hold twice the product, below 2^(k − 2)
  const room = Math.ceil(Math.log2(inputs)) + ROOM;
  const drop = Math.max(0, room - (ring - 3 - 2 * fractionBits));
  if (drop > 0 && (parties > 2 || fractionBits - drop < LEAST_FRACTION)) return null;
  const { number, multiplyAdd } = COSTS[ring];
  const block = batch * batch * ((inputs + units) * multiplyAdd + number);
  const costOf = (steps: number) => (inputs * units * number) / steps + ((steps - 1) / 2) * block;
  let best = 1;
  for (let steps = 2; steps <= MOST_STEPS && steps * batch <= mostRows(batch); steps++) {
    if (costOf(steps) < costOf(best)) best = steps;
  }
  return costOf(best) + FIXED < costOf(1) ? { steps: best, drop } : null;
}

/** Whether a step is minus the rate times the gradient, and nothing else. */
const isPlain = (optimizer: OptimizerConfig): boolean =>
  optimizer.type === 'sgd' && !optimizer.weightDecay && clipValueOf(optimizer) === Number.POSITIVE_INFINITY;

/** Steps whose updates come together. */
export interface Span {
  /** Place of the first in the epoch. */
  readonly start: number;
  readonly count: number;
  /** The update's rate is 2^−exponent: the least of the steps' rates. */
  readonly exponent: number;
  /** See {@link Delay}. */
  readonly drop: number;
}

/** The spans of an epoch. @param exponents of the steps' rates */
export function spansOf(exponents: readonly (number | null)[], delay: Delay | null): Span[] {
  const spans: Span[] = [];
  let start = 0;
  while (start < exponents.length) {
    let count = 1;
    const fits = (delay: Delay) => {
      const taken = exponents.slice(start, start + count + 1);
      if (taken.some((exponent) => exponent === null || exponent < leastExponent(delay.drop))) return false;
      const rates = taken as number[];
      return Math.max(...rates) - Math.min(...rates) <= 1;
    };
    while (delay && count < delay.steps && start + count < exponents.length && fits(delay)) count++;
    const exponent = Math.max(...exponents.slice(start, start + count).map((e) => e ?? 0));
    spans.push({ start, count, exponent, drop: delay?.drop ?? 0 });
    start += count;
  }
  return spans;
}
