/** What was opened: a Float64Array like any other, that knows the shape of its tensor. */
import type { Shape } from '../shape.js';

/** Arrays in arrays, as deep as a shape has axes; the number alone where it has none. */
export type NestedArray = number | NestedArray[];

/**
 * Opened numbers, row-major. A Float64Array in all respects: `shape`, `array` and `data` are not enumerable, and what `slice`,
 * `map` and the like make of it has none of them.
 */
export interface Revealed extends Float64Array {
  /** Shape of the tensor. */
  readonly shape: readonly number[];
  /** The numbers as nested arrays, after `tensor.arraySync` of TensorFlow.js; a number for shape []. */
  array(): NestedArray;
  /** The numbers flat and row-major: a copy without a shape. */
  data(): Float64Array;
}

/** The numbers, with their shape from now on. */
export function revealed(numbers: Float64Array, shape: Shape): Revealed {
  return Object.defineProperties(numbers, {
    shape: { value: Object.freeze([...shape]) },
    array: { value: () => nested(numbers, shape) },
    data: { value: () => numbers.slice() },
  }) as Revealed;
}

/** The numbers that lie `from` a place on, under a shape. */
function nested(numbers: Float64Array, shape: Shape, from = 0): NestedArray {
  if (shape.length === 0) return numbers[from];
  const [length, ...rest] = shape;
  if (rest.length === 0) return Array.from(numbers.subarray(from, from + length));
  const width = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length }, (_, i) => nested(numbers, rest, from + i * width));
}
