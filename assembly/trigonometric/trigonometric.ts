// Sines and cosines of ring words with a period of 2^periodBits, as ring integers, and a party's terms of a
// trigonometric sum: with Δ public and the sine and cosine of δ dealt,
//   sin(Δ - δ) = sin Δ·cos δ - cos Δ·sin δ,    cos(Δ - δ) = cos Δ·cos δ + sin Δ·sin δ.
//
// Angles are harmonic·x·2^-periodBits turns, computed mod 1 without error; 1 <= periodBits <= k. Results are
// deterministic: plain f64 operations in a fixed order. `n` counts words.
import { Address, Count, Source } from '../border';
import { read, times, write } from '../parts/lanes';
import { cosAt, cosOf, join, quarterOf, sinAt, sinOf, toInteger, within } from './parts/sine-cosine';

/** scale·sin of x's angles, rounded. */
// @ts-ignore: decorator
@inline
function sinWords<T>(x: v128, harmonic: v128, periodBits: i32, scale: v128): v128 {
  const low = quarterOf<T>(x, harmonic, periodBits, false);
  const u = within(low);
  const a = toInteger<T>(sinAt(low, sinOf(u), cosOf(u)), scale);
  if (sizeof<T>() == 8) return a;
  const high = quarterOf<T>(x, harmonic, periodBits, true);
  const v = within(high);
  return join<T>(a, toInteger<T>(sinAt(high, sinOf(v), cosOf(v)), scale));
}

/** scale·cos of x's angles, rounded. The work that sinWords shares with this is done once by the compiler. */
// @ts-ignore: decorator
@inline
function cosWords<T>(x: v128, harmonic: v128, periodBits: i32, scale: v128): v128 {
  const low = quarterOf<T>(x, harmonic, periodBits, false);
  const u = within(low);
  const a = toInteger<T>(cosAt(low, sinOf(u), cosOf(u)), scale);
  if (sizeof<T>() == 8) return a;
  const high = quarterOf<T>(x, harmonic, periodBits, true);
  const v = within(high);
  return join<T>(a, toInteger<T>(cosAt(high, sinOf(v), cosOf(v)), scale));
}

// @ts-ignore: decorator
@inline
function sinCosStep<T, L>(
  outSin: usize,
  outCos: usize,
  input: usize,
  harmonic: v128,
  periodBits: i32,
  scale: v128,
  sine: bool,
  cosine: bool,
): void {
  const x = read<T, L>(input);
  if (sine) write<T, L>(outSin, sinWords<T>(x, harmonic, periodBits, scale));
  if (cosine) write<T, L>(outCos, cosWords<T>(x, harmonic, periodBits, scale));
}

/** sine and cosine are constant where this is inlined. */
// @ts-ignore: decorator
@inline
function sinCosLoop<T>(
  outSin: usize,
  outCos: usize,
  input: usize,
  bytes: usize,
  harmonic: v128,
  periodBits: i32,
  scale: v128,
  sine: bool,
  cosine: bool,
): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    sinCosStep<T, v128>(outSin + i, outCos + i, input + i, harmonic, periodBits, scale, sine, cosine);
  }
  for (; i < bytes; i += sizeof<T>()) {
    sinCosStep<T, T>(outSin + i, outCos + i, input + i, harmonic, periodBits, scale, sine, cosine);
  }
}

// @ts-ignore: decorator
@inline
function sinCos<T>(
  outSin: usize,
  outCos: usize,
  input: usize,
  n: i32,
  harmonic: i32,
  periodBits: i32,
  scale: f64,
): void {
  const h = v128.splat<T>(<T>harmonic);
  const by = f64x2.splat(scale);
  const bytes = <usize>n * sizeof<T>();
  if (outSin && outCos) sinCosLoop<T>(outSin, outCos, input, bytes, h, periodBits, by, true, true);
  else if (outSin) sinCosLoop<T>(outSin, outCos, input, bytes, h, periodBits, by, true, false);
  else if (outCos) sinCosLoop<T>(outSin, outCos, input, bytes, h, periodBits, by, false, true);
}

