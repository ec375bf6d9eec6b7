// Panels of B laid out for the 32-bit tiles: k rows of four or eight words, one after the other.

/** out[p, j] = b[p * ldb + j] for j < cols (1..3), 0 for j = cols..3. */
export function packColumns(out: usize, b: usize, ldb: usize, k: i32, cols: i32): void {
  for (; k > 0; k--) {
    store<i64>(out, 0, 0);
    store<i64>(out, 0, 8);
    for (let j: usize = 0; j < (cols as usize); j++) store<i32>(out + 4 * j, load<i32>(b + 4 * j));
    out += 16;
    b += ldb;
  }
}

/**
 * out[p, j] = b[j * ldb + p] for four rows j of b; out rows are `stride` bytes apart; rows >= `rows` repeat.
 */
// @ts-ignore: decorator
@inline
function packFour(out: usize, stride: usize, b: usize, ldb: usize, k: i32, rows: i32): void {
  let r0 = b;
  let r1 = rows > 1 ? b + ldb : b;
  let r2 = rows > 2 ? b + 2 * ldb : b;
  let r3 = rows > 3 ? b + 3 * ldb : b;
  for (; k >= 4; k -= 4) {
    const a0 = v128.load(r0);
    const a1 = v128.load(r1);
    const a2 = v128.load(r2);
    const a3 = v128.load(r3);
    const low01 = v128.shuffle<i32>(a0, a1, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(a0, a1, 2, 6, 3, 7);
    const low23 = v128.shuffle<i32>(a2, a3, 0, 4, 1, 5);
    const high23 = v128.shuffle<i32>(a2, a3, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<i64>(low01, low23, 0, 2));
    v128.store(out + stride, v128.shuffle<i64>(low01, low23, 1, 3));
    v128.store(out + 2 * stride, v128.shuffle<i64>(high01, high23, 0, 2));
    v128.store(out + 3 * stride, v128.shuffle<i64>(high01, high23, 1, 3));
    out += 4 * stride;
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
  }
  for (; k > 0; k--) {
    store<i32>(out, load<i32>(r0), 0);
    store<i32>(out, load<i32>(r1), 4);
    store<i32>(out, load<i32>(r2), 8);
    store<i32>(out, load<i32>(r3), 12);
    out += stride;
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
  }
}

/** Four rows of B as a panel of four columns; of the rows only the first `rows` (1..4) exist. */
export function packRows4(out: usize, b: usize, ldb: usize, k: i32, rows: i32): void {
  packFour(out, 16, b, ldb, k, rows);
}

/** Eight rows of B as a panel of eight columns. */
export function packRows8(out: usize, b: usize, ldb: usize, k: i32): void {
  packFour(out, 32, b, ldb, k, 4);
  packFour(out + 16, 32, b + 4 * ldb, ldb, k, 4);
}

/** out[p] = b[p * ldb + 0..7]: eight columns of B, dense, out of the way of cache conflicts. */
export function packColumns8(out: usize, b: usize, ldb: usize, k: i32): void {
  for (; k > 0; k--) {
    v128.store(out, v128.load(b, 0), 0);
    v128.store(out, v128.load(b, 16), 16);
    out += 32;
    b += ldb;
  }
}
