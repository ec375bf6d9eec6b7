/** A matrix and a vector: every row, or every column, of x [rows, columns] with the same vector. Local. */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { asShare, mapMasked2 } from './linear.js';
import { type Bilinear, bilinear, Into } from './multiply.js';

/** ⟨x⟩ [rows, columns], ⟨row⟩ [columns] → ⟨x − row⟩, row by row. */
export function minusRow(rt: Runtime, x: Masked, row: Masked): Masked {
  const [rows, columns] = x.shape;
  return mapMasked2(rt, x, row, x.shape, (out, a, b) => {
    const minus = rt.words(columns);
    rt.ring.neg(minus, b);
    rt.ring.addRow(out, a, minus, rows, columns);
    rt.free(minus);
  });
}

/** ⟨x⟩ [rows, columns], ⟨column⟩ [rows] → ⟨x − column⟩, column by column. */
export function minusColumn(rt: Runtime, x: Masked, column: Masked): Masked {
  const [rows, columns] = x.shape;
  return mapMasked2(rt, x, column, x.shape, (out, a, b) => {
    const minus = rt.words(rows);
    rt.ring.neg(minus, b);
    rt.ring.addColumn(out, a, minus, rows, columns);
    rt.free(minus);
  });
}

/** ⟨x⟩ [rows, columns], ⟨row⟩ [columns] → [x · row], row by row. */
export function timesRow(rt: Runtime, x: Masked, row: Masked): Share {
  const [rows, columns] = x.shape;
  const product: Bilinear = (out, a, b, into) => {
    if (into === Into.set) {
      rt.ring.mulRow(out, a, b, rows, columns);
      return;
    }
    const products = rt.words(out.length);
    rt.ring.mulRow(products, a, b, rows, columns);
    if (into === Into.add) rt.ring.add(out, out, products);
    else rt.ring.sub(out, out, products);
    rt.free(products);
  };
  return bilinear(rt, null, x.shape, x, row, product);
}

/** ⟨x⟩ [rows, columns], public integers c/2^bits [columns] as ring words → [x · c], row by row. */
export function timesPublicRow(rt: Runtime, x: Masked, integers: Words, bits: number): Share {
  const columns = integers.length;
  const share = asShare(rt, x);
  if (share.words) rt.ring.mulRow(share.words, share.words, integers, x.size / columns, columns);
  return new Share(share.words, x.shape, x.fraction + bits, share.settled);
}

/** ⟨x⟩, ⟨y⟩ [rows, columns] → [Σ_j x_ij · y_ij], one word a row. */
export function rowDots(rt: Runtime, x: Masked, y: Masked): Share {
  const [rows, columns] = x.shape;
  const products = rt.words(rows * columns);
  const share = bilinear(rt, null, [rows], x, y, (out, a, b, into) => {
    rt.ring.mul(products, a, b);
    if (into === Into.subtract) rt.ring.neg(products, products);
    rt.ring.sumColumns(out, products, rows, columns, into === Into.set ? 0 : 1);
  });
  rt.free(products);
  return share;
}
