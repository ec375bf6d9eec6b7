/** Checks of clear input before anything leaves its owner. Messages name places, never values. */
import type { RingBits } from '../../bindings/ring.js';
import { checkShape, checkTexts, kindOf } from '../options.js';
import { rangeLimit } from '../party/ring-range.js';

/** Nested or flat numbers with a shape, as users give them. */
export type TensorLike =
  | number
  | readonly number[]
  | readonly (readonly number[])[]
  | Float32Array
  | Float64Array;

export interface Checked {
  readonly values: Float32Array | Float64Array;
  readonly shape: readonly number[];
}

/**
 * Flattens and checks numbers.
 * @param shape wanted when the numbers come flat; else taken from the nesting
 * @param columns names of the last dimension, for messages
 * @throws TypeError for what is no number, RangeError for NaN, infinities, empty data, uneven rows, or magnitudes of
 *   2^(k − 2 − 2f) or more
 */
export function checkTensor(
  name: string,
  input: TensorLike,
  bits: RingBits,
  fraction: number,
  shape?: readonly number[],
  columns?: readonly string[],
): Checked {
  if (columns !== undefined) checkTexts(`${name}: columns`, columns);
  const { values, shape: natural } = flatten(name, input);
  const wanted = shape ?? natural;
  if (values.length === 0) throw new RangeError(`${name}: no data`);
  checkShape(`${name}: shape`, wanted, 0);
  const size = wanted.reduce((a, b) => a * b, 1);
  if (size !== values.length) {
    throw new RangeError(`${name}: ${values.length} numbers do not fill the shape [${wanted}]`);
  }
  const limit = rangeLimit(bits, fraction);
  const most = limit - 2 ** -(fraction + 1); // what rounds up to the limit is too large as well
  const width = wanted[wanted.length - 1] ?? 1;
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]) < most) continue;
    const column = columns?.[i % width] ?? String(i % width);
    const place = `row ${Math.floor(i / width)}, column ${column}`;
    const problem = Number.isFinite(values[i])
      ? `magnitude ${limit} or more, too large for ring ${bits} with ${fraction} fraction bits`
      : 'not a finite number';
    throw new RangeError(`${name}: ${place}: ${problem}`);
  }
  return { values, shape: wanted };
}

function flatten(name: string, input: TensorLike): Checked {
  if (typeof input === 'number') return { values: Float64Array.of(input), shape: [] };
  if (input instanceof Float32Array || input instanceof Float64Array) {
    return { values: input, shape: [input.length] };
  }
  if (ArrayBuffer.isView(input))
    throw new TypeError(`${name}: expected numbers or a Float32Array or Float64Array`);
  if (!Array.isArray(input)) throw new TypeError(`${name}: expected numbers, got ${kindOf(input)}`);
  if (!Array.isArray(input[0]) && !ArrayBuffer.isView(input[0])) {
    return { values: numbers(name, input as readonly number[]), shape: [input.length] };
  }
  const rows = input as readonly unknown[];
  const width = lengthOf(name, rows[0], 0);
  const values = new Float64Array(rows.length * width);
  for (let r = 0; r < rows.length; r++) {
    const length = lengthOf(name, rows[r], r);
    if (length !== width) throw new RangeError(`${name}: row ${r} has ${length} numbers, row 0 has ${width}`);
    values.set(numbers(`${name}: row ${r}`, rows[r] as readonly unknown[]), r * width);
  }
  return { values, shape: [rows.length, width] };
}

/** Numbers in a row. */
function lengthOf(name: string, row: unknown, r: number): number {
  if (Array.isArray(row)) return row.length;
  if (ArrayBuffer.isView(row) && 'length' in row && typeof row.length === 'number') return row.length;
  throw new TypeError(
    `${name}: row ${r} is ${row === undefined ? 'missing' : kindOf(row)}, not an array of numbers`,
  );
}

function numbers(name: string, values: readonly unknown[]): Float64Array {
  return Float64Array.from(values, (value, i) => {
    if (typeof value === 'number') return value;
    const deeper = Array.isArray(value)
      ? ': for more than two dimensions give flat numbers and their shape'
      : '';
    throw new TypeError(`${name}: entry ${i} is not a number${deeper}`);
  });
}
