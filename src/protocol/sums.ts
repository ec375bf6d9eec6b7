/** Sums of shares, and sums over a share's elements: every role works on its own summand. Local. */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { asShare, mapShare } from './linear.js';

/** a + factor·b on the integers of the shares, at the scale of a; consumes both. */
export function addScaled(rt: Runtime, a: Share, b: Share, factor: number): Share {
  if (b.words) {
    if (factor !== 1) rt.ring.scale(b.words, b.words, factor);
    if (a.words) rt.ring.add(b.words, b.words, a.words);
    rt.free(a);
  }
  return new Share(b.words ?? a.words, a.shape, a.fraction, a.settled && b.settled);
}

/** A copy of a share. */
export const copyShare = (rt: Runtime, x: Share): Share =>
  new Share(x.words && rt.copy(x.words), x.shape, x.fraction, x.settled);

/** [0] in the shape and at the scale of x. */
export const zeroLike = ({ shape, fraction }: Masked | Share, bits = 0): Share =>
  new Share(null, shape, fraction + bits, true);

/** [w·value + (1 − w)·before] with `bits` more fraction bits, for a public weight w = weight / 2^bits; consumes `value`. */
export const blend = (rt: Runtime, before: Masked, value: Share, weight: number, bits: number): Share =>
  addScaled(rt, addScaled(rt, zeroLike(value, bits), value, weight), asShare(rt, before), 2 ** bits - weight);

/** [x] → [Σ x], one word, settled. Consumes x. */
export function sumAll(rt: Runtime, x: Share): Share {
  let sum: Words | null = null;
  if (x.words) {
    sum = rt.words(1);
    rt.ring.sumColumns(sum, x.words, 1, x.size, 0);
    rt.free(x.words);
  } else if (!rt.isProvider) sum = rt.zeros(1);
  return rt.settle(new Share(sum, [1], x.fraction, x.settled));
}

/** [rows, columns] → [columns], the sum of the rows. */
export function sumOfRows(rt: Runtime, x: Share): Share {
  const [rows, columns] = x.shape;
  return mapShare(rt, x, [columns], (out, words) => rt.ring.sumRows(out, words, rows, columns, 0));
}

/** [rows, columns] → [rows], the sum of the columns. */
export function sumOfColumns(rt: Runtime, x: Share): Share {
  const [rows, columns] = x.shape;
  return mapShare(rt, x, [rows], (out, words) => rt.ring.sumColumns(out, words, rows, columns, 0));
}

/** Shares of one length as the rows of a matrix, or their negatives. They are left alone. */
export function stackedRows(rt: Runtime, rows: readonly Share[], negative = false): Share {
  const [{ size, fraction }] = rows;
  const words = rt.zeros(rows.length * size);
  rows.forEach((row, i) => {
    const to = rt.part(words, i * size, size);
    if (!row.words) return;
    if (negative) rt.ring.neg(to, row.words);
    else rt.ring.copy(to, row.words);
  });
  return new Share(words, [rows.length, size], fraction, false);
}
