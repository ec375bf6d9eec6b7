/**
 * Views: values that share the words of another. They own nothing, so they must not be freed beside it, nor outlive it;
 * only the share of x that a product makes for a view (`own`) is the view's.
 */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, Share } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';

/** The same value under another shape of the same size. */
export const shaped = <V extends Share | Masked>(x: V, shape: Shape): V => seen(x, shape, x.fraction);

/** The value as rows over its last axis. */
export function rowsOf<V extends Share | Masked>(x: V): V {
  const length = x.shape[x.shape.length - 1];
  return shaped(x, [x.size / length, length]);
}

/** The same integers read at another scale. */
export const atScale = <V extends Share | Masked>(x: V, fraction: number): V => seen(x, x.shape, fraction);

function seen<V extends Share | Masked>(x: V, shape: Shape, fraction: number): V {
  if (x instanceof Share) return new Share(x.words, shape, fraction, x.settled) as V;
  const view = new Masked(x.delta, x.mask, shape, fraction, x.bound, x.factored);
  view.own = x.own;
  view.factor = x.factor;
  return view as V;
}

/** The elements of x from `start` on that fill `shape`. */
export function partOf(rt: Runtime, x: Masked, start: number, shape: Shape): Masked {
  const length = sizeOf(shape);
  const part = (words: Words | null) => words && rt.part(words, start, length);
  const mask = rt.part(x.mask, start, length);
  const view = new Masked(part(x.delta), mask, shape, x.fraction, x.bound, x.factored);
  view.own = part(x.own);
  view.factor = part(x.factor);
  return view;
}

/** Rows start … start + count − 1 of a matrix. */
export const rowsFrom = (rt: Runtime, x: Masked, start: number, count: number): Masked =>
  partOf(rt, x, start * x.shape[1], [count, x.shape[1]]);

/** One row of a matrix, as a vector. */
export const rowOf = (rt: Runtime, x: Masked, row: number): Masked =>
  partOf(rt, x, row * x.shape[1], [x.shape[1]]);
