/**
 * Sums with public numbers. On ⟨x⟩ a public term is added to Δ and leaves the mask alone, so it costs nothing and the
 * provider need not know it.
 */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { Masked } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';
import { integers } from './encode.js';
import { copyOf, neg } from './linear.js';

/** A public constant as a masked value: its mask is zero and hides nothing. Takes over `words`. */
export function constant(rt: Runtime, words: Words, shape: Shape, fraction: number): Masked {
  const mask = rt.zeros(sizeOf(shape));
  const x = new Masked(rt.isProvider ? null : words, mask, shape, fraction, undefined, rt.factored);
  if (!rt.isProvider) return x;
  rt.free(words);
  if (rt.factored) x.factor = rt.zeros(sizeOf(shape));
  return x;
}

/** ⟨x⟩ plus public ring words at the scale of x, which are read at the parties only. */
export function addPublic(rt: Runtime, x: Masked, words: Words): Masked {
  const sum = copyOf(rt, x);
  if (sum.delta) rt.ring.add(sum.delta, sum.delta, words);
  sum.bound = Number.POSITIVE_INFINITY;
  return sum;
}

/** ⟨x⟩ plus a public integer, in units of the last place, at every element. */
export function addPublicInteger(rt: Runtime, x: Masked, integer: number): Masked {
  const sum = copyOf(rt, x);
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
  change(rt, x, bitsOf(Math.abs(integer)));
  if (x.delta) rt.ring.addConst(x.delta, x.delta, integer);
}

/** Adds public integers, one a column and in units of the last place, to every row of x itself, [rows, columns]. */
export function increaseColumns(rt: Runtime, x: Masked, row: readonly bigint[]): void {
  change(rt, x, Math.max(...row.map((integer) => bitsOf(Math.abs(Number(integer))))));
  if (!x.delta) return;
  const words = integers(rt, row);
  rt.ring.addRow(x.delta, x.delta, words, x.size / row.length, row.length);
  rt.free(words);
}

/** The least b ≥ 0 for which an integer is at most 2^b. */
function bitsOf(integer: number): number {
  let bits = 0;
  for (let power = 1; power < integer; power *= 2) bits++;
  return bits;
}

/**
 * x itself is about to change, by integers of at most 2^bits: its bound, and what a party has made of it (a view owns neither).
 */
function change(rt: Runtime, x: Masked, bits: number): void {
  x.bound = Math.max(x.bound, bits) + 1;
  if (rt.isProvider) return;
  x.own = null;
  x.factor = null;
}
