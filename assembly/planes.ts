// Bit planes: the same bit of many words side by side, 128 values a v128 instruction.
//
// Plane j of a value starts at ptr + j·blocks·16. Bit i of a plane (value i) is bit i & 127 of its 128-bit block
// i >> 7, little-endian; blocks = ceil(n / 128). toPlanes writes zeros for the values from n on; `not` does not
// keep them zero (clearTail does).
import { bitAt, bitsOf, chunkBytes, maskOfBits, shiftRight, splatBits } from './lanes';
export { and, clearTail, not, xor } from './bits';

/** Writes the top `count` (at most 8) bits of 16 bytes, highest first, to planes downwards from `ptr`. */
// @ts-ignore: decorator
@inline
function emitByte(bytes: v128, ptr: usize, stride: usize, count: i32): void {
  if (count >= 8) {
    for (let j = 0; j < 8; j++) {
      store<u16>(ptr, <u16>i8x16.bitmask(bytes));
      bytes = i8x16.add(bytes, bytes);
      ptr -= stride;
    }
  } else {
    for (; count > 0; count--) {
      store<u16>(ptr, <u16>i8x16.bitmask(bytes));
      bytes = i8x16.add(bytes, bytes);
      ptr -= stride;
    }
  }
}

/** Writes the top `count` bits of the 16 words in a, b, c, d, highest first, to planes downwards from `ptr`. */
// @ts-ignore: decorator
@inline
function emitWords(a: v128, b: v128, c: v128, d: v128, ptr: usize, stride: usize, count: i32): void {
  // Transposition of 16 words into 4 vectors of 16 bytes of equal weight; 32-bit lane t of a..d: byte 3 - t.
  a = v128.shuffle<i8>(a, a, 3, 7, 11, 15, 2, 6, 10, 14, 1, 5, 9, 13, 0, 4, 8, 12);
  b = v128.shuffle<i8>(b, b, 3, 7, 11, 15, 2, 6, 10, 14, 1, 5, 9, 13, 0, 4, 8, 12);
  c = v128.shuffle<i8>(c, c, 3, 7, 11, 15, 2, 6, 10, 14, 1, 5, 9, 13, 0, 4, 8, 12);
  d = v128.shuffle<i8>(d, d, 3, 7, 11, 15, 2, 6, 10, 14, 1, 5, 9, 13, 0, 4, 8, 12);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  emitByte(v128.shuffle<i64>(ab, cd, 0, 2), ptr, stride, count);
  if (count > 8) emitByte(v128.shuffle<i64>(ab, cd, 1, 3), ptr - 8 * stride, stride, count - 8);
  if (count > 16) {
    const lowAB = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const lowCD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    emitByte(v128.shuffle<i64>(lowAB, lowCD, 0, 2), ptr - 16 * stride, stride, count - 16);
    if (count > 24) emitByte(v128.shuffle<i64>(lowAB, lowCD, 1, 3), ptr - 24 * stride, stride, count - 24);
  }
}

/** A vector of the first `words` words at `ptr` (all lanes when there are enough), zeros after them. */
// @ts-ignore: decorator
@inline
function readUpTo<T>(ptr: usize, words: i32): v128 {
  if (words >= <i32>(16 / sizeof<T>())) return v128.load(ptr);
  let v = i64x2.splat(0);
  if (words > 0) v = v128.load_zero<T>(ptr);
  if (sizeof<T>() == 4) {
    if (words > 1) v = v128.load32_lane(ptr, v, 1, 4);
    if (words > 2) v = v128.load32_lane(ptr, v, 2, 8);
  }
  return v;
}

