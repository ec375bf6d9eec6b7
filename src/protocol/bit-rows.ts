/**
 * Masked bits in rows: values that are compared at once and whose bits are then joined row by row. Bits are worked on in
 * blocks of 128, so each row is padded to whole blocks.
 */
import { blocksFor, type Planes, type Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, MaskedBit, Share } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';
import { bitShare, bitWords } from './bits.js';
import { type Cost, dealing, type Setting, wordBytes } from './cost.js';
import { integers } from './encode.js';

/** Rows of planes, one plane a row. */
export interface BitRows {
  /** The public bits, null at the provider. */
  readonly open: Planes | null;
  readonly mask: Planes;
}

/** Length of a padded row of `values` values. */
export const paddedLength = (values: number): number => blocksFor(values) * 128;

/** Values of one size as padded rows, [count, padded length]; scales are not looked at. */
export function paddedRows(rt: Runtime, values: readonly Masked[]): Masked {
  const padded = paddedLength(values[0].size);
  const join = (pick: (value: Masked) => Words | null): Words => {
    const out = rt.zeros(values.length * padded);
    values.forEach((value, i) => {
      const words = pick(value) as Words;
      rt.ring.copy(rt.part(out, i * padded, words.length), words);
    });
    return out;
  };
  const delta = rt.isProvider ? null : join(({ delta }) => delta);
  return new Masked(
    delta,
    join(({ mask }) => mask),
    [values.length, padded],
    0,
    Math.max(...values.map(({ bound }) => bound)),
  );
}

/** The bits of padded rows, row by row; a view. */
export function rowsOfBits({ open, mask }: MaskedBit, count: number): BitRows {
  const rows = ({ ptr, blocks, count: planes }: Planes): Planes => ({
    ptr,
    count,
    blocks: (blocks * planes) / count,
  });
  return { open: open && rows(open), mask: rows(mask) };
}

/** The bits of a single row, whose memory it takes over. */
export const bitOfRow = ({ open, mask }: BitRows, shape: Shape): MaskedBit =>
  new MaskedBit(open, mask, shape);

/** ⟨b₀ ⊕ b₁⟩ of two rows. */
export function exclusiveOr(rt: Runtime, rows: BitRows, shape: Shape): MaskedBit {
  const join = ({ ptr, blocks }: Planes): Planes => {
    const out = rt.planes(1, blocks);
    rt.ring.xor(out, { ptr, count: 1, blocks }, { ptr: ptr + blocks * 16, count: 1, blocks });
    return out;
  };
  return new MaskedBit(rows.open && join(rows.open), join(rows.mask), shape);
}

/** [Σ b] over `count` padded rows, [values] at scale 0. Consumes the bits. */
export function countedBits(rt: Runtime, bits: MaskedBit, count: number, values: number): Share {
  const padded = paddedLength(values);
  const shares = bitShare(rt, bits);
  rt.free(bits);
  let counts: Words | null = null;
  if (shares.words) {
    const all = rt.words(padded);
    rt.ring.sumRows(all, shares.words, count, padded, 0);
    counts = rt.words(values);
    rt.ring.copy(counts, rt.part(all, 0, values));
    rt.free(all, shares);
  }
  return new Share(counts, [values], 0, shares.settled);
}

/** Public factors of each row's bit, and what is added to their sum. */
export interface WeightedSum {
  readonly weights: BigInt64Array;
  readonly constant: bigint;
}

/** Cost of {@link weightedBits} over so many rows. */
export const weightedBitsCost = (at: Setting, count: number, rows: number): Cost =>
  dealing(rows * wordBytes(at, count));

/** [constant + Σ weightᵢ·bᵢ] of each sum, bᵢ the bit of row i, at scale 0 and in this shape. Local; consumes the rows. */
export function weightedBits(
  rt: Runtime,
  { open, mask }: BitRows,
  shape: Shape,
  sums: readonly WeightedSum[],
): Share[] {
  const { ring } = rt;
  const length = sizeOf(shape);
  const masks = rt.deal(mask.count * length, () => {
    const words = rt.words(mask.count * length);
    ring.fromPlanes(words, mask);
    return words;
  });
  if (!open) {
    rt.free(mask, masks);
    return sums.map(() => new Share(null, shape, 0, true));
  }
  const bits = bitWords(rt, open, masks);
  const shares = sums.map(({ weights, constant }) => {
    const row = integers(rt, weights);
    const words = rt.words(length);
    ring.matmul(words, row, bits, 1, weights.length, length, 0);
    if (rt.first && constant !== 0n) ring.addConst(words, words, Number(constant));
    rt.free(row);
    return new Share(words, shape, 0, true);
  });
  rt.free(open, mask, masks, bits);
  return shares;
}
