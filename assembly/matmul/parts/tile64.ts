// Register tile of the 64-bit matrix product: two rows of A by four columns of B.
//
// With a = al + 2^32 ah and b = bl + 2^32 bh: a * b = al * bl + 2^32 (al * bh + ah * bl) mod 2^64. The first
// term is summed in 64-bit lanes; the cross terms matter mod 2^32 only, are summed in 32-bit lanes and
// shifted in once at the end. B comes as planes (pack64.ts): per row four low halves, then four high halves.

/** out[0..2) (mode 0: =, 1: +=, 2: -=) v, leaving the first `keep` (<= 0: none) lanes of out as they are. */
// @ts-ignore: decorator
@inline
function put(out: usize, v: v128, mode: i32, keep: i32): void {
  let value = v;
  if (mode == 1) value = i64x2.add(v128.load(out), v);
  else if (mode == 2) value = i64x2.sub(v128.load(out), v);
  if (keep > 1) return;
  if (keep == 1) v128.store64_lane(out + 8, value, 1);
  else v128.store(out, value);
}

/** The first `cols` (<= 1: one) lanes only. */
// @ts-ignore: decorator
@inline
function putOne(out: usize, v: v128, mode: i32): void {
  const word = i64x2.extract_lane(v, 0);
  if (mode == 0) store<i64>(out, word);
  else if (mode == 1) store<i64>(out, load<i64>(out) + word);
  else store<i64>(out, load<i64>(out) - word);
}

/** One row of the tile: the cross terms join the low products, and columns keep <= j < cols go out. */
// @ts-ignore: decorator
@inline
function putRow(out: usize, low: v128, high: v128, cross: v128, mode: i32, keep: i32, cols: i32): void {
  const left = i64x2.add(low, i64x2.shl(i64x2.extend_low_i32x4_u(cross), 32));
  const right = i64x2.add(high, i64x2.shl(i64x2.extend_high_i32x4_u(cross), 32));
  if (cols == 1) putOne(out, left, mode);
  else put(out, left, mode, keep);
  if (cols == 3) putOne(out + 16, right, mode);
  else if (cols > 3) put(out + 16, right, mode, keep - 2);
}

/**
 * out[i, j] op= sum over p < k of a[i * rsa + p * csa] * b[p, j] for i < rows <= 2 and keep <= j < cols <= 4.
 * Strides in bytes; b: k rows of 32 bytes, low halves before high halves.
 */
export function tile2x4(
  out: usize,
  ldo: usize,
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  k: i32,
  rows: i32,
  mode: i32,
  keep: i32,
  cols: i32,
): void {
  let low0 = i64x2.splat(0);
  let high0 = i64x2.splat(0);
  let cross0 = i64x2.splat(0);
  let low1 = i64x2.splat(0);
  let high1 = i64x2.splat(0);
  let cross1 = i64x2.splat(0);
  let a0 = a;
  let a1 = rows > 1 ? a + rsa : a;
  let bl: v128, bh: v128, lo: v128, hi: v128;
  for (; k > 0; k -= 2) {
    bl = v128.load(b, 0);
    bh = v128.load(b, 16);
    lo = v128.load32_splat(a0, 0);
    hi = v128.load32_splat(a0, 4);
    low0 = i64x2.add(low0, i64x2.extmul_low_i32x4_u(lo, bl));
    high0 = i64x2.add(high0, i64x2.extmul_high_i32x4_u(lo, bl));
    cross0 = i32x4.add(i32x4.add(cross0, i32x4.mul(lo, bh)), i32x4.mul(hi, bl));
    lo = v128.load32_splat(a1, 0);
    hi = v128.load32_splat(a1, 4);
    low1 = i64x2.add(low1, i64x2.extmul_low_i32x4_u(lo, bl));
    high1 = i64x2.add(high1, i64x2.extmul_high_i32x4_u(lo, bl));
    cross1 = i32x4.add(i32x4.add(cross1, i32x4.mul(lo, bh)), i32x4.mul(hi, bl));
    a0 += csa;
    a1 += csa;
    b += 32;
    if (k == 1) break;
    bl = v128.load(b, 0);
    bh = v128.load(b, 16);
    lo = v128.load32_splat(a0, 0);
    hi = v128.load32_splat(a0, 4);
    low0 = i64x2.add(low0, i64x2.extmul_low_i32x4_u(lo, bl));
    high0 = i64x2.add(high0, i64x2.extmul_high_i32x4_u(lo, bl));
    cross0 = i32x4.add(i32x4.add(cross0, i32x4.mul(lo, bh)), i32x4.mul(hi, bl));
    lo = v128.load32_splat(a1, 0);
    hi = v128.load32_splat(a1, 4);
    low1 = i64x2.add(low1, i64x2.extmul_low_i32x4_u(lo, bl));
    high1 = i64x2.add(high1, i64x2.extmul_high_i32x4_u(lo, bl));
    cross1 = i32x4.add(i32x4.add(cross1, i32x4.mul(lo, bh)), i32x4.mul(hi, bl));
    a0 += csa;
    a1 += csa;
    b += 32;
  }
  putRow(out, low0, high0, cross0, mode, keep, cols);
  if (rows > 1) putRow(out + ldo, low1, high1, cross1, mode, keep, cols);
}
