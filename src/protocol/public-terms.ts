/**
 * Sums with public numbers. On ⟨x⟩ a public term is added to Δ and leaves the mask alone, so it costs nothing and the
 * provider need not know it.
 */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { Masked } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';
import { integers } from './encode.js';
import { neg } from './linear.js';

/** A public constant as a masked value: its mask is zero and hides nothing. Takes over `words`. */
export function constant(rt: Runtime, words: Words, shape: Shape, fraction: number): Masked {
  const mask = rt.zeros(sizeOf(shape));
  if (!rt.isProvider) return new Masked(words, mask, shape, fraction);
  rt.free(words);
  return new Masked(null, mask, shape, fraction);
}

/** ⟨x⟩ plus public ring words at the scale of x, which are read at the parties only. */
export function addPublic(rt: Runtime, x: Masked, words: Words): Masked {
  const mask = rt.copy(x.mask);
  if (!x.delta) return new Masked(null, mask, x.shape, x.fraction);
  const delta = rt.words(x.delta.length);
  rt.ring.add(delta, x.delta, words);
  return new Masked(delta, mask, x.shape, x.fraction);
}

/** ⟨x⟩ plus a public integer, in units of the last place, at every element. */
export function addPublicInteger(rt: Runtime, x: Masked, integer: number): Masked {
  const sum = new Masked(x.delta && rt.copy(x.delta), rt.copy(x.mask), x.shape, x.fraction);
  increase(rt, sum, integer);
  return sum;
}

/** ⟨integer − x⟩, the integer public and in units of the last place. */
export function integerMinus(rt: Runtime, integer: number, x: Masked): Masked {
  const difference = neg(rt, x);
  increase(rt, difference, integer);
  return difference;
}

/** Adds a public integer, in units of the last place, to x itself. */
export function increase(rt: Runtime, x: Masked, integer: number): void {
  x.bound = Number.POSITIVE_INFINITY;
  if (x.delta) rt.ring.addConst(x.delta, x.delta, integer);
}

/** Adds public integers, one a column and in units of the last place, to every row of x itself, [rows, columns]. */
export function increaseColumns(rt: Runtime, x: Masked, row: readonly bigint[]): void {
  x.bound = Number.POSITIVE_INFINITY;
  if (!x.delta) return;
  const words = integers(rt, row);
  rt.ring.addRow(x.delta, x.delta, words, x.size / row.length, row.length);
  rt.free(words);
}
