/** Checks of clear input before anything leaves its owner. Messages name places, never values. */
import type { RingBits } from '../../bindings/ring.js';
import { checkShape, checkTexts } from '../options.js';
import { rangeLimit } from '../party/ring-range.js';
import { type Flat, flatten, type TensorLike } from './clear-numbers.js';

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
): Flat {
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
