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

/** All columns for one block of the inner dimension. */
function block(
  out: usize, ldo: usize, a: usize, rsa: usize, csa: usize, b: usize, ldb: usize,
  m: i32, k: i32, n: i32, mode: i32, scratch: usize,
): void {
  if (n < 4) {
    packColumns(scratch, b, ldb, k, n);
    panel4(out, ldo, a, rsa, csa, scratch, 16, m, k, mode, 0, n);
    return;
  }
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    const at = (j as usize) << 2;
    panel8(out + at, ldo, a, rsa, csa, b + at, ldb, m, k, mode, 0);
  }
  if (n - j > 4 && n >= 8) {
    const at = ((n - 8) as usize) << 2;
    panel8(out + at, ldo, a, rsa, csa, b + at, ldb, m, k, mode, j - (n - 8));
    return;
  }
  if (n - j >= 4) {
    const at = (j as usize) << 2;
    panel4(out + at, ldo, a, rsa, csa, b + at, ldb, m, k, mode, 0, 4);
    j += 4;
  }
  if (j < n) {
    const at = ((n - 4) as usize) << 2;
    panel4(out + at, ldo, a, rsa, csa, b + at, ldb, m, k, mode, j - (n - 4), 4);
  }
}

/** The same with B given by its columns (n x k): panels are transposed into scratch. */
function blockNT(
  out: usize, ldo: usize, a: usize, lda: usize, b: usize, ldb: usize,
  m: i32, k: i32, n: i32, mode: i32, scratch: usize,
): void {
  if (n < 4) {
    packRows4(scratch, b, ldb, k, n);
    panel4(out, ldo, a, lda, 4, scratch, 16, m, k, mode, 0, n);
    return;
  }
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    packRows8(scratch, b + (j as usize) * ldb, ldb, k);
    panel8(out + ((j as usize) << 2), ldo, a, lda, 4, scratch, 32, m, k, mode, 0);
  }
  if (n - j > 4 && n >= 8) {
    packRows8(scratch, b + ((n - 8) as usize) * ldb, ldb, k);
    panel8(out + (((n - 8) as usize) << 2), ldo, a, lda, 4, scratch, 32, m, k, mode, j - (n - 8));
    return;
  }
  if (n - j >= 4) {
    packRows4(scratch, b + (j as usize) * ldb, ldb, k, 4);
    panel4(out + ((j as usize) << 2), ldo, a, lda, 4, scratch, 16, m, k, mode, 0, 4);
    j += 4;
  }
  if (j < n) {
    packRows4(scratch, b + ((n - 4) as usize) * ldb, ldb, k, 4);
    panel4(out + (((n - 4) as usize) << 2), ldo, a, lda, 4, scratch, 16, m, k, mode, j - (n - 4), 4);
  }
}

/**
 * out[i * ldo + j] (mode 0: =, 1: +=, 2: -=) sum over p < k of a[i * rsa + p * csa] * b[p * ldb + j], i < m, j < n.
 * Strides in words: (rsa, csa) = (lda, 1) reads A as it lies, (1, lda) its transpose. out overlaps no input.
 * scratch: 8 KiB.
 */
export function matmul32(
  out: usize, ldo: i32, a: usize, rsa: i32, csa: i32, b: usize, ldb: i32,
  m: i32, k: i32, n: i32, mode: i32, scratch: usize,
): void {
  const outStride = (ldo as usize) << 2;
  const rowStride = (rsa as usize) << 2;
  const columnStride = (csa as usize) << 2;
  const bStride = (ldb as usize) << 2;
  do {
    const depth = min(k, BLOCK);
    block(out, outStride, a, rowStride, columnStride, b, bStride, m, depth, n, mode, scratch);
    a += (depth as usize) * columnStride;
    b += (depth as usize) * bStride;
    k -= depth;
    if (mode == 0) mode = 1;
  } while (k > 0);
}

/** out[i * ldo + j] (mode as above) sum over p < k of a[i * lda + p] * b[j * ldb + p]; scratch: 8 KiB. */
export function matmulNT32(
  out: usize, ldo: i32, a: usize, lda: i32, b: usize, ldb: i32,
  m: i32, k: i32, n: i32, mode: i32, scratch: usize,
): void {
  const outStride = (ldo as usize) << 2;
  const aStride = (lda as usize) << 2;
  const bStride = (ldb as usize) << 2;
  do {
    const depth = min(k, BLOCK);
    blockNT(out, outStride, a, aStride, b, bStride, m, depth, n, mode, scratch);
    a += (depth as usize) << 2;
    b += (depth as usize) << 2;
    k -= depth;
    if (mode == 0) mode = 1;
  } while (k > 0);
}
