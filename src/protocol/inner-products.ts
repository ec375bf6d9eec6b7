/**
 * Inner products of the rows of one masked matrix, where their sums may be larger than products of the working scale may be:
 * every number is rounded to fewer bits first, which takes no message. With aᵢ party i's share of the mask,
 *
 *   x = Δ − Σ aᵢ mod 2^k   →   x′ = ((Δ − b) ≫ d) − Σ (aᵢ ≫ d) mod 2^(k − d)
 *                                = ⌊(x − b + Σ (aᵢ mod 2^d)) / 2^d⌋
 *
 * x / 2^d, rounded with the low bits of the shares as coins, which the parties hold one each, as in the narrow rescale
 * (truncate.ts); b takes out their mean. Its error is below 1.5 units for two parties. Products of x′ are right modulo
 * 2^(k − d), so that d bits to the left they are right modulo 2^k, and their sums may be 2^d times as large. Two parties
 * alone where d > 0: there the provider knows each share of a mask, and not only the mask.
 */
import type { Runtime } from '../party/runtime.js';
import { Masked, Share } from '../party/values.js';
import { factorOf, own } from './linear.js';
import { matrixProduct, product } from './multiply.js';
import { rowsFrom } from './views.js';

/** Rows of a matrix: `count` from `start` on. */
export interface RowRange {
  readonly start: number;
  readonly count: number;
}

export interface InnerProductOptions {
  /** Bits d that each number is rounded by first. */
  readonly drop: number;
  /** Whether 1 is added to every product, as if rows had a number more that is 1. */
  readonly plusOne: boolean;
  /** Whether the masks are zeros, as in a dry run, which have no coins. */
  readonly bare?: boolean;
}

/**
 * ⟨x⟩ [rows, columns] → the inner products of rows, one block after the other: of every row of a range with each of
 * the rows above it.
 */
export function innerProducts(
  rt: Runtime,
  x: Masked,
  ranges: readonly RowRange[],
  { drop, plusOne, bare = false }: InnerProductOptions,
): Share {
  const rounded = drop > 0 ? droppedLow(rt, x, drop, bare) : x;
  // kept with the whole, not with its rows
  prepareFactor(rt, rounded);
  const columns = x.shape[1];
  const words = rt.words(ranges.reduce((sum, { start, count }) => sum + count * start, 0));
  let at = 0;
  let fraction = 0;
  for (const { start, count } of ranges) {
    const [these, above] = [rowsFrom(rt, rounded, start, count), rowsFrom(rt, rounded, 0, start)];
    const part = rt.part(words, at, count * start);
    const map = matrixProduct(rt, 'nt', count, columns, start);
    ({ fraction } = product(rt, part, [count, start], these, above, map));
    at += count * start;
  }
  if (rounded !== x) rt.free(rounded);
  if (drop > 0) rt.ring.shl(words, words, drop);
  fraction += drop;
  if (plusOne && rt.first && !rt.isProvider) rt.ring.addConst(words, words, 2 ** fraction);
  return new Share(words, [words.length], fraction, false);
}

/** Makes what products of x and of its rows take, where it is kept with x. */
export function prepareFactor(rt: Runtime, x: Masked): void {
  if (x.factored) factorOf(rt, x);
  else if (!rt.isProvider) own(rt, x);
}

/** x′, of which only the low k − d bits mean something. */
function droppedLow(rt: Runtime, x: Masked, d: number, bare: boolean): Masked {
  const { ring } = rt;
  if (!x.factored) throw new TypeError('only factored values are rounded without a message');
  const high = (words: Masked['mask']) => {
    const out = rt.words(words.length);
    ring.shr(out, words, d);
    return out;
  };
  const fraction = x.fraction - d;
  if (x.delta) {
    const delta = rt.words(x.delta.length);
    ring.addConst(delta, x.delta, bare ? 2 ** (d - 1) : -(2 ** (d - 1)));
    ring.shr(delta, delta, d);
    return new Masked(delta, high(x.mask), x.shape, fraction, undefined, true);
  }
  // δ and 2a₀ + a₁ are the sums of a₀ and a₁ and of a₀ twice and a₁
  const factor = rt.words(x.mask.length);
  ring.sub(factor, x.factor as Masked['mask'], x.mask);
  const other = rt.words(x.mask.length);
  ring.sub(other, x.mask, factor);
  ring.shr(factor, factor, d);
  ring.shr(other, other, d);
  ring.add(other, other, factor);
  ring.add(factor, factor, other);
  const rounded = new Masked(null, other, x.shape, fraction, undefined, true);
  rounded.factor = factor;
  return rounded;
}
