// Register tiles of the 32-bit matrix product: four rows of A by eight or four columns of B in accumulators.
//
// All strides are in bytes. Rows beyond `rows` repeat the first and are not stored, so that a tile has no
// ragged variant in its inner loop.

/** out[0..4) (mode 0: =, 1: +=, 2: -=) v, leaving the first `keep` (0..3) lanes of out as they are. */
// @ts-ignore: decorator
@inline
function put(out: usize, v: v128, mode: i32, keep: i32): void {
  let value = v;
  if (mode == 1) value = i32x4.add(v128.load(out), v);
  else if (mode == 2) value = i32x4.sub(v128.load(out), v);
  if (keep > 0) {
    value = v128.bitselect(v128.load(out), value, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(keep)));
  }
  v128.store(out, value);
}

/** The first `cols` (1..3) lanes only. */
function putPart(out: usize, v: v128, mode: i32, cols: i32): void {
  for (; cols > 0; cols--) {
    const word = i32x4.extract_lane(v, 0);
    if (mode == 0) store<i32>(out, word);
    else if (mode == 1) store<i32>(out, load<i32>(out) + word);
    else store<i32>(out, load<i32>(out) - word);
    v = v128.shuffle<i32>(v, v, 1, 2, 3, 0);
    out += 4;
  }
}

/**
 * out[i, j] op= sum over p < k of a[i * rsa + p * csa] * b[p * ldb + j], i < rows <= 4, keep <= j < 8.
 *
 * Four steps a turn. The jumps between them are for the compiler behind: without a block's end it sorts the
 * steps by accumulator, keeps all rows of B alive at once and spills.
 */
export function tile4x8(
  out: usize,
  ldo: usize,
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  ldb: usize,
  k: i32,
  rows: i32,
  mode: i32,
  keep: i32,
): void {
  let c00 = i32x4.splat(0);
  let c01 = i32x4.splat(0);
  let c10 = i32x4.splat(0);
  let c11 = i32x4.splat(0);
  let c20 = i32x4.splat(0);
  let c21 = i32x4.splat(0);
  let c30 = i32x4.splat(0);
  let c31 = i32x4.splat(0);
  let a0 = a;
  let a1 = rows > 1 ? a + rsa : a;
  let a2 = rows > 2 ? a + 2 * rsa : a;
  let a3 = rows > 3 ? a + 3 * rsa : a;
  let b0: v128, b1: v128, s: v128;
  for (; k > 0; k -= 4) {
    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    s = v128.load32_splat(a0);
    c00 = i32x4.add(c00, i32x4.mul(s, b0));
    c01 = i32x4.add(c01, i32x4.mul(s, b1));
    s = v128.load32_splat(a1);
    c10 = i32x4.add(c10, i32x4.mul(s, b0));
    c11 = i32x4.add(c11, i32x4.mul(s, b1));
    s = v128.load32_splat(a2);
    c20 = i32x4.add(c20, i32x4.mul(s, b0));
    c21 = i32x4.add(c21, i32x4.mul(s, b1));
    s = v128.load32_splat(a3);
    c30 = i32x4.add(c30, i32x4.mul(s, b0));
    c31 = i32x4.add(c31, i32x4.mul(s, b1));
    a0 += csa;
    a1 += csa;
    a2 += csa;
    a3 += csa;
    b += ldb;
    if (k == 1) break;
    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    s = v128.load32_splat(a0);
    c00 = i32x4.add(c00, i32x4.mul(s, b0));
    c01 = i32x4.add(c01, i32x4.mul(s, b1));
    s = v128.load32_splat(a1);
    c10 = i32x4.add(c10, i32x4.mul(s, b0));
    c11 = i32x4.add(c11, i32x4.mul(s, b1));
    s = v128.load32_splat(a2);
    c20 = i32x4.add(c20, i32x4.mul(s, b0));
    c21 = i32x4.add(c21, i32x4.mul(s, b1));
    s = v128.load32_splat(a3);
    c30 = i32x4.add(c30, i32x4.mul(s, b0));
    c31 = i32x4.add(c31, i32x4.mul(s, b1));
    a0 += csa;
    a1 += csa;
    a2 += csa;
    a3 += csa;
    b += ldb;
    if (k == 2) break;
    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    s = v128.load32_splat(a0);
    c00 = i32x4.add(c00, i32x4.mul(s, b0));
    c01 = i32x4.add(c01, i32x4.mul(s, b1));
    s = v128.load32_splat(a1);
    c10 = i32x4.add(c10, i32x4.mul(s, b0));
    c11 = i32x4.add(c11, i32x4.mul(s, b1));
    s = v128.load32_splat(a2);
    c20 = i32x4.add(c20, i32x4.mul(s, b0));
    c21 = i32x4.add(c21, i32x4.mul(s, b1));
    s = v128.load32_splat(a3);
    c30 = i32x4.add(c30, i32x4.mul(s, b0));
    c31 = i32x4.add(c31, i32x4.mul(s, b1));
    a0 += csa;
    a1 += csa;
    a2 += csa;
    a3 += csa;
    b += ldb;
    if (k == 3) break;
    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    s = v128.load32_splat(a0);
    c00 = i32x4.add(c00, i32x4.mul(s, b0));
    c01 = i32x4.add(c01, i32x4.mul(s, b1));
    s = v128.load32_splat(a1);
    c10 = i32x4.add(c10, i32x4.mul(s, b0));
    c11 = i32x4.add(c11, i32x4.mul(s, b1));
    s = v128.load32_splat(a2);
    c20 = i32x4.add(c20, i32x4.mul(s, b0));
    c21 = i32x4.add(c21, i32x4.mul(s, b1));
    s = v128.load32_splat(a3);
    c30 = i32x4.add(c30, i32x4.mul(s, b0));
    c31 = i32x4.add(c31, i32x4.mul(s, b1));
    a0 += csa;
    a1 += csa;
    a2 += csa;
    a3 += csa;
    b += ldb;
  }
  put(out, c00, mode, keep);
  put(out + 16, c01, mode, 0);
  if (rows > 1) {
    out += ldo;
    put(out, c10, mode, keep);
    put(out + 16, c11, mode, 0);
  }
  if (rows > 2) {
    out += ldo;
    put(out, c20, mode, keep);
    put(out + 16, c21, mode, 0);
  }
  if (rows > 3) {
    out += ldo;
    put(out, c30, mode, keep);
    put(out + 16, c31, mode, 0);
  }
}

