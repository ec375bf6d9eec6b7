/**
 * More fraction bits for a value, exactly: its integers are shifted left. Fewer take a truncation (truncate.ts); the same
 * integers at another scale are a view (`atScale` in views.ts).
 */
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import type { Shape } from '../shape.js';
import { mapMasked } from './linear.js';
import { atScale } from './views.js';

/** [x] with `bits` more fraction bits; written over x. */
export function widened(rt: Runtime, x: Share, bits: number): Share {
  if (x.words) rt.ring.shl(x.words, x.words, bits);
  return atScale(x, x.fraction + bits);
}

/** ⟨x⟩ with `bits` more fraction bits. */
export const widenedMasked = (rt: Runtime, x: Masked, bits: number, shape: Shape = x.shape): Masked =>
  mapMasked(rt, x, shape, (out, words) => rt.ring.shl(out, words, bits), x.fraction + bits, x.bound + bits);

/** Integers at scale 0 → the working scale; consumes x. */
export function scaled(rt: Runtime, x: Masked, shape: Shape = x.shape): Masked {
  const value = widenedMasked(rt, x, rt.fraction, shape);
  rt.free(x);
  return value;
}
