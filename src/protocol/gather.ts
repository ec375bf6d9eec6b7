/**
 * Rows of a value by their numbers: batches of a data set, pixels of an image. A row is `columns` elements, whatever the
 * shape is. Local.
 */
import type { Runtime } from '../party/runtime.js';
import { Stored } from '../party/stored.js';
import type { Masked } from '../party/values.js';
import type { Shape } from '../shape.js';
import { mapMasked, mapMaskedAll } from './linear.js';

/** Puts row numbers into wasm memory for `use`. */
export function withRows<T>(rt: Runtime, rows: ArrayLike<number>, use: (address: number) => T): T {
  const address = rt.heap.alloc(rows.length * 4);
  rt.heap.u32(address, rows.length).set(rows);
  const result = use(address);
  rt.heap.free(address);
  return result;
}

/** Rows of `columns` elements, those that `rows` names, as a value of the given shape. */
export const gather = (rt: Runtime, x: Masked, rows: Uint32Array, columns: number, shape: Shape): Masked =>
  withRows(rt, rows, (address) =>
    mapMasked(
      rt,
      x,
      shape,
      (out, words) => rt.ring.gatherRows(out, words, address, rows.length, columns),
      x.fraction,
      x.bound,
    ),
  );

/** The rows of x that `order` names, [order.length, …]. */
export function gatherRows(rt: Runtime, x: Masked | Stored, order: Uint32Array): Masked {
  if (x instanceof Stored) return x.gather(rt, order);
  return gather(rt, x, order, x.size / x.shape[0], [order.length, ...x.shape.slice(1)]);
}

/** Several values added up, each row of each to the row of the sum that `rows` names. */
export const scatter = (
  rt: Runtime,
  values: readonly Masked[],
  rows: readonly Uint32Array[],
  columns: number,
  shape: Shape,
): Masked =>
  mapMaskedAll(rt, values, shape, (out, words) => {
    rt.ring.fill(out, 0);
    words.forEach((source, i) => {
      withRows(rt, rows[i], (address) => rt.ring.addRowsAt(out, source, address, rows[i].length, columns));
    });
  });
