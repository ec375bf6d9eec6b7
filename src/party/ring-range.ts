/** What the rings can hold at the session's surface. */
import type { RingBits } from '../../bindings/ring.js';

/** Fraction bits where none are asked for. */
export const defaultFraction = (ring: RingBits): number => (ring === 32 ? 12 : 20);

/** Inputs stay below this in magnitude: 2^(k − 2 − 2f), so that products can be truncated. */
export const rangeLimit = (bits: RingBits, fraction: number): number => 2 ** (bits - 2 - 2 * fraction);
