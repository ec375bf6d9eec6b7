/**
 * Optimizers on shares. The learning rate over the batch size folds into the truncation of the update as a power of
 * two. A rate that is no power of two is followed exactly on the average: the trainer takes in each step the power
 * of two that keeps the sum of the rates used closest to the sum of the rates asked for (error feedback), so the
 * rates alternate between two neighbours. The schedule is public.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Share } from '../party/values.js';
import { addRescaled } from '../protocol/truncate.js';
import type { Parameter } from './layers/layer.js';

export type { OptimizerConfig } from './optimizer-config.js';

/** Turns a sequence of positive rates into exponents e with rates 2^−e whose sums stay close. */
export class PowerOfTwoRates {
  /** Rate asked for and not yet given. */
  #owed = 0;

  /** The exponent e for this step. */
  next(rate: number): number {
    const exact = -Math.log2(rate);
    const e = Math.round(exact);
    if (Math.abs(exact - e) < 1e-9) return e;
    const [high, low] = [2 ** -Math.floor(exact), 2 ** -Math.ceil(exact)];
    this.#owed += rate;
    const give = this.#owed >= (high + low) / 2 ? high : low;
    this.#owed -= give;
    return -Math.log2(give);
  }
}

/**
 * One step of stochastic gradient descent, 2 rounds: w ← w − 2^−e · g.
 * @param negativeGradient [−g], summed over the batch, at a scale of its own; consumed
 */
export function* descend(
  rt: Runtime,
  parameter: Parameter,
  negativeGradient: Share,
  exponent: number,
): Secure<void> {
  const s = negativeGradient.fraction - parameter.value.fraction + exponent;
  if (s < 1 || s > rt.ring.bits - 2) {
    throw new RangeError(`learning rate: a step of 2^${-exponent} does not fit the ring's ${rt.ring.bits} bits`);
  }
  const next = yield* addRescaled(rt, parameter.value, negativeGradient, s);
  rt.free(parameter.value);
  parameter.value = next;
}
