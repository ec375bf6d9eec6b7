/**
 * Rates as powers of two, which fold into the truncation of an update. A rate that is no power of two is followed exactly
 * on the average: each step takes the power of two that keeps the sum of the rates used closest to the sum of the rates
 * asked for, so the rates alternate between two neighbours. The schedule is public.
 */
import type { RingBits } from '../../../bindings/ring.js';
import { GUARD_BITS } from '../layers/layer.js';

/** The largest exponent that rates are followed with; the truncation of an update then stays within the ring. */
export const largestExponent = (bits: RingBits, fraction: number): number => bits - 2 - fraction - GUARD_BITS;

/** The exponent e for which 2^−e is nearest to a rate, on the scale of powers. */
export const nearestExponent = (rate: number): number => Math.round(-Math.log2(rate));

/** Turns a sequence of rates into exponents e with rates 2^−e whose sums stay close. */
export class PowerOfTwoRates {
  /** Rate asked for and not yet given. */
  #owed = 0;

  /** @param largest rates below 2^−largest are given in one step out of several */
  constructor(readonly largest: number) {}

  /** The exponent e for this step; null when the step is to change nothing. */
  next(rate: number): number | null {
    const exact = -Math.log2(rate);
    const e = Math.round(exact);
    if (Math.abs(exact - e) < 1e-9 && e <= this.largest) return e;
    this.#owed += rate;
    if (exact > this.largest) {
      if (this.#owed < 2 ** -this.largest) return null;
      this.#owed -= 2 ** -this.largest;
      return this.largest;
    }
    const [high, low] = [2 ** -Math.floor(exact), 2 ** -Math.ceil(exact)];
    const give = this.#owed >= (high + low) / 2 ? high : low;
    this.#owed -= give;
    return -Math.log2(give);
  }
}
