// One row times a matrix that lies row by row: eight vectors of columns in accumulators, B read once as it
// lies.

/** out (mode 0: =, 1: +=, 2: -=) v. */
// @ts-ignore: decorator
@inline
function put<T extends number>(out: usize, v: v128, mode: i32): void {
  if (mode == 1) v128.store(out, v128.add<T>(v128.load(out), v));
  else if (mode == 2) v128.store(out, v128.sub<T>(v128.load(out), v));
  else v128.store(out, v);
}

/**
 * out[j] op= sum over p < k of a[p * csa] * b[p * ldb + j] for 128 / sizeof T columns j; strides in bytes.
 */
// @ts-ignore: decorator
@inline
export function rowTile<T extends number>(
  out: usize,
  a: usize,
  csa: usize,
  b: usize,
  ldb: usize,
  k: i32,
  mode: i32,
): void {
  let c0 = i64x2.splat(0);
  let c1 = i64x2.splat(0);
  let c2 = i64x2.splat(0);
  let c3 = i64x2.splat(0);
  let c4 = i64x2.splat(0);
  let c5 = i64x2.splat(0);
  let c6 = i64x2.splat(0);
  let c7 = i64x2.splat(0);
  for (; k > 0; k--) {
    const s = v128.splat<T>(load<T>(a));
    c0 = v128.add<T>(c0, v128.mul<T>(s, v128.load(b, 0)));
    c1 = v128.add<T>(c1, v128.mul<T>(s, v128.load(b, 16)));
    c2 = v128.add<T>(c2, v128.mul<T>(s, v128.load(b, 32)));
    c3 = v128.add<T>(c3, v128.mul<T>(s, v128.load(b, 48)));
    c4 = v128.add<T>(c4, v128.mul<T>(s, v128.load(b, 64)));
    c5 = v128.add<T>(c5, v128.mul<T>(s, v128.load(b, 80)));
    c6 = v128.add<T>(c6, v128.mul<T>(s, v128.load(b, 96)));
    c7 = v128.add<T>(c7, v128.mul<T>(s, v128.load(b, 112)));
    a += csa;
    b += ldb;
  }
  put<T>(out, c0, mode);
  put<T>(out + 16, c1, mode);
  put<T>(out + 32, c2, mode);
  put<T>(out + 48, c3, mode);
  put<T>(out + 64, c4, mode);
  put<T>(out + 80, c5, mode);
  put<T>(out + 96, c6, mode);
  put<T>(out + 112, c7, mode);
}
