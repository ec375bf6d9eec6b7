// Building blocks of the vector kernels, shared by both rings; inlined, not exported from the module.
//
// Type parameters: T is the ring's word (i32 or i64). L is the unit a step reads and writes: v128 for a full
// vector, or T for a single word (then only lane 0 counts). One step function so serves the unrolled loop and
// the tail, and never touches a byte beyond the last word.

/** Reads a full vector (L = v128) or one word into lane 0 (L = T). */
// @ts-ignore: decorator
@inline
export function read<T, L>(ptr: usize): v128 {
  if (sizeof<L>() == 16) return v128.load(ptr);
  return v128.load_zero<T>(ptr);
}

/** Writes a full vector (L = v128) or lane 0 (L = T). */
// @ts-ignore: decorator
@inline
export function write<T, L>(ptr: usize, value: v128): void {
  if (sizeof<L>() == 16) v128.store(ptr, value);
  else v128.store_lane<T>(ptr, value, 0);
}

/** Lane-wise product mod 2^k. */
// @ts-ignore: decorator
@inline
export function times<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 8) return i64x2.mul(a, b);
  return i32x4.mul(a, b);
}

/** All ones in the lanes that are negative as signed words, zero elsewhere. */
// @ts-ignore: decorator
@inline
export function negative<T>(a: v128): v128 {
  if (sizeof<T>() == 8) return i64x2.lt_s(a, i64x2.splat(0));
  return i32x4.lt_s(a, i32x4.splat(0));
}

/** H = 2^(k-2) in every lane. */
// @ts-ignore: decorator
@inline
export function quarter<T>(): v128 {
  if (sizeof<T>() == 8) return i64x2.splat(0x4000000000000000);
  return i32x4.splat(0x40000000);
}

/** Logical shift right of each lane. */
// @ts-ignore: decorator
@inline
export function shiftRight<T>(a: v128, s: i32): v128 {
  if (sizeof<T>() == 8) return i64x2.shr_u(a, s);
  return i32x4.shr_u(a, s);
}

/** `by` of raise: the factor 2^(k-s) for k = 32, a mask for k = 64; both are 0 for s = 0, since 2^k = 0. */
// @ts-ignore: decorator
@inline
export function raising<T>(s: i32): v128 {
  if (sizeof<T>() == 8) return i64x2.splat(s ? -1 : 0);
  return i32x4.splat(s ? 1 << (32 - s) : 0);
}

/** a·2^(k-s) in every lane; for k = 32 a product, which is faster than a shift by a variable. */
// @ts-ignore: decorator
@inline
export function raise<T>(a: v128, s: i32, by: v128): v128 {
  if (sizeof<T>() == 8) return v128.and(i64x2.shl(a, 64 - s), by);
  return i32x4.mul(a, by);
}

/** The constant whose lane i has only bit i set: picks the bits of consecutive values out of a splat. */
// @ts-ignore: decorator
@inline
export function laneBits<T>(): v128 {
  if (sizeof<T>() == 8) return i64x2(1, 2);
  return i32x4(1, 2, 4, 8);
}

/** All ones in lane i when bit i of `bits` is set (`bits`: the same word in every lane), zero elsewhere. */
// @ts-ignore: decorator
@inline
export function maskOfBits<T>(bits: v128): v128 {
  const one = laneBits<T>();
  if (sizeof<T>() == 8) return i64x2.eq(v128.and(bits, one), one);
  return i32x4.eq(v128.and(bits, one), one);
}

/** The word at `ptr` of a plane, in every lane: bits of 32 (k = 32) or 64 (k = 64) consecutive values. */
// @ts-ignore: decorator
@inline
export function splatBits<T>(ptr: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(ptr);
  return v128.load32_splat(ptr);
}

/** Bit i of a plane as a word: 0 or 1. */
// @ts-ignore: decorator
@inline
export function bitAt<T>(plane: usize, i: usize): T {
  return <T>((<u32>load<u8>(plane + (i >> 3)) >> <u32>(i & 7)) & 1);
}

/** Bytes of the words whose bits fill one word of a plane: 32 words of 4 bytes or 64 words of 8. */
// @ts-ignore: decorator
@inline
export function chunkBytes<T>(): usize {
  return sizeof<T>() * sizeof<T>() * 8;
}

/** Address of the bits, in a plane, of the words that start `i` bytes into a vector. */
// @ts-ignore: decorator
@inline
export function bitsOf<T>(plane: usize, i: usize): usize {
  return plane + i / (sizeof<T>() * 8);
}
