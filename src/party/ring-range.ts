/** What the rings can hold at the session's surface. */
import type { RingBits } from '../../bindings/ring.js';

/** Fraction bits where none are asked for. */
export const defaultFraction = (ring: RingBits): number => (ring === 32 ? 12 : 20);

/** Inputs stay below this in magnitude: 2^(k − 2 − 2f), so that products can be truncated. */
export const rangeLimit = (bits: RingBits, fraction: number): number => 2 ** (bits - 2 - 2 * fraction);

/** What softmax takes stays below this: all that products take, in ring 64 also below 2^(35 − f) (protocol/softmax.ts). */
export const softmaxLimit = (bits: RingBits, fraction: number): number =>
  Math.min(rangeLimit(bits, fraction), bits === 64 ? 2 ** (35 - fraction) : Number.POSITIVE_INFINITY);
