// Matrix times vector with rows that lie contiguous: sums run along the vectors, four rows a turn, and are
// gathered from the lanes at the end.

/** The sums of the lanes of four vectors, in one (32-bit words) or two (64-bit words) vectors. */
// @ts-ignore: decorator
@inline
function laneSums<T extends number>(x: v128, y: v128): v128 {
  if (sizeof<T>() == 8) return v128.add<T>(v128.shuffle<i64>(x, y, 0, 2), v128.shuffle<i64>(x, y, 1, 3));
  return v128.add<T>(v128.shuffle<i32>(x, y, 0, 2, 4, 6), v128.shuffle<i32>(x, y, 1, 3, 5, 7));
}

/** out (mode 0: =, 1: +=, 2: -=) value. */
// @ts-ignore: decorator
@inline
function put<T extends number>(out: usize, value: T, mode: i32): void {
  if (mode == 0) store<T>(out, value);
  else if (mode == 1) store<T>(out, (load<T>(out) + value) as T);
  else store<T>(out, (load<T>(out) - value) as T);
}

/** out[i * step] op= sum over p < k of a[i * lda + p] * v[p], i < m; step and lda in bytes. */
// @ts-ignore: decorator
@inline
export function dots<T extends number>(
  out: usize,
  step: usize,
  a: usize,
  lda: usize,
  v: usize,
  m: i32,
  k: i32,
  mode: i32,
): void {
  const lanes: i32 = 16 / sizeof<T>();
  for (; m > 0; m -= 4) {
    let a0 = a;
    let a1 = m > 1 ? a + lda : a;
    let a2 = m > 2 ? a + 2 * lda : a;
    let a3 = m > 3 ? a + 3 * lda : a;
    let s0 = i64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let x = v;
    let left = k;
    for (; left >= lanes; left -= lanes) {
      const y = v128.load(x);
      s0 = v128.add<T>(s0, v128.mul<T>(v128.load(a0), y));
      s1 = v128.add<T>(s1, v128.mul<T>(v128.load(a1), y));
      s2 = v128.add<T>(s2, v128.mul<T>(v128.load(a2), y));
      s3 = v128.add<T>(s3, v128.mul<T>(v128.load(a3), y));
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      x += 16;
    }
    const low = laneSums<T>(s0, s1);
    const high = laneSums<T>(s2, s3);
    const all = sizeof<T>() == 4 ? laneSums<T>(low, high) : low;
    let t0 = v128.extract_lane<T>(all, 0);
    let t1 = v128.extract_lane<T>(all, 1);
    let t2 = sizeof<T>() == 4 ? (i32x4.extract_lane(all, 2) as T) : v128.extract_lane<T>(high, 0);
    let t3 = sizeof<T>() == 4 ? (i32x4.extract_lane(all, 3) as T) : v128.extract_lane<T>(high, 1);
    for (; left > 0; left--) {
      const y = load<T>(x);
      t0 = (t0 + load<T>(a0) * y) as T;
      t1 = (t1 + load<T>(a1) * y) as T;
      t2 = (t2 + load<T>(a2) * y) as T;
      t3 = (t3 + load<T>(a3) * y) as T;
      a0 += sizeof<T>();
      a1 += sizeof<T>();
      a2 += sizeof<T>();
      a3 += sizeof<T>();
      x += sizeof<T>();
    }
    put<T>(out, t0, mode);
    if (m > 1) put<T>(out + step, t1, mode);
    if (m > 2) put<T>(out + 2 * step, t2, mode);
    if (m > 3) put<T>(out + 3 * step, t3, mode);
    out += 4 * step;
    a += 4 * lda;
  }
}

/** Column j of a block of B, spaced `stride` bytes, as a contiguous vector of k words. */
// @ts-ignore: decorator
@inline
export function column<T extends number>(out: usize, b: usize, stride: usize, k: i32): void {
  for (; k > 0; k--) {
    store<T>(out, load<T>(b));
    out += sizeof<T>();
    b += stride;
  }
}