/** As tile4x8 for four columns, of which `cols` (1..4) are stored; keep is 0 when cols < 4. */
export function tile4x4(
  out: usize,
  ldo: usize,
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  ldb: usize,
  k: i32,
  rows: i32,
  mode: i32,
  keep: i32,
  cols: i32,
): void {
  let c00 = i32x4.splat(0);
  let c10 = i32x4.splat(0);
  let c20 = i32x4.splat(0);
  let c30 = i32x4.splat(0);
  let a0 = a;
  let a1 = rows > 1 ? a + rsa : a;
  let a2 = rows > 2 ? a + 2 * rsa : a;
  let a3 = rows > 3 ? a + 3 * rsa : a;
  for (; k > 0; k--) {
    const b0 = v128.load(b, 0);
    const s0 = v128.load32_splat(a0);
    c00 = i32x4.add(c00, i32x4.mul(s0, b0));
    const s1 = v128.load32_splat(a1);
    c10 = i32x4.add(c10, i32x4.mul(s1, b0));
    const s2 = v128.load32_splat(a2);
    c20 = i32x4.add(c20, i32x4.mul(s2, b0));
    const s3 = v128.load32_splat(a3);
    c30 = i32x4.add(c30, i32x4.mul(s3, b0));
    a0 += csa;
    a1 += csa;
    a2 += csa;
    a3 += csa;
    b += ldb;
  }
  if (cols < 4) putPart(out, c00, mode, cols);
  else put(out, c00, mode, keep);
  if (rows > 1) {
    out += ldo;
    if (cols < 4) putPart(out, c10, mode, cols);
    else put(out, c10, mode, keep);
  }
  if (rows > 2) {
    out += ldo;
    if (cols < 4) putPart(out, c20, mode, cols);
    else put(out, c20, mode, keep);
  }
  if (rows > 3) {
    out += ldo;
    if (cols < 4) putPart(out, c30, mode, cols);
    else put(out, c30, mode, keep);
  }
}
