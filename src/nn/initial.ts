/** Where a model's parameters begin: at public numbers, at numbers that some owner has shared, or, in a dry run, nowhere. */
import type { WeightSpec } from '../model/config.js';
import type { Runtime } from '../party/runtime.js';
import { Masked } from '../party/values.js';
import { encode } from '../protocol/encode.js';
import { copyOf } from '../protocol/linear.js';
import { constant } from '../protocol/public-terms.js';
import { partOf } from '../protocol/views.js';
import { type Shape, sizeOf } from '../shape.js';

/** The model's weight arrays `from` … `to` − 1, one behind the other, as a value of its own of this shape. */
export type Initial = (from: number, to: number, shape: Shape) => Masked;

/**
 * @param specs the model's weights in order
 * @param weights their numbers, public; or all of them as one shared vector, which is left as it is; null in a dry run, which
 *   needs shapes only
 */
export function initialOf(
  rt: Runtime,
  specs: readonly WeightSpec[],
  weights: readonly ArrayLike<number>[] | Masked | null,
): Initial {
  if (weights === null)
    return (_from, _to, shape) => constant(rt, rt.words(sizeOf(shape)), shape, rt.fraction);
  if (!(weights instanceof Masked)) {
    return (from, to, shape) =>
      constant(rt, encode(rt, joined(weights.slice(from, to), sizeOf(shape))), shape, rt.fraction);
  }
  return (from, _to, shape) => {
    const start = specs.slice(0, from).reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
    return copyOf(rt, partOf(rt, weights, start, shape));
  };
}

/** The arrays' numbers one after the other. */
function joined(arrays: readonly ArrayLike<number>[], size: number): Float64Array {
  const numbers = new Float64Array(size);
  arrays.reduce((at, array) => {
    numbers.set(array, at);
    return at + array.length;
  }, 0);
  return numbers;
}
