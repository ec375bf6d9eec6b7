// Fixed point: a real x is the ring word round(x * 2^f), half to even, in two's complement.
//
// A word can hold x when -2^(k-1) <= round(x * 2^f) < 2^(k-1). Validity is gathered in a mask without a
// branch on a value; only when some value is invalid are the values looked at one by one, to name the first.
import { Address, Count, Source } from './border';

/** 2^e for a small public integer e, without Math. */
// @ts-ignore: decorator
@inline
function powerOfTwo(e: i32): f64 {
  return reinterpret<f64>(((1023 + e) as i64) << 52);
}

/** round(x * scale), half to even; scaling by a power of two is exact. */
// @ts-ignore: decorator
@inline
function rounded(x: v128, scale: v128): v128 {
  return f64x2.nearest(f64x2.mul(x, scale));
}

/** All ones in the lanes with -bound <= r < bound; a NaN is in no range. */
// @ts-ignore: decorator
@inline
function inRange(r: v128, low: v128, high: v128): v128 {
  return v128.and(f64x2.ge(r, low), f64x2.lt(r, high));
}

/** Index of the first value that k bits cannot hold. */
function firstInvalid(input: usize, n: i32, scale: f64, bound: f64): i32 {
  for (let i = 0; i < n; i++) {
    const r = nearest<f64>(load<f64>(input + ((i as usize) << 3)) * scale);
    if (!(r >= -bound && r < bound)) return i;
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function encodePair32(out: usize, r: v128): void {
  v128.store64_lane(out, i32x4.trunc_sat_f64x2_s_zero(r), 0);
}

// @ts-ignore: decorator
@inline
function encodePair64(out: usize, r: v128): void {
  store<i64>(out, f64x2.extract_lane(r, 0) as i64, 0);
  store<i64>(out, f64x2.extract_lane(r, 1) as i64, 8);
}

// @ts-ignore: decorator
@inline
function encode<T extends number>(out: usize, input: usize, n: i32, fractionBits: i32): i32 {
  const scale = powerOfTwo(fractionBits);
  const bound = powerOfTwo(8 * sizeof<T>() - 1);
  const factor = f64x2.splat(scale);
  const low = f64x2.splat(-bound);
  const high = f64x2.splat(bound);
  let valid = i64x2.splat(-1);
  let p = input;
  let left = n;
  for (; left >= 4; left -= 4) {
    const r0 = rounded(v128.load(p, 0), factor);
    const r1 = rounded(v128.load(p, 16), factor);
    valid = v128.and(valid, v128.and(inRange(r0, low, high), inRange(r1, low, high)));
    if (sizeof<T>() == 4) {
      encodePair32(out, r0);
      encodePair32(out + 8, r1);
    } else {
      encodePair64(out, r0);
      encodePair64(out + 16, r1);
    }
    p += 32;
    out += 4 * sizeof<T>();
  }
  for (; left > 0; left--) {
    const r = rounded(v128.load64_splat(p), factor);
    valid = v128.and(valid, inRange(r, low, high));
    if (sizeof<T>() == 4) store<i32>(out, i32x4.extract_lane(i32x4.trunc_sat_f64x2_s_zero(r), 0));
    else store<i64>(out, f64x2.extract_lane(r, 0) as i64);
    p += 8;
    out += sizeof<T>();
  }
  return i64x2.all_true(valid) ? -1 : firstInvalid(input, n, scale, bound);
}

/**
 * out[i] = round(input[i] * 2^f); the index of the first value out of range or NaN, or -1 when there is none.
 */
export function encode32(out: Address, input: Source, n: Count, fractionBits: i32): i32 {
  return encode<i32>(out, input, n, fractionBits);
}
export function encode64(out: Address, input: Source, n: Count, fractionBits: i32): i32 {
  return encode<i64>(out, input, n, fractionBits);
}

/** out[i] = input[i] * 2^-f as f64; exact for k = 32, to the nearest double for k = 64. */
export function decode32(out: Address, input: Source, n: Count, fractionBits: i32): void {
  const factor = f64x2.splat(powerOfTwo(-fractionBits));
  for (; n >= 4; n -= 4) {
    const x = v128.load(input);
    v128.store(out, f64x2.mul(f64x2.convert_low_i32x4_s(x), factor), 0);
    v128.store(out, f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<i64>(x, x, 1, 0)), factor), 16);
    input += 16;
    out += 32;
  }
  for (; n > 0; n--) {
    store<f64>(out, (load<i32>(input) as f64) * f64x2.extract_lane(factor, 0));
    input += 4;
    out += 8;
  }
}
export function decode64(out: Address, input: Source, n: Count, fractionBits: i32): void {
  const factor = powerOfTwo(-fractionBits);
  for (; n > 0; n--) {
    store<f64>(out, (load<i64>(input) as f64) * factor);
    input += 8;
    out += 8;
  }
}
