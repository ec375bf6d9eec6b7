/** Class labels: the order of their names, and one-hot rows. Errors name the row, never the label. */
import { checkInteger, kindOf } from '../options.js';

/**
 * One-hot rows of class indices: [rows] → [rows, classes], row-major, 1 at the label and 0 elsewhere.
 * @param labels integers in 0..classes − 1
 * @throws RangeError when a label is outside that range.
 */
export function oneHot(labels: ArrayLike<number>, classes: number): Float32Array {
  checkInteger('oneHot: classes', classes, 1);
  if (!Array.isArray(labels) && !ArrayBuffer.isView(labels)) {
    throw new TypeError(`oneHot: expected an array of labels, got ${kindOf(labels)}`);
  }
  const out = new Float32Array(labels.length * classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(`oneHot: the label in row ${row} (counted from 0) is outside 0..${classes - 1}`);
    }
    out[row * classes + label] = 1;
  }
  return out;
}

/** The distinct labels in ascending order: by value when all are numbers, else by code point. */
export function classNames(labels: readonly string[]): string[] {
  const names = [...new Set(labels)];
  const numeric = names.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  return names.sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1));
}
