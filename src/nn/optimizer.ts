/**
 * Optimizers on shares: w ← w − step, from a share of minus the gradient summed over the batch. The formulas are those
 * of model/optimizers.ts; the updated parameter is opened once, in 2 rounds (momentum too; adam.ts needs more).
 *
 * The rate over the batch size folds into the truncation of the update as a power of two. A rate that is no power of
 * two is followed exactly on the average: each step takes the power of two that keeps the sum of the rates used
 * closest to the sum of the rates asked for, so the rates alternate between two neighbours. The schedule is public.
 */
import type { RingBits } from '../../bindings/ring.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Share } from '../party/values.js';
import { open } from '../protocol/open.js';
import { widened } from '../protocol/scale.js';
import { addScaled, copyShare, zeroLike } from '../protocol/sums.js';
import { truncate } from '../protocol/truncate.js';
import { atScale } from '../protocol/views.js';
import { adam } from './adam.js';
import { clip } from './clip.js';
import { addDecayed, decayed } from './decay.js';
import { GUARD_BITS, type Parameter, replace } from './layers/layer.js';
import type { StepPlan } from './step.js';

export type { OptimizerConfig } from '../model/optimizers.js';

/** The largest exponent that rates are followed with; the truncation of an update then stays within the ring. */
export const largestExponent = (bits: RingBits, fraction: number): number => bits - 2 - fraction - GUARD_BITS;

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

/**
 * One step of an optimizer.
 * @param negativeGradient [−g] summed over the batch, at a higher scale; consumed
 */
export function* descend(
  rt: Runtime,
  config: OptimizerConfig,
  parameter: Parameter,
  negativeGradient: Share,
  plan: StepPlan,
): Secure<void> {
  if (plan.exponent === null) {
    rt.free(negativeGradient);
    return;
  }
  if (config.type === 'adam') {
    yield* adam(rt, config, parameter, negativeGradient, plan);
    return;
  }
  let gradient = negativeGradient;
  if (config.clipValue !== undefined) gradient = yield* clip(rt, gradient, config.clipValue / plan.mean);
  const w = parameter.value;
  const { sum: fitted, s } = yield* shiftable(rt, gradient, w.fraction, plan.exponent);
  let sum = fitted;
  const decay = plan.rate * (config.weightDecay ?? 0);
  if (config.type === 'sgd') {
    replace(rt, parameter, yield* open(rt, yield* addDecayed(rt, w, sum, s, decay), 'update'));
    return;
  }
  // momentum: the state is the step itself, u = −η·v, kept as a share since it is only ever added
  const before = parameter.state.get('step') as Share | undefined;
  const carry = plan.previousRate > 0 ? (config.momentum * plan.rate) / plan.previousRate : 0;
  if (before) sum = addScaled(rt, sum, copyShare(rt, before), Math.round(carry * 2 ** s));
  // the decay is rounded beside the step, since the momentum must not see it
  const [rounded, rest] = yield* together(truncate(rt, sum, s), decayed(rt, w, decay));
  const step = atScale(rounded, w.fraction);
  parameter.state.set('step', copyShare(rt, step));
  let whole = step;
  if (config.nesterov) {
    // w − η(g + m·v) = w + (1 + m)·u′ − m·u, with one more truncation
    const bits = rt.fraction;
    const m = Math.round(config.momentum * 2 ** bits);
    let ahead = addScaled(rt, zeroLike(w), step, 2 ** bits + m);
    if (before) ahead = addScaled(rt, ahead, copyShare(rt, before), -Math.round(carry * 2 ** bits));
    whole = atScale(yield* truncate(rt, ahead, bits), w.fraction);
  }
  rt.free(before ?? null);
  replace(rt, parameter, yield* open(rt, addScaled(rt, whole, rest, 1), 'update'));
}

/**
 * The gradient at a scale from which the update shifts by s bits, 1 ≤ s ≤ k − 2. Where both of its factors carry guard
 * bits (layers/layer.ts) a small rate may ask for more; the bits too many are rounded away first, in a round of their
 * own. Where a large rate asks for less, the gradient gets the missing bits.
 * @throws RangeError for a rate too small for the ring, whatever the layer: a summary meets it before anything is sent
 */
function* shiftable(
  rt: Runtime,
  gradient: Share,
  fraction: number,
  exponent: number,
): Secure<{ sum: Share; s: number }> {
  const most = rt.ring.bits - 2;
  if (exponent > most - fraction) {
    throw new RangeError(
      `learning rate: a step of 2^-${exponent} times the gradient's sum does not fit ring ${rt.ring.bits}; ` +
        'use a larger rate, a smaller batch or ring 64',
    );
  }
  const s = gradient.fraction - fraction + exponent;
  if (s > most) return { sum: yield* truncate(rt, gradient, s - most), s: most };
  if (s >= 1) return { sum: gradient, s };
  return { sum: widened(rt, gradient, 1 - s), s: 1 };
}
