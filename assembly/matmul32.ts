// Matrix product mod 2^32, blocked for registers (tile32.ts) and for cache.
//
// The inner dimension is cut into blocks, so that the part of B under a panel of columns stays in cache while
// the rows of A pass over it. A ragged last panel is moved left until it is full again and leaves alone the
// columns already done; fewer than four columns are padded in scratch. Every result is stored once per block.
import { packColumns, packRows4, packRows8 } from './pack32';
import { tile4x4, tile4x8 } from './tile32';

/** Rows of B a block takes: eight columns of them are 8 KiB, which is also all the scratch that is needed. */
const BLOCK: i32 = 256;

/** One panel of eight columns for all m rows; strides in bytes. */
// @ts-ignore: decorator
@inline
function panel8(
  out: usize, ldo: usize, a: usize, rsa: usize, csa: usize, b: usize, ldb: usize,
  m: i32, k: i32, mode: i32, keep: i32,
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
  out: usize, ldo: usize, a: usize, rsa: usize, csa: usize, b: usize, ldb: usize,
  m: i32, k: i32, mode: i32, keep: i32, cols: i32,
): void {
  for (; m > 0; m -= 4) {
    tile4x4(out, ldo, a, rsa, csa, b, ldb, k, m, mode, keep, cols);
    out += 4 * ldo;
    a += 4 * rsa;
  }
}

/** A panel of columns first.. of B in place where it lies row by row, else transposed into scratch. */
// @ts-ignore: decorator
@inline
function columns(
  out: usize, ldo: usize, a: usize, rsa: usize, csa: usize, b: usize, rsb: usize, csb: usize,
  m: i32, k: i32, mode: i32, scratch: usize, first: i32, width: i32, keep: i32,
): void {
  const to = out + ((first as usize) << 2);
  let from = b + (first as usize) * csb;
  let stride = rsb;
  if (csb != 4) {
    stride = (width as usize) << 2;
    if (width == 8) packRows8(scratch, from, csb, k);
    else packRows4(scratch, from, csb, k, 4);
    from = scratch;
  }
  if (width == 8) panel8(to, ldo, a, rsa, csa, from, stride, m, k, mode, keep);
  else panel4(to, ldo, a, rsa, csa, from, stride, m, k, mode, keep, 4);
}

/** All columns for one block of the inner dimension; strides in bytes. */
function block(
  out: usize, ldo: usize, a: usize, rsa: usize, csa: usize, b: usize, rsb: usize, csb: usize,
  m: i32, k: i32, n: i32, mode: i32, scratch: usize,
): void {
  if (n < 4) {
    if (csb == 4) packColumns(scratch, b, rsb, k, n);
    else packRows4(scratch, b, csb, k, n);
    panel4(out, ldo, a, rsa, csa, scratch, 16, m, k, mode, 0, n);
    return;
  }
  let j = 0;
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
 * out[i * ldo + j] (mode 0: =, 1: +=, 2: -=) sum over p < k of a[i * rsa + p * csa] * b[p * rsb + j * csb], for
 * i < m and j < n. Strides in words; of rsb and csb one is 1, so that B or its transpose lies row by row. out
 * overlaps no input. scratch: 8 KiB.
 */
export function matmul32(
  out: usize, ldo: i32, a: usize, rsa: i32, csa: i32, b: usize, rsb: i32, csb: i32,
  m: i32, k: i32, n: i32, mode: i32, scratch: usize,
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
