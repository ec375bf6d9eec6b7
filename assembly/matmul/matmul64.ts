// Matrix product mod 2^64 from 32-bit halves (tile64.ts).
//
// As for 32 bits, the inner dimension is cut into blocks and B goes by panels of columns, here of four, split
// into planes of halves in scratch. A ragged last panel is moved left until it is full again.
import { Address, Count, Source } from '../border';
import { column, dots } from './parts/dot';
import { packPlanes, packPlanesAny, packPlanesNT } from './parts/pack64';
import { rowTile } from './parts/row-tile';
import { tile2x4 } from './parts/tile64';

/** Rows of B a block takes: a panel of them is 16 KiB, all the scratch that is needed. */
const BLOCK: i32 = 512;

/** Columns keep <= j < cols of one panel (already in scratch) for all m rows; strides in bytes. */
// @ts-ignore: decorator
@inline
function panel(
  out: usize,
  ldo: usize,
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  m: i32,
  k: i32,
  mode: i32,
  keep: i32,
  cols: i32,
): void {
  for (; m > 0; m -= 2) {
    tile2x4(out, ldo, a, rsa, csa, b, k, m, mode, keep, cols);
    out += 2 * ldo;
    a += 2 * rsa;
  }
}

/** All columns for one block; strides in bytes. */
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
  if (csa == 8 && n < 4) {
    for (let j: usize = 0; j < (n as usize); j++) {
      let v = b + j * csb;
      if (rsb != 8) {
        column<i64>(scratch, v, rsb, k);
        v = scratch;
      }
      dots<i64>(out + 8 * j, ldo, a, rsa, v, m, k, mode);
    }
    return;
  }
  if (csa == 8 && rsb == 8 && m < 2) {
    if (m == 1) dots<i64>(out, 8, b, csb, a, n, k, mode);
    return;
  }
  let j = 0;
  if (m == 1 && csb == 8) {
    for (; j + 16 <= n; j += 16) {
      const at = (j as usize) << 3;
      rowTile<i64>(out + at, a, csa, b + at, rsb, k, mode);
    }
  }
  for (; j < n; j += 4) {
    const first = n < 4 ? 0 : min(j, n - 4);
    const from = b + (first as usize) * csb;
    if (n >= 4 && csb == 8) packPlanes(scratch, from, rsb, k);
    else if (n >= 4 && rsb == 8) packPlanesNT(scratch, from, csb, k);
    else packPlanesAny(scratch, from, csb, rsb, k, min(n, 4));
    panel(out + ((first as usize) << 3), ldo, a, rsa, csa, scratch, m, k, mode, j - first, min(n, 4));
  }
}

/** As matmul32, for 64-bit words and any strides of B; scratch: 16 KiB. */
export function matmul64(
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
  const outStride = (ldo as usize) << 3;
  const aRow = (rsa as usize) << 3;
  const aColumn = (csa as usize) << 3;
  const bRow = (rsb as usize) << 3;
  const bColumn = (csb as usize) << 3;
  do {
    const depth = min(k, BLOCK);
    block(out, outStride, a, aRow, aColumn, b, bRow, bColumn, m, depth, n, mode, scratch);
    a += (depth as usize) * aColumn;
    b += (depth as usize) * bRow;
    k -= depth;
    if (mode == 0) mode = 1;
  } while (k > 0);
}