/**
 * outSin = round(scale·sin(2π·harmonic·x / 2^periodBits)), outCos likewise; half to even. Either address may be 0:
 * not wanted. scale <= 2^(k-2), at most 2^50. An output may be the input.
 */
export function sinCos32(
  outSin: Address,
  outCos: Address,
  input: Source,
  n: Count,
  harmonic: i32,
  periodBits: i32,
  scale: f64,
): void {
  sinCos<i32>(outSin, outCos, input, n, harmonic, periodBits, scale);
}

export function sinCos64(
  outSin: Address,
  outCos: Address,
  input: Source,
  n: Count,
  harmonic: i32,
  periodBits: i32,
  scale: f64,
): void {
  sinCos<i64>(outSin, outCos, input, n, harmonic, periodBits, scale);
}

/** One step of sinAdd (cosine false) or cosAdd (cosine true). */
// @ts-ignore: decorator
@inline
function addStep<T, L>(
  i: usize,
  out: usize,
  input: usize,
  sinShare: usize,
  cosShare: usize,
  harmonic: v128,
  periodBits: i32,
  scale: v128,
  cosine: bool,
): void {
  const x = read<T, L>(input + i);
  const s = sinWords<T>(x, harmonic, periodBits, scale);
  const c = cosWords<T>(x, harmonic, periodBits, scale);
  const sd = read<T, L>(sinShare + i);
  const cd = read<T, L>(cosShare + i);
  const sum = cosine
    ? v128.add<T>(times<T>(c, cd), times<T>(s, sd))
    : v128.sub<T>(times<T>(s, cd), times<T>(c, sd));
  write<T, L>(out + i, v128.add<T>(read<T, L>(out + i), sum));
}

// @ts-ignore: decorator
@inline
function add<T>(
  out: usize,
  input: usize,
  sinShare: usize,
  cosShare: usize,
  n: i32,
  harmonic: i32,
  periodBits: i32,
  scale: f64,
  cosine: bool,
): void {
  const h = v128.splat<T>(<T>harmonic);
  const by = f64x2.splat(scale);
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    addStep<T, v128>(i, out, input, sinShare, cosShare, h, periodBits, by, cosine);
  }
  for (; i < bytes; i += sizeof<T>()) {
    addStep<T, T>(i, out, input, sinShare, cosShare, h, periodBits, by, cosine);
  }
}

/**
 * Party: out += round(scale·sin Δ)·cosShare - round(scale·cos Δ)·sinShare, its share of a term b·sin(Δ - δ) from
 * its shares of sin δ and cos δ; scale is b·2^(coefficient scale), |scale| < 2^51, taken mod 2^k when larger.
 */
export function sinAdd32(
  out: Address,
  input: Source,
  sinShare: Source,
  cosShare: Source,
  n: Count,
  harmonic: i32,
  periodBits: i32,
  scale: f64,
): void {
  add<i32>(out, input, sinShare, cosShare, n, harmonic, periodBits, scale, false);
}

export function sinAdd64(
  out: Address,
  input: Source,
  sinShare: Source,
  cosShare: Source,
  n: Count,
  harmonic: i32,
  periodBits: i32,
  scale: f64,
): void {
  add<i64>(out, input, sinShare, cosShare, n, harmonic, periodBits, scale, false);
}

/** Party: out += round(scale·cos Δ)·cosShare + round(scale·sin Δ)·sinShare, its share of a term a·cos(Δ - δ). */
export function cosAdd32(
  out: Address,
  input: Source,
  sinShare: Source,
  cosShare: Source,
  n: Count,
  harmonic: i32,
  periodBits: i32,
  scale: f64,
): void {
  add<i32>(out, input, sinShare, cosShare, n, harmonic, periodBits, scale, true);
}

export function cosAdd64(
  out: Address,
  input: Source,
  sinShare: Source,
  cosShare: Source,
  n: Count,
  harmonic: i32,
  periodBits: i32,
  scale: f64,
): void {
  add<i64>(out, input, sinShare, cosShare, n, harmonic, periodBits, scale, true);
}
