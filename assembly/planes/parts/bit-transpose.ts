// Words to bit planes by bit-matrix transposition, 128 words at a time.
//
// Name a bit of a block of 128 words by its word w = (t3 t2 t1 t0 i2 i1 i0) and its place p = (b1 b0 p2 p1 p0), in
// binary. It comes in vector (t3 t2 t1 t0 i2), byte (i1 i0 b1 b0), bit (p2 p1 p0), and belongs in plane (b1 b0 p2 p1
// p0), byte (t3 t2 t1 t0), bit (i2 i1 i0). Interleaving the bytes of two vectors whose numbers differ in one bit v
// (lower halves, upper halves) moves v to the lowest byte number and the highest byte number out to the vector:
//   spread, for each (t1 t0):  interleave by t3, by t2: i1, i0 come out; then swap (i2 i1 i0) with (p2 p1 p0)
//   gather, for each (p2 p1 p0):  interleave by t1, by t0: b1, b0 come out
// 64-bit words are two problems of 32 bits, their lower and their upper halves.

/** Bytes of scratch a block takes between spread and gather: 8 places of 4 vectors. */
export const BLOCK: usize = 512;

// @ts-ignore: decorator
@inline
function lower(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function upper(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Four words from word 4·index on; of 64-bit words their lower (half = 0) or upper halves. */
// @ts-ignore: decorator
@inline
function four<T>(words: usize, index: usize, half: i32): v128 {
  if (sizeof<T>() == 4) return v128.load(words + 16 * index);
  const a = v128.load(words + 32 * index);
  const b = v128.load(words + 32 * index + 16);
  return half ? v128.shuffle<i32>(a, b, 1, 3, 5, 7) : v128.shuffle<i32>(a, b, 0, 2, 4, 6);
}

/** Bits that the exchange of a (bit i = 0) and b (bit i = 1) moves: a's upper with b's lower ones of each pair. */
// @ts-ignore: decorator
@inline
function crossing(a: v128, b: v128, shift: i32, mask: v128): v128 {
  return v128.and(v128.xor(i64x2.shr_u(a, shift), b), mask);
}

/** 128 words to scratch: 64·place + 16·(t1 t0). */
// @ts-ignore: decorator
@inline
export function spread<T>(words: usize, scratch: usize, half: i32): void {
  const m4 = i8x16.splat(0x0f);
  const m2 = i8x16.splat(0x33);
  const m1 = i8x16.splat(0x55);
  for (const end = scratch + 64; scratch < end; scratch += 16) {
    let a = four<T>(words, 0, half);
    let b = four<T>(words, 8, half);
    let c = four<T>(words, 16, half);
    let d = four<T>(words, 24, half);
    let ac = lower(a, c);
    let bd = lower(b, d);
    let x0 = lower(ac, bd);
    let x1 = upper(ac, bd);
    ac = upper(a, c);
    bd = upper(b, d);
    let x2 = lower(ac, bd);
    let x3 = upper(ac, bd);
    a = four<T>(words, 1, half);
    b = four<T>(words, 9, half);
    c = four<T>(words, 17, half);
    d = four<T>(words, 25, half);
    ac = lower(a, c);
    bd = lower(b, d);
    let x4 = lower(ac, bd);
    let x5 = upper(ac, bd);
    ac = upper(a, c);
    bd = upper(b, d);
    let x6 = lower(ac, bd);
    let x7 = upper(ac, bd);

    let t = crossing(x0, x4, 4, m4);
    x0 = v128.xor(x0, i64x2.shl(t, 4));
    x4 = v128.xor(x4, t);
    t = crossing(x1, x5, 4, m4);
    x1 = v128.xor(x1, i64x2.shl(t, 4));
    x5 = v128.xor(x5, t);
    t = crossing(x2, x6, 4, m4);
    x2 = v128.xor(x2, i64x2.shl(t, 4));
    x6 = v128.xor(x6, t);
    t = crossing(x3, x7, 4, m4);
    x3 = v128.xor(x3, i64x2.shl(t, 4));
    x7 = v128.xor(x7, t);

    t = crossing(x0, x2, 2, m2);
    x0 = v128.xor(x0, i64x2.shl(t, 2));
    x2 = v128.xor(x2, t);
    t = crossing(x1, x3, 2, m2);
    x1 = v128.xor(x1, i64x2.shl(t, 2));
    x3 = v128.xor(x3, t);
    t = crossing(x4, x6, 2, m2);
    x4 = v128.xor(x4, i64x2.shl(t, 2));
    x6 = v128.xor(x6, t);
    t = crossing(x5, x7, 2, m2);
    x5 = v128.xor(x5, i64x2.shl(t, 2));
    x7 = v128.xor(x7, t);

    t = crossing(x0, x1, 1, m1);
    v128.store(scratch, v128.xor(x0, i64x2.shl(t, 1)));
    v128.store(scratch + 64, v128.xor(x1, t));
    t = crossing(x2, x3, 1, m1);
    v128.store(scratch + 128, v128.xor(x2, i64x2.shl(t, 1)));
    v128.store(scratch + 192, v128.xor(x3, t));
    t = crossing(x4, x5, 1, m1);
    v128.store(scratch + 256, v128.xor(x4, i64x2.shl(t, 1)));
    v128.store(scratch + 320, v128.xor(x5, t));
    t = crossing(x6, x7, 1, m1);
    v128.store(scratch + 384, v128.xor(x6, i64x2.shl(t, 1)));
    v128.store(scratch + 448, v128.xor(x7, t));

    words += 8 * sizeof<T>();
  }
}

/**
 * The planes place, 8 + place, 16 + place and 24 + place of `blocks` consecutive blocks, those of them from `low` to
 * `high` - 1. `plane` is where plane `place` starts, whether it is wanted or not.
 */
// @ts-ignore: decorator
@inline
export function gather(
  plane: usize,
  stride: usize,
  scratch: usize,
  blocks: usize,
  place: i32,
  low: i32,
  high: i32,
): void {
  const want0 = place >= low && place < high;
  const want1 = place + 8 >= low && place + 8 < high;
  const want2 = place + 16 >= low && place + 16 < high;
  const want3 = place + 24 >= low && place + 24 < high;
  for (const end = plane + 16 * blocks; plane < end; plane += 16) {
    const y0 = v128.load(scratch);
    const y1 = v128.load(scratch, 16);
    const y2 = v128.load(scratch, 32);
    const y3 = v128.load(scratch, 48);
    if (want0 || want1) {
      const even = lower(y0, y2);
      const odd = lower(y1, y3);
      if (want0) v128.store(plane, lower(even, odd));
      if (want1) v128.store(plane + 8 * stride, upper(even, odd));
    }
    if (want2 || want3) {
      const even = upper(y0, y2);
      const odd = upper(y1, y3);
      if (want2) v128.store(plane + 16 * stride, lower(even, odd));
      if (want3) v128.store(plane + 24 * stride, upper(even, odd));
    }
    scratch += BLOCK;
  }
}
