// Sine and cosine of a fraction of a turn, two at a time, in f64; inlined, not exported from the module.
//
// An angle is a 64-bit fraction of a turn (2^64 is a full turn). Rounding it to the nearest quarter turn leaves
// u in [-1, 1) eighths of a turn, whose sine and cosine are polynomials: sin(uπ/4) = u·S(u²), cos(uπ/4) = C(u²).
// S and C interpolate at the Chebyshev nodes of [0, 1]; the error of both results is below 2^-50.

import { times } from '../../parts/lanes';

/** Multiplies by 2^-51. */
const EIGHTH: f64 = 1.0 / 2251799813685248.0;

/** The angle plus an eighth of a turn: its top two bits count the nearest quarter turns, the rest is above it. */
// @ts-ignore: decorator
@inline
export function toQuarter(angle: v128): v128 {
  return i64x2.add(angle, i64x2.splat(0x2000000000000000));
}

/** u of an angle that went through toQuarter: 52 bits below the quarter as the fraction of an f64 in [2^52, 2^53). */
// @ts-ignore: decorator
@inline
export function within(quarter: v128): v128 {
  const fraction = i64x2.shr_u(i64x2.shl(quarter, 2), 12);
  const biased = v128.or(fraction, i64x2.splat(0x4330000000000000));
  return f64x2.mul(f64x2.sub(biased, f64x2.splat(6755399441055744.0)), f64x2.splat(EIGHTH));
}

// @ts-ignore: decorator
@inline
function next(sum: v128, y: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, y), f64x2.splat(coefficient));
}

/** sin(uπ/4), |u| <= 1. */
// @ts-ignore: decorator
@inline
export function sinOf(u: v128): v128 {
  const y = f64x2.mul(u, u);
  let s = f64x2.splat(6.877360573166326e-12);
  s = next(s, y, -1.7571500746983935e-9);
  s = next(s, y, 3.133616225433416e-7);
  s = next(s, y, -3.657620415891387e-5);
  s = next(s, y, 0.002490394570188844);
  s = next(s, y, -0.08074551218828054);
  s = next(s, y, 0.7853981633974483);
  return f64x2.mul(s, u);
}

/** cos(uπ/4), |u| <= 1. */
// @ts-ignore: decorator
@inline
export function cosOf(u: v128): v128 {
  const y = f64x2.mul(u, u);
  let c = f64x2.splat(1.1365469207731353e-10);
  c = next(c, y, -2.4609507094028117e-8);
  c = next(c, y, 3.590859179850238e-6);
  c = next(c, y, -0.00032599188648354014);
  c = next(c, y, 0.015854344243741547);
  c = next(c, y, -0.30842513753403783);
  return next(c, y, 1.0);
}

/** Sine of the whole angle from s, c of the part within: quarters 0 .. 3 give s, c, -s, -c. */
// @ts-ignore: decorator
@inline
export function sinAt(quarter: v128, s: v128, c: v128): v128 {
  const odd = i64x2.lt_s(i64x2.shl(quarter, 1), i64x2.splat(0));
  return v128.xor(v128.bitselect(c, s, odd), v128.and(quarter, i64x2.splat(0x8000000000000000)));
}

/** Cosine of the whole angle: the sine one quarter further on. */
// @ts-ignore: decorator
@inline
export function cosAt(quarter: v128, s: v128, c: v128): v128 {
  return sinAt(i64x2.add(quarter, i64x2.splat(0x4000000000000000)), s, c);
}

/**
 * value·scale rounded to the nearest integer, half to even, right for |value·scale| < 2^51: an i64 for k = 64; for
 * k = 32 only the lower half of each lane counts, which join takes.
 */
// @ts-ignore: decorator
@inline
export function toInteger<T>(value: v128, scale: v128): v128 {
  const magic = f64x2.splat(6755399441055744.0); // 2^52 + 2^51: an f64 that large has no fraction
  const sum = f64x2.add(f64x2.mul(value, scale), magic);
  return sizeof<T>() == 8 ? i64x2.sub(sum, magic) : sum; // the lower 32 bits of magic are 0
}

/** The angles (as toQuarter gives them) of two words: all of x for k = 64, its lower or upper half for k = 32. */
// @ts-ignore: decorator
@inline
export function quarterOf<T>(x: v128, harmonic: v128, periodBits: i32, upper: bool): v128 {
  const product = times<T>(x, harmonic);
  if (sizeof<T>() == 8) return toQuarter(i64x2.shl(product, 64 - periodBits));
  const wide = upper ? i64x2.extend_high_i32x4_u(product) : i64x2.extend_low_i32x4_u(product);
  return toQuarter(i64x2.shl(wide, 64 - periodBits));
}

/** A vector of words from the integers of its lower and upper half (k = 32), or from one vector (k = 64). */
// @ts-ignore: decorator
@inline
export function join<T>(low: v128, high: v128): v128 {
  if (sizeof<T>() == 8) return low;
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}
