/**
 * What this process knows of the rows that it shared itself: which are no labels of a kind. Kept beside the tensor, never
 * sent to a role, and never as values: a byte a row.
 */
import type { TensorHandle } from './tensor-handle.js';

/** What labels can be asked to be, row by row; each is a bit. */
export const RowKind = { unit: 1, binary: 2, distribution: 4, oneHot: 8 } as const;
export type RowKind = keyof typeof RowKind;

/** What each kind asks for, in words. */
export const rowKinds: Readonly<Record<RowKind, string>> = {
  unit: 'numbers from 0 to 1',
  binary: 'numbers that are 0 or 1',
  distribution: 'numbers from 0 to 1 that sum to 1 in each row, one-hot for instance',
  oneHot: 'a single 1 and else 0 in each row',
};

/** How far a probability may be outside 0 … 1, and a sum of some from 1: they come rounded. */
const TOLERANCE = 1e-6;
const SUM_TOLERANCE = 0.02;

/** For each row the kinds that it is not. */
type Misfits = Uint8Array;

const known = new WeakMap<TensorHandle, Misfits>();

/** Rows of a tensor as an owner brings them; null where they are not here. */
interface Part {
  readonly values: ArrayLike<number> | null;
  readonly shape: readonly number[];
}

/** Takes note of the rows of numbers that were shared here; nothing is held against those that were not. */
export function noteRows(tensor: TensorHandle, parts: readonly Part[]): void {
  const [rows = 1] = tensor.shape;
  const width = tensor.size / rows;
  const misfits = new Uint8Array(rows);
  let row = 0;
  for (const { values, shape } of parts) {
    const length = values?.length ?? 0;
    for (let at = 0; at < length; at += width) misfits[row + at / width] = misfitsOf(values ?? [], at, width);
    row += shape[0] ?? 1;
  }
  known.set(tensor, misfits);
}

function misfitsOf(values: ArrayLike<number>, from: number, width: number): number {
  let ones = 0;
  let sum = 0;
  let misfits = 0;
  for (let i = from; i < from + width; i++) {
    const value = values[i];
    if (value === 1) ones++;
    else if (value !== 0) misfits |= RowKind.binary | RowKind.oneHot;
    if (!(value >= -TOLERANCE && value <= 1 + TOLERANCE))
      return RowKind.unit | RowKind.binary | RowKind.distribution | RowKind.oneHot;
    sum += value;
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) misfits |= RowKind.distribution;
  if (ones !== 1) misfits |= RowKind.oneHot;
  return misfits;
}

/** Hands on what is known of `from` to a tensor with the same rows. */
export function keepRows(to: TensorHandle, from: TensorHandle): void {
  const misfits = known.get(from);
  if (misfits && to.shape[0] === from.shape[0]) known.set(to, misfits);
}

/** Hands on what is known of `from` to a tensor of some of its rows, whole ones. */
export function keepSlice(to: TensorHandle, from: TensorHandle, begin: number): void {
  const misfits = known.get(from);
  const whole = String(to.shape.slice(1)) === String(from.shape.slice(1));
  if (misfits && whole && to.shape.length > 0) known.set(to, misfits.subarray(begin, begin + to.shape[0]));
}

/** Hands on what is known of the rows of which `to` consists; nothing is held against those that are not known. */
export function keepConcat(to: TensorHandle, parts: readonly TensorHandle[]): void {
  if (!parts.some((part) => known.has(part))) return;
  const misfits = new Uint8Array(to.shape[0]);
  let row = 0;
  for (const part of parts) {
    const of = known.get(part);
    if (of) misfits.set(of, row);
    row += part.shape[0];
  }
  known.set(to, misfits);
}

/** Index of the first row that is known not to be of a kind; −1 where there is none, or nothing is known. */
export function firstMisfit(tensor: TensorHandle, kind: RowKind): number {
  return known.get(tensor)?.findIndex((misfits) => (misfits & RowKind[kind]) !== 0) ?? -1;
}
