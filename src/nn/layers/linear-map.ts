/** A linear map on whatever flows between layers: on every summand of a share, on Δ and δ of a masked value. */
import type { Words } from '../../../bindings/memory.js';
import type { Runtime } from '../../party/runtime.js';
import { Masked, type Shape, Share, sizeOf } from '../../party/values.js';
import { mapMasked } from '../../protocol/linear.js';
import type { Value } from './layer.js';

/**
 * The value mapped to `shape`; the argument is consumed when it is a share.
 * @param map writes all of its result
 * @param fraction scale of the result, by default that of the argument
 */
export function mapValue(
  rt: Runtime,
  x: Value,
  shape: Shape,
  map: (out: Words, x: Words) => void,
  fraction = x.fraction,
): Value {
  if (x instanceof Masked) return mapMasked(rt, x, shape, map, fraction);
  let out: Words | null = null;
  if (x.words) {
    out = rt.words(sizeOf(shape));
    map(out, x.words);
    rt.free(x.words);
  }
  return new Share(out, shape, fraction, x.settled);
}

/** The same value under another shape; no copy for a share. */
export function reshaped(rt: Runtime, x: Value, shape: Shape): Value {
  if (x instanceof Share) return new Share(x.words, shape, x.fraction, x.settled);
  return mapMasked(rt, x, shape, (out, words) => rt.ring.copy(out, words));
}
