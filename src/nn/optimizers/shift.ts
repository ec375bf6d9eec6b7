/** Gradients at the scale that an update rounds from: what sgd and momentum start with. */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Share } from '../../party/values.js';
import { widened } from '../../protocol/scale.js';
import { truncateNarrow } from '../../protocol/truncate.js';
import { clip } from './clip.js';
import type { RealStep } from './optimizer.js';

/** What an update adds, 2^s times too large. */
export interface Shifted {
  readonly sum: Share;
  readonly s: number;
}

/**
 * The gradient's sum so that, shifted by s bits, it is a step for weights of `fraction` bits; clipped where the bound of its
 * mean is finite.
 */
export function* shiftable(
  rt: Runtime,
  negativeGradient: Share,
  clipValue: number,
  fraction: number,
  plan: RealStep,
): Secure<Shifted> {
  const gradient =
    clipValue < Infinity ? yield* clip(rt, negativeGradient, clipValue / plan.mean) : negativeGradient;
  return yield* fitted(rt, gradient, fraction, plan.exponent);
}

/**
 * The gradient at a scale from which the update shifts by s bits, 1 ≤ s ≤ k − 2. Where both of its factors carry guard
 * bits (layers/layer.ts) a small rate may ask for more; the bits too many are rounded away first, in a round of their
 * own. Where a large rate asks for less, the gradient gets the missing bits.
 * @throws RangeError for a rate too small for the ring, whatever the layer: a summary meets it before anything is sent
 */
function* fitted(rt: Runtime, gradient: Share, fraction: number, exponent: number): Secure<Shifted> {
  const most = rt.ring.bits - 2;
  if (exponent > most - fraction) {
    throw new RangeError(
      `learning rate: a step of 2^-${exponent} times the gradient's sum does not fit ring ${rt.ring.bits}; ` +
        'use a larger rate, a smaller batch or ring 64',
    );
  }
  const s = gradient.fraction - fraction + exponent;
  if (s > most) return { sum: yield* truncateNarrow(rt, gradient, s - most), s: most };
  if (s >= 1) return { sum: gradient, s };
  return { sum: widened(rt, gradient, 1 - s), s: 1 };
}