/** out plane j = bit low + j of each of the n words, j < count; count >= 1, low + count <= k. Not in place. */
export function toPlanes32(out: usize, input: usize, n: i32, low: i32, count: i32): void {
  const stride = (<usize>(n + 127) >> 7) << 4;
  const up = 32 - low - count;
  let ptr = out + <usize>(count - 1) * stride;
  const full = <usize>(n >> 4);
  for (let g: usize = 0; g < full; g++) {
    const a = i32x4.shl(v128.load(input), up);
    const b = i32x4.shl(v128.load(input, 16), up);
    const c = i32x4.shl(v128.load(input, 32), up);
    const d = i32x4.shl(v128.load(input, 48), up);
    emitWords(a, b, c, d, ptr, stride, count);
    input += 64;
    ptr += 2;
  }
  let rest = n & 15;
  for (let g = full << 1; g < stride; g += 2) {
    const a = i32x4.shl(readUpTo<i32>(input, rest), up);
    const b = i32x4.shl(readUpTo<i32>(input + 16, rest - 4), up);
    const c = i32x4.shl(readUpTo<i32>(input + 32, rest - 8), up);
    const d = i32x4.shl(readUpTo<i32>(input + 48, rest - 12), up);
    emitWords(a, b, c, d, ptr, stride, count);
    rest = 0;
    ptr += 2;
  }
}

/** The upper (odd) halves of the four 64-bit words in a and b. */
// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 1, 3, 5, 7);
}

/** The lower (even) halves of the four 64-bit words in a and b. */
// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 2, 4, 6);
}

export function toPlanes64(out: usize, input: usize, n: i32, lowBit: i32, count: i32): void {
  const stride = (<usize>(n + 127) >> 7) << 4;
  const up = 64 - lowBit - count;
  let ptr = out + <usize>(count - 1) * stride;
  let rest = n;
  for (let g: usize = 0; g < stride; g += 2) {
    const a = i64x2.shl(readUpTo<i64>(input, rest), up);
    const b = i64x2.shl(readUpTo<i64>(input + 16, rest - 2), up);
    const c = i64x2.shl(readUpTo<i64>(input + 32, rest - 4), up);
    const d = i64x2.shl(readUpTo<i64>(input + 48, rest - 6), up);
    const e = i64x2.shl(readUpTo<i64>(input + 64, rest - 8), up);
    const f = i64x2.shl(readUpTo<i64>(input + 80, rest - 10), up);
    const h = i64x2.shl(readUpTo<i64>(input + 96, rest - 12), up);
    const i = i64x2.shl(readUpTo<i64>(input + 112, rest - 14), up);
    emitWords(high(a, b), high(c, d), high(e, f), high(h, i), ptr, stride, count);
    if (count > 32) {
      emitWords(low(a, b), low(c, d), low(e, f), low(h, i), ptr - 32 * stride, stride, count - 32);
    }
    input += 128;
    rest = max(rest - 16, 0);
    ptr += 2;
  }
}

// @ts-ignore: decorator
@inline
function fromPlane<T>(out: usize, plane: usize, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  while (i + chunkBytes<T>() <= bytes) {
    let bits = splatBits<T>(bitsOf<T>(plane, i));
    for (const end = i + chunkBytes<T>(); i < end; i += 64) {
      v128.store(out + i, v128.neg<T>(maskOfBits<T>(bits)));
      bits = shiftRight<T>(bits, lanes);
      v128.store(out + i, v128.neg<T>(maskOfBits<T>(bits)), 16);
      bits = shiftRight<T>(bits, lanes);
      v128.store(out + i, v128.neg<T>(maskOfBits<T>(bits)), 32);
      bits = shiftRight<T>(bits, lanes);
      v128.store(out + i, v128.neg<T>(maskOfBits<T>(bits)), 48);
      bits = shiftRight<T>(bits, lanes);
    }
  }
  for (; i < bytes; i += sizeof<T>()) store<T>(out + i, bitAt<T>(plane, i / sizeof<T>()));
}

/** out word i = bit i of the plane: 0 or 1. Not in place. */
export function fromPlane32(out: usize, plane: usize, n: i32): void {
  fromPlane<i32>(out, plane, n);
}

export function fromPlane64(out: usize, plane: usize, n: i32): void {
  fromPlane<i64>(out, plane, n);
}
