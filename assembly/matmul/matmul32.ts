// Matrix product mod 2^32, blocked for registers (tile32.ts) and for cache.
//
// The inner dimension is cut into blocks, so that the part of B under a panel of columns stays in cache while
// the rows of A pass over it; under many rows the panel is copied first, since rows of B that lie a power of two
// apart fall into the same few cache lines. A ragged last panel is moved left until it is full again and leaves
// alone the columns already done. Very thin shapes are dot products or a single row of tiles. Every result is
// stored once per block.
import { Address, Count, Source } from '../border';
import { column, dots } from './parts/dot';
import { packColumns, packColumns8, packRows4, packRows8 } from './parts/pack32';
import { rowTile } from './parts/row-tile';
import { tile4x4, tile4x8 } from './parts/tile32';

/**
 * Rows of B a block takes: eight columns of them are 16 KiB, which is also all the scratch that is needed.
 */
const BLOCK: i32 = 512;
/**
 * Rows of A from which it pays to copy a panel of B, and bytes from one row of B to the next from which too.
 */
const COPY_ROWS: i32 = 32;
const COPY_STRIDE: usize = 128;

/** One panel of eight columns for all m rows; strides in bytes. */
// @ts-ignore: decorator
@inline
function panel8(
  out: usize,
  ldo: usize,
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  ldb: usize,
  m: i32,
  k: i32,
  mode: i32,
  keep: i32,
): void {
  for (; m > 0; m -= 4) {
    tile4x8(out, ldo, a, rsa, csa, b, ldb, k, m, mode, keep);
    out += 4 * ldo;
    a += 4 * rsa;
  }
}

/** One panel of four columns, of which `cols` exist. */
// @ts-ignore: decorator
@inline
function panel4(
  out: usize,
  ldo: usize,
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  ldb: usize,
  m: i32,
  k: i32,
  mode: i32,
  keep: i32,
  cols: i32,
): void {
  for (; m > 0; m -= 4) {
    tile4x4(out, ldo, a, rsa, csa, b, ldb, k, m, mode, keep, cols);
    out += 4 * ldo;
    a += 4 * rsa;
  }
}

/** Columns first .. first + width - 1: of B as it lies, or through scratch, copied or transposed. */
// @ts-ignore: decorator
@inline
function columns(
  out: usize,
  ldo: usize,
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  rsb: usize,
  csb: usize,
  m: i32,
  k: i32,
  mode: i32,
  scratch: usize,
  first: i32,
  width: i32,
  keep: i32,
): void {
  const to = out + ((first as usize) << 2);
  let from = b + (first as usize) * csb;
  let stride = rsb;
  const copy = csb == 4 && width == 8 && m >= COPY_ROWS && rsb >= COPY_STRIDE;
  if (copy || csb != 4) {
    stride = (width as usize) << 2;
    if (copy) packColumns8(scratch, from, rsb, k);
    else if (width == 8) packRows8(scratch, from, csb, k);
    else packRows4(scratch, from, csb, k, 4);
    from = scratch;
  }
  if (width == 8) panel8(to, ldo, a, rsa, csa, from, stride, m, k, mode, keep);
  else panel4(to, ldo, a, rsa, csa, from, stride, m, k, mode, keep, 4);
}

/** All columns for one block of the inner dimension; strides in bytes. */
function block(
  out: usize,
  ldo: usize,
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  rsb: usize,
  csb: usize,
  m: i32,
  k: i32,
  n: i32,
  mode: i32,
  scratch: usize,
): void {
  if (csa == 4 && n < 4) {
    for (let j: usize = 0; j < (n as usize); j++) {
      let v = b + j * csb;
      if (rsb != 4) {
        column<i32>(scratch, v, rsb, k);
        v = scratch;
      }
      dots<i32>(out + 4 * j, ldo, a, rsa, v, m, k, mode);
    }
    return;
  }
  if (csa == 4 && rsb == 4 && m < 4) {
    for (let i: usize = 0; i < (m as usize); i++)
      dots<i32>(out + i * ldo, 4, b, csb, a + i * rsa, n, k, mode);
    return;
  }
  if (n < 4) {
    if (csb == 4) packColumns(scratch, b, rsb, k, n);
    else packRows4(scratch, b, csb, k, n);
    panel4(out, ldo, a, rsa, csa, scratch, 16, m, k, mode, 0, n);
    return;
  }
  let j = 0;
  if (m == 1 && csb == 4) {
    for (; j + 32 <= n; j += 32) {
      const at = (j as usize) << 2;
      rowTile<i32>(out + at, a, csa, b + at, rsb, k, mode);
    }
  }
  for (; j + 8 <= n; j += 8) columns(out, ldo, a, rsa, csa, b, rsb, csb, m, k, mode, scratch, j, 8, 0);
  if (n - j > 4 && n >= 8) {
    columns(out, ldo, a, rsa, csa, b, rsb, csb, m, k, mode, scratch, n - 8, 8, j - (n - 8));
    return;
  }
  if (n - j >= 4) {
    columns(out, ldo, a, rsa, csa, b, rsb, csb, m, k, mode, scratch, j, 4, 0);
    j += 4;
  }
  if (j < n) columns(out, ldo, a, rsa, csa, b, rsb, csb, m, k, mode, scratch, n - 4, 4, j - (n - 4));
}

/**
 * out[i * ldo + j] (mode 0: =, 1: +=, 2: -=) sum over p < k of a[i * rsa + p * csa] * b[p * rsb + j * csb],
 * for i < m and j < n. Strides in words; of rsb and csb one is 1, so that B or its transpose lies row by row.
 * out overlaps no input. scratch: 16 KiB.
 */
export function matmul32(
  out: Address,
  ldo: i32,
  a: Source,
  rsa: i32,
  csa: i32,
  b: Source,
  rsb: i32,
  csb: i32,
  m: Count,
  k: Count,
  n: Count,
  mode: i32,
  scratch: Address,
): void {
  const outStride = (ldo as usize) << 2;
  const aRow = (rsa as usize) << 2;
  const aColumn = (csa as usize) << 2;
  const bRow = (rsb as usize) << 2;
  const bColumn = (csb as usize) << 2;
  do {
    const depth = min(k, BLOCK);
    block(out, outStride, a, aRow, aColumn, b, bRow, bColumn, m, depth, n, mode, scratch);
    a += (depth as usize) * aColumn;
    b += (depth as usize) * bRow;
    k -= depth;
    if (mode == 0) mode = 1;
  } while (k > 0);
}
