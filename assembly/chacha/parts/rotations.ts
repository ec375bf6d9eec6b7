// What every arrangement of ChaCha's rounds needs: the constants and the four rotations of 32-bit lanes,
// those by whole bytes as swizzles.

// "expand 32-byte k"
export const SIGMA0: i32 = 0x61707865;
export const SIGMA1: i32 = 0x3320646e;
export const SIGMA2: i32 = 0x79622d32;
export const SIGMA3: i32 = 0x6b206574;

/** Every 32-bit lane rotated left by r bits. */
// @ts-ignore: decorator
@inline
export function rotate(v: v128, r: i32): v128 {
  return v128.or(i32x4.shl(v, r), i32x4.shr_u(v, 32 - r));
}

/** Swizzle mask that rotates every 32-bit lane left by 16. */
// @ts-ignore: decorator
@inline
export function left16Mask(): v128 {
  return i8x16(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

/** Swizzle mask that rotates every 32-bit lane left by 8. */
// @ts-ignore: decorator
@inline
export function left8Mask(): v128 {
  return i8x16(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}
