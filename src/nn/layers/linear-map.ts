/** A linear map on whatever flows between layers: on every summand of a share, on Δ and δ of a masked value. */
import type { Words } from '../../../bindings/memory.js';
import type { Runtime } from '../../party/runtime.js';
import { Masked, Share } from '../../party/values.js';
import { mapMasked, mapShare, reshape } from '../../protocol/linear.js';
import { shaped } from '../../protocol/views.js';
import type { Shape } from '../../shape.js';
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
  const mapped = mapShare(rt, x, shape, map, fraction);
  rt.free(x);
  return mapped;
}

/** The same value under another shape; no copy for a share. */
export const reshaped = (rt: Runtime, x: Value, shape: Shape): Value =>
  x instanceof Share ? shaped(x, shape) : reshape(rt, x, shape);
