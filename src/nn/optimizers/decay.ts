/**
 * Weight decay on shares: w − ηλ·w, rounded so that it stays within the ring whatever the rate.
 *
 * ηλ ≤ 1 is taken as an integer over 2^d, d as large as leaves the integer at most 2^f and the shift within the
 * truncation. Its product with a weight below 2^(k − 2 − 2f) (64 in ring 32) is then below 2^(k − 2), as a
 * product of any two such numbers must be.
 */
import { type Secure, together } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Masked, Share } from '../../party/values.js';
import { addTo, asShare, reshape } from '../../protocol/linear.js';
import { addScaled, zeroLike } from '../../protocol/sums.js';
import { rescaleNarrow } from '../../protocol/truncate.js';
import { atScale } from '../../protocol/views.js';

/** Least factor that follows ηλ closely. */
const LEAST_FACTOR = 16;

/** The shift d for ηλ = `decay`. */
const shiftOf = (rt: Runtime, decay: number): number =>
  Math.max(1, Math.min(rt.ring.bits - 2, rt.fraction + Math.floor(-Math.log2(decay))));

/** ⟨w − decay·w⟩, 2 rounds; none where the decay is below what the ring follows. */
export function* decayed(rt: Runtime, w: Masked, decay: number): Secure<Masked> {
  const s = decay > 0 ? shiftOf(rt, decay) : 0;
  const factor = Math.round(decay * 2 ** s);
  if (factor === 0) return reshape(rt, w, w.shape);
  return moved(rt, w, yield* rescaleNarrow(rt, addScaled(rt, zeroLike(w), asShare(rt, w), -factor), s));
}

/** ⟨w + step⟩ at the scale of w, however the step is read; consumes the step, in whose place it is made. */
export const moved = (rt: Runtime, w: Masked, step: Masked): Masked =>
  addTo(rt, atScale(step, w.fraction), w);

/**
 * ⟨w − decay·w + z / 2^s⟩, 2 rounds; consumes z. One rounding does for both terms where the decay's integer over 2^s
 * takes no more than a quarter of the range at any weight; otherwise they are rounded side by side.
 */
export function* addDecayed(rt: Runtime, w: Masked, z: Share, s: number, decay: number): Secure<Masked> {
  const factor = Math.round(decay * 2 ** s);
  const close = factor >= LEAST_FACTOR || decay === 0 || s >= shiftOf(rt, decay);
  if (close && factor <= 2 ** (rt.fraction - 2)) {
    const sum = factor === 0 ? z : addScaled(rt, z, asShare(rt, w), -factor);
    return moved(rt, w, yield* rescaleNarrow(rt, sum, s));
  }
  const [step, rest] = yield* together(rescaleNarrow(rt, z, s), decayed(rt, w, decay));
  const sum = moved(rt, rest, step);
  rt.free(rest);
  return sum;
}
