/**
 * The scales of a training: how many fraction bits a gradient and a loss's differences carry. All public.
 *
 * A layer's weight gradient is a sum over the batch of products x·∂z, which must stay below 2^(k − 2) in ring units
 * until the update rounds it. x has f fraction bits, so with g for ∂z the sum may reach 2^(k − 2 − f − g). Fewer bits for
 * ∂z leave more room and cost nothing: it is rounded once anyway. Its rounding is stochastic, so it has no bias, and the
 * sum over the batch averages it out.
 */
import type { RingBits } from '../../bindings/ring.js';

/** A sum of gradients may reach 2 to this power at least … */
const LEAST_RANGE = { 32: 9, 64: 26 } as const;
/** … and the batch times 2 to this power. */
const RANGE_PER_ROW = 4;
/** Fraction bits that a gradient always has. */
export const LEAST_GRADIENT_FRACTION = 5;

/**
 * Fraction bits of ∂loss/∂z in the backward pass. In ring 32 with 12 fraction bits it has 9 for batches of up to 32 rows,
 * with sums below 512, down to 5 from 512 rows on, with sums below 8,192. In ring 64 with 20 it has 16, with sums below
 * 2^26. Two parties hold twice the product (protocol/multiply.ts), so theirs may reach half of that.
 */
export const gradientFraction = (bits: RingBits, fraction: number, rows: number): number => {
  const range = Math.max(LEAST_RANGE[bits], Math.ceil(Math.log2(rows)) + RANGE_PER_ROW);
  return Math.min(fraction, Math.max(LEAST_GRADIENT_FRACTION, bits - 2 - fraction - range));
};

/**
 * Fraction bits of the differences that a mean squared error squares: they may reach 64 in ring 32, as inputs may, and
 * 2^15 in ring 64.
 */
export const differenceFraction = (bits: RingBits, fraction: number): number =>
  Math.min(fraction, bits === 32 ? 9 : 16);

/**
 * Fraction bits of what rows count for, so that products with gradients stay in range: both may reach 64 in ring 32, and gradients have
 * 12 bits there at the most.
 */
export const weightFraction = (bits: RingBits, fraction: number): number =>
  Math.min(fraction, bits === 32 ? 6 : 16);
