/**
 * Clear numbers in the forms that users have them in: a number, typed arrays, nested arrays, tensors of TensorFlow.js. They
 * become flat numbers and a shape. Messages name places, never values.
 */
import { kindOf } from '../options.js';
import type { Numbers } from '../role/command.js';
import { type Shape, sizeOf } from '../shape.js';

/** Typed arrays of numbers. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Arrays in arrays, as deep as the tensor has axes; the innermost may be typed arrays. */
export type NestedNumbers = readonly (number | NumberArray | NestedNumbers)[];

/** A tensor of TensorFlow.js, by what is asked of it; its numbers must be at hand to `dataSync`. */
export interface TensorFlowTensor {
  readonly shape: readonly number[];
  /** float32, int32 or bool; others are refused. */
  readonly dtype: string;
  dataSync(): ArrayLike<number>;
}

/** Numbers with a shape, or flat ones, as users give them. */
export type TensorLike = number | NumberArray | NestedNumbers | TensorFlowTensor;

export interface Flat {
  readonly values: Numbers;
  readonly shape: Shape;
}

/** Axes that nested arrays can have; deeper ones may have no end. */
const MOST_AXES = 32;

/** Types of a TensorFlow.js tensor whose elements are numbers. */
const NUMBER_TYPES = ['float32', 'int32', 'bool'];

/** For each kind of typed array the floats that hold its numbers exactly. */
const floatsFor: Readonly<Record<string, typeof Float32Array | typeof Float64Array>> = {
  Int8Array: Float32Array,
  Uint8Array: Float32Array,
  Uint8ClampedArray: Float32Array,
  Int16Array: Float32Array,
  Uint16Array: Float32Array,
  Float16Array: Float32Array,
  Int32Array: Float64Array,
  Uint32Array: Float64Array,
};

/**
 * The numbers of a typed array of any kind: the array itself where it has floats of 32 or 64 bits.
 * @throws TypeError for one of big integers and for what is no typed array
 */
export function floats(name: string, view: ArrayBufferView): Numbers {
  if (view instanceof Float32Array || view instanceof Float64Array) return view;
  const kind = (view as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? 'view';
  if (/^Big/.test(kind)) {
    throw new TypeError(
      `${name}: a ${kind} holds no numbers; convert it, as Float64Array.from(values, Number)`,
    );
  }
  const Floats = floatsFor[kind];
  if (!Floats) throw new TypeError(`${name}: expected numbers, got a ${kind}`);
  return Floats.from(view as unknown as ArrayLike<number>);
}

/**
 * Flat numbers and their shape.
 * @throws TypeError for what holds no numbers, RangeError for arrays of unlike lengths
 */
export function flatten(name: string, input: TensorLike): Flat {
  if (typeof input === 'number') return { values: Float64Array.of(input), shape: [] };
  if (ArrayBuffer.isView(input)) {
    const values = floats(name, input);
    return { values, shape: [values.length] };
  }
  if (isTensor(input)) return ofTensor(name, input);
  if (!Array.isArray(input)) throw new TypeError(`${name}: expected numbers, got ${kindOf(input)}`);
  const shape = shapeOf(name, input);
  const values = new Float64Array(sizeOf(shape));
  fill({ name, shape, values }, input, [], 0);
  return { values, shape };
}

const isTensor = (input: unknown): input is TensorFlowTensor => {
  if (typeof input !== 'object' || input === null) return false;
  const { dataSync, shape, dtype } = input as Partial<TensorFlowTensor>;
  return typeof dataSync === 'function' && Array.isArray(shape) && typeof dtype === 'string';
};

function ofTensor(name: string, tensor: TensorFlowTensor): Flat {
  if (!NUMBER_TYPES.includes(tensor.dtype)) {
    throw new TypeError(`${name}: a tensor of ${NUMBER_TYPES.join(', ')} is needed, got ${tensor.dtype}`);
  }
  const data: unknown = tensor.dataSync();
  if (!ArrayBuffer.isView(data)) {
    throw new TypeError(`${name}: the tensor's dataSync gave ${kindOf(data)}, not a typed array`);
  }
  const values = floats(name, data);
  const shape = [...tensor.shape];
  if (values.length !== sizeOf(shape)) {
    throw new RangeError(`${name}: a tensor [${shape}] with ${values.length} numbers`);
  }
  return { values, shape };
}

/** The shape that the first entries have; whether others are alike is seen when they are read. */
function shapeOf(name: string, input: readonly unknown[]): number[] {
  const shape: number[] = [];
  let part: unknown = input;
  for (; Array.isArray(part); part = part[0]) {
    if (shape.push(part.length) > MOST_AXES) {
      throw new RangeError(`${name}: arrays are nested more than ${MOST_AXES} deep`);
    }
  }
  if (ArrayBuffer.isView(part)) shape.push(floats(`${name}: ${placed(shape.map(() => 0))}`, part).length);
  return shape;
}

/** What an entry is called by its indices. */
const placed = (at: readonly number[]): string => (at.length === 1 ? `row ${at[0]}` : `entry [${at}]`);

interface Filling {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float64Array;
}

/** Reads the part at the indices `at` to its place, from `start` on. */
function fill(into: Filling, part: unknown, at: readonly number[], start: number): void {
  const { name, shape, values } = into;
  const where = at.length === 0 ? name : `${name}: ${placed(at)}`;
  if (!Array.isArray(part) && !ArrayBuffer.isView(part)) {
    const kind = part === undefined ? 'missing' : kindOf(part);
    throw new TypeError(`${where} is ${kind}, not an array of numbers`);
  }
  const entries: ArrayLike<unknown> = Array.isArray(part) ? part : floats(where, part);
  const length = shape[at.length];
  const last = at.length === shape.length - 1;
  if (entries.length !== length) {
    const noun = last ? 'numbers' : 'entries';
    throw new RangeError(`${where} has ${entries.length} ${noun}, ${placed(at.map(() => 0))} has ${length}`);
  }
  const width = last ? 1 : sizeOf(shape.slice(at.length + 1));
  for (let i = 0; i < length; i++) {
    const entry = entries[i];
    if (!last) fill(into, entry, [...at, i], start + i * width);
    else if (typeof entry === 'number') values[start + i] = entry;
    else throw new TypeError(`${where}: entry ${i} is not a number`);
  }
}
