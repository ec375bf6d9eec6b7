// Panels of B for the 64-bit tile: per row of the inner dimension the low halves of four words, then the
// high.

/** out[p] = planes of b[p * ldb + 0..3]. */
export function packPlanes(out: usize, b: usize, ldb: usize, k: i32): void {
  for (; k > 0; k--) {
    const left = v128.load(b, 0);
    const right = v128.load(b, 16);
    v128.store(out, v128.shuffle<i32>(left, right, 0, 2, 4, 6), 0);
    v128.store(out, v128.shuffle<i32>(left, right, 1, 3, 5, 7), 16);
    out += 32;
    b += ldb;
  }
}

/** out[p] = planes of b[0..3][p] for four rows of b, ldb bytes apart. */
export function packPlanesNT(out: usize, b: usize, ldb: usize, k: i32): void {
  let r0 = b;
  let r1 = b + ldb;
  let r2 = b + 2 * ldb;
  let r3 = b + 3 * ldb;
  for (; k >= 2; k -= 2) {
    const b0 = v128.load(r0);
    const b1 = v128.load(r1);
    const b2 = v128.load(r2);
    const b3 = v128.load(r3);
    let left = v128.shuffle<i64>(b0, b1, 0, 2);
    let right = v128.shuffle<i64>(b2, b3, 0, 2);
    v128.store(out, v128.shuffle<i32>(left, right, 0, 2, 4, 6), 0);
    v128.store(out, v128.shuffle<i32>(left, right, 1, 3, 5, 7), 16);
    left = v128.shuffle<i64>(b0, b1, 1, 3);
    right = v128.shuffle<i64>(b2, b3, 1, 3);
    v128.store(out, v128.shuffle<i32>(left, right, 0, 2, 4, 6), 32);
    v128.store(out, v128.shuffle<i32>(left, right, 1, 3, 5, 7), 48);
    out += 64;
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
  }
  if (k > 0) packPlanesAny(out, r0, ldb, 8, 1, 4);
}

/** out[p] = planes of b[p * csb + j * rsb], j < cols <= 4, and zeros after them. Strides in bytes. */
export function packPlanesAny(out: usize, b: usize, rsb: usize, csb: usize, k: i32, cols: i32): void {
  for (; k > 0; k--) {
    if (cols < 4) {
      for (let j: usize = 0; j < 32; j += 8) store<i64>(out + j, 0);
    }
    let from = b;
    for (let j: usize = 0; j < (cols as usize); j++) {
      store<i32>(out + 4 * j, load<i32>(from, 0), 0);
      store<i32>(out + 4 * j, load<i32>(from, 4), 16);
      from += rsb;
    }
    out += 32;
    b += csb;
  }
}
