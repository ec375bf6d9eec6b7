/**
 * Which of C values is the largest: every pair is compared at once, and each value's wins are counted.
 *
 *   wins_i = Σ_{j>i} [x_i ≥ x_j] + Σ_{j<i} [x_j < x_i],   the largest has C − 1 and no other has (ties: the lowest index)
 *
 * The bits' masks are dealt as ring shares of one byte, so that the counts are local; opened under a mask (the count
 * only matters mod M, the next power of two) each picks its entry of a dealt table of M words, which holds 1 where the
 * count is C − 1: a one-time truth table [Ishai, Kushilevitz, Meldgaard, Orlandi, Paskin-Cherniavsky 2013]. A second
 * table, the first times the mask of x_i, makes the product with x_i local too. Rounds: the comparison (2 for up to 37
 * bits, 3 beyond) and 1. A product of C − 1 bits instead would take 2 rounds for C > 5, and the product with x_i one more.
 */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type MaskedBit, Share } from '../party/values.js';
import { bitWords } from './bits.js';
import { isNegativeBits, isNegativeCost } from './compare.js';
import { type Cost, dealing, type Setting, sequence, wordBytes } from './cost.js';
import { blind, blindCost } from './open.js';

/** Values column by column: `classes` columns of `rows` words, opened (Δ or c at a party, the mask at the provider). */
export interface Columns {
  readonly words: Words;
  readonly classes: number;
  readonly rows: number;
}

const pairs = (classes: number): number => (classes * (classes - 1)) / 2;

/** Entries of a table for counts below `classes`. */
function tableSize(classes: number): number {
  let size = 1;
  while (size < classes) size *= 2;
  return size;
}

/** Cost of {@link pairwiseMax}; `products` when the product with the values is wanted. */
export function pairwiseMaxCost(
  at: Setting,
  rows: number,
  classes: number,
  width: number,
  products: boolean,
): Cost {
  const values = rows * classes;
  const table = wordBytes(at, values * tableSize(classes));
  return sequence(
    isNegativeCost(at, pairs(classes) * rows, width),
    dealing(pairs(classes) * rows),
    blindCost(at, values),
    dealing(products ? 2 * table : table),
  );
}

/** For each row and column whether it is the row's largest, [classes, rows] words 0 or 1, settled. */
export interface PairwiseMax {
  readonly hot: Share;
  /** The same times the value, at the value's scale. */
  readonly product: Share | null;
}

/**
 * @param x to be compared, in `width` bits; left alone
 * @param values the values to multiply by, opened, with the mask known to the provider; null when not wanted
 * @param fraction fraction bits of the values
 */
export function* pairwiseMax(
  rt: Runtime,
  x: Columns,
  width: number,
  values: Words | null,
  fraction: number,
): Secure<PairwiseMax> {
  const { classes, rows } = x;
  const differences = pairDifferences(rt, x);
  const less = yield* isNegativeBits(rt, differences, [pairs(classes), rows], 0, width);
  rt.free(differences);
  const counts = countWins(rt, less, classes, rows);
  rt.free(less);
  const opened = yield* blind(rt, new Share(counts, [classes, rows], 0, true), 'wins');
  const size = tableSize(classes);
  const hot = lookUp(rt, opened, size, classes - 1, null);
  let product: Words | null = null;
  if (values) {
    product = lookUp(rt, opened, size, classes - 1, values);
    if (product && hot) {
      // h · x = h · Δ − [h · δ]
      rt.ring.neg(product, product);
      rt.ring.mulAdd(product, hot, values);
    }
  }
  rt.free(opened);
  const share = (words: Words | null, scale: number) => new Share(words, [classes, rows], scale, true);
  return { hot: share(hot, 0), product: values && share(product, fraction) };
}

/** x_i − x_j for i < j, pair by pair. */
function pairDifferences(rt: Runtime, { words, classes, rows }: Columns): Words {
  const out = rt.words(pairs(classes) * rows);
  const column = (i: number) => rt.part(words, i * rows, rows);
  eachPair(classes, (i, j, pair) => {
    rt.ring.sub(rt.part(out, pair * rows, rows), column(i), column(j));
  });
  return out;
}

/** Shares, right mod 256, of each value's wins, from [x_i < x_j] of all pairs; nothing at the provider. */
function countWins(rt: Runtime, less: MaskedBit, classes: number, rows: number): Words | null {
  const { ring } = rt;
  const mask = rt.deal(
    less.size,
    () => {
      const words = rt.words(less.size);
      ring.fromPlane(words, less.mask);
      return words;
    },
    1,
  );
  if (rt.isProvider) {
    rt.free(mask);
    return null;
  }
  const bits = bitWords(rt, less.open as Planes, mask);
  const counts = rt.zeros(classes * rows);
  eachPair(classes, (i, j, pair) => {
    const bit = rt.part(bits, pair * rows, rows);
    const [higher, lower] = [i, j].map((column) => rt.part(counts, column * rows, rows));
    ring.sub(higher, higher, bit);
    ring.add(lower, lower, bit);
    if (rt.first) ring.addConst(higher, higher, 1);
  });
  rt.free(mask, bits);
  return counts;
}

/**
 * A table look-up by an opened count c = count + r: shares of [count = wanted], times `factor` (the provider's words)
 * when given. The provider deals a table entry for each value and each c mod `size`. Only the entries depend on the
 * masks: no branch and no address does. Null at the provider.
 */
function lookUp(
  rt: Runtime,
  opened: Words,
  size: number,
  wanted: number,
  factor: Words | null,
): Words | null {
  const lanes = rt.ring.bytes / 4;
  const count = opened.length;
  const keys = rt.heap.u32(opened.ptr, count * lanes);
  const table = rt.deal(count * size, () => {
    const out = rt.zeros(count * size);
    const entries = rt.heap.u32(out.ptr, count * size * lanes);
    const factors = factor && rt.heap.u32(factor.ptr, count * lanes);
    for (let i = 0; i < count; i++) {
      for (let c = 0; c < size; c++) {
        const away = (c - keys[i * lanes] - wanted) & (size - 1);
        const hit = (away - 1) >> 31; // all ones where away is 0
        for (let lane = 0; lane < lanes; lane++) {
          const one = factors ? factors[i * lanes + lane] : lane === 0 ? 1 : 0;
          entries[(i * size + c) * lanes + lane] = hit & one;
        }
      }
    }
    return out;
  });
  if (rt.isProvider) {
    rt.free(table);
    return null;
  }
  const out = rt.words(count);
  const picked = rt.heap.u32(out.ptr, count * lanes);
  const entries = rt.heap.u32(table.ptr, count * size * lanes);
  for (let i = 0; i < count; i++) {
    const entry = (i * size + (keys[i * lanes] & (size - 1))) * lanes;
    for (let lane = 0; lane < lanes; lane++) picked[i * lanes + lane] = entries[entry + lane];
  }
  rt.free(table);
  return out;
}

function eachPair(classes: number, visit: (i: number, j: number, pair: number) => void): void {
  let pair = 0;
  for (let i = 0; i < classes; i++) for (let j = i + 1; j < classes; j++) visit(i, j, pair++);
}
