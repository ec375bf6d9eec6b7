// All harmonics of a trigonometric sum in one pass: cosine and sine of the first are computed, the others follow by
// adding angles, sin(j+1)θ = sin jθ·cos θ + cos jθ·sin θ. Errors stay below 2^-45 for up to 32 harmonics.
//
// The dealt words stand vector by vector, as the sums take them: for each 16 bytes of words (the last words one by
// one) sin θ, cos θ, sin 2θ, cos 2θ, .. sin Hθ, cos Hθ of these words; 2·H·n words in all.
import { Address, Count, Source } from '../border';
import { read, times, write } from '../parts/lanes';
import { cosAt, cosOf, join, quarterOf, sinAt, sinOf, toInteger, within } from './parts/sine-cosine';

/** Bytes from one entry to the next: of full vectors or of single words. */
// @ts-ignore: decorator
@inline
function entry<T, L>(): usize {
  return sizeof<L>() == 16 ? 16 : sizeof<T>();
}

/** sin aθ·cos θ + cos aθ·sin θ. */
// @ts-ignore: decorator
@inline
function sinSum(s: v128, c: v128, s1: v128, c1: v128): v128 {
  return f64x2.add(f64x2.mul(s, c1), f64x2.mul(c, s1));
}

/** cos aθ·cos θ - sin aθ·sin θ. */
// @ts-ignore: decorator
@inline
function cosSum(s: v128, c: v128, s1: v128, c1: v128): v128 {
  return f64x2.sub(f64x2.mul(c, c1), f64x2.mul(s, s1));
}

/** One vector (or word) of x: its count pairs to `out`. For k = 32 the upper two lanes have their own angles. */
// @ts-ignore: decorator
@inline
function dealStep<T, L>(out: usize, x: v128, count: i32, periodBits: i32, scale: v128): void {
  const one = v128.splat<T>(<T>1);
  const low = quarterOf<T>(x, one, periodBits, false);
  const high = sizeof<T>() == 4 ? quarterOf<T>(x, one, periodBits, true) : low;
  const u = within(low);
  const v = within(high);
  const s1 = sinAt(low, sinOf(u), cosOf(u));
  const c1 = cosAt(low, sinOf(u), cosOf(u));
  const t1 = sinAt(high, sinOf(v), cosOf(v));
  const d1 = cosAt(high, sinOf(v), cosOf(v));
  let s = s1;
  let c = c1;
  let t = t1;
  let d = d1;
  for (; count > 0; count--) {
    write<T, L>(out, join<T>(toInteger<T>(s, scale), toInteger<T>(t, scale)));
    write<T, L>(out + entry<T, L>(), join<T>(toInteger<T>(c, scale), toInteger<T>(d, scale)));
    out += 2 * entry<T, L>();
    const next = sinSum(s, c, s1, c1);
    c = cosSum(s, c, s1, c1);
    s = next;
    const last = sinSum(t, d, t1, d1);
    d = cosSum(t, d, t1, d1);
    t = last;
  }
}

// @ts-ignore: decorator
@inline
function harmonics<T>(out: usize, input: usize, n: i32, count: i32, periodBits: i32, scale: f64): void {
  const by = f64x2.splat(scale);
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    dealStep<T, v128>(out, v128.load(input + i), count, periodBits, by);
    out += 32 * <usize>count;
  }
  for (; i < bytes; i += sizeof<T>()) {
    dealStep<T, T>(out, read<T, T>(input + i), count, periodBits, by);
    out += 2 * sizeof<T>() * <usize>count;
  }
}

/**
 * Dealer: round(scale·sin(j·θ)) and round(scale·cos(j·θ)), θ = 2πx / 2^periodBits, for j = 1 .. count in the order
 * above. Not in place.
 */
export function harmonics32(
  out: Address,
  input: Source,
  n: Count,
  count: Count,
  periodBits: i32,
  scale: f64,
): void {
  harmonics<i32>(out, input, n, count, periodBits, scale);
}

export function harmonics64(
  out: Address,
  input: Source,
  n: Count,
  count: Count,
  periodBits: i32,
  scale: f64,
): void {
  harmonics<i64>(out, input, n, count, periodBits, scale);
}

/** round(factor·value) of the lower and the upper angles, as words. */
// @ts-ignore: decorator
@inline
function scaled<T>(low: v128, high: v128, factor: v128): v128 {
  return join<T>(toInteger<T>(low, factor), toInteger<T>(high, factor));
}

/** One vector (or word) of Δ: the sums over j. `sloped` is constant where this is inlined. */
// @ts-ignore: decorator
@inline
function sumStep<T, L>(
  out: usize,
  slope: usize,
  x: v128,
  dealt: usize,
  count: i32,
  periodBits: i32,
  factors: usize,
  sloped: bool,
): void {
  const one = v128.splat<T>(<T>1);
  const low = quarterOf<T>(x, one, periodBits, false);
  const high = sizeof<T>() == 4 ? quarterOf<T>(x, one, periodBits, true) : low;
  const u = within(low);
  const v = within(high);
  const s1 = sinAt(low, sinOf(u), cosOf(u));
  const c1 = cosAt(low, sinOf(u), cosOf(u));
  const t1 = sinAt(high, sinOf(v), cosOf(v));
  const d1 = cosAt(high, sinOf(v), cosOf(v));
  let s = s1;
  let c = c1;
  let t = t1;
  let d = d1;
  let sum = read<T, L>(out);
  let slopes = sloped ? read<T, L>(slope) : sum;
  for (let j = count; j > 0; j--) {
    const sines = read<T, L>(dealt);
    const cosines = read<T, L>(dealt + entry<T, L>());
    const b = v128.load64_splat(factors);
    sum = v128.add<T>(sum, times<T>(scaled<T>(s, t, b), cosines));
    sum = v128.sub<T>(sum, times<T>(scaled<T>(c, d, b), sines));
    if (sloped) {
      const w = v128.load64_splat(factors + 8);
      slopes = v128.add<T>(slopes, times<T>(scaled<T>(c, d, w), cosines));
      slopes = v128.add<T>(slopes, times<T>(scaled<T>(s, t, w), sines));
    }
    dealt += 2 * entry<T, L>();
    factors += 16;
    const next = sinSum(s, c, s1, c1);
    c = cosSum(s, c, s1, c1);
    s = next;
    const last = sinSum(t, d, t1, d1);
    d = cosSum(t, d, t1, d1);
    t = last;
  }
  write<T, L>(out, sum);
  if (sloped) write<T, L>(slope, slopes);
}

// @ts-ignore: decorator
@inline
function sumLoop<T>(
  out: usize,
  slope: usize,
  input: usize,
  dealt: usize,
  n: i32,
  count: i32,
  periodBits: i32,
  factors: usize,
  sloped: bool,
): void {
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const x = v128.load(input + i);
    sumStep<T, v128>(out + i, slope + i, x, dealt, count, periodBits, factors, sloped);
    dealt += 32 * <usize>count;
  }
  for (; i < bytes; i += sizeof<T>()) {
    const x = read<T, T>(input + i);
    sumStep<T, T>(out + i, slope + i, x, dealt, count, periodBits, factors, sloped);
    dealt += 2 * sizeof<T>() * <usize>count;
  }
}

/**
 * Party, θ = 2πΔ / 2^periodBits, S_j and C_j its shares of the dealt sines and cosines of δ:
 *   out   += Σ_j round(b_j·sin jθ)·C_j - round(b_j·cos jθ)·S_j    its share of Σ_j b_j·sin(j(θ - θ_δ))
 *   slope += Σ_j round(w_j·cos jθ)·C_j + round(w_j·sin jθ)·S_j    its share of Σ_j w_j·cos(j(θ - θ_δ))
 * factors: count pairs of f64 (b_j, w_j), |b_j|, |w_j| <= 2^50; slope 0: not wanted.
 */
export function harmonicSum32(
  out: Address,
  slope: Address,
  input: Source,
  dealt: Source,
  n: Count,
  count: Count,
  periodBits: i32,
  factors: Source,
): void {
  if (slope) sumLoop<i32>(out, slope, input, dealt, n, count, periodBits, factors, true);
  else sumLoop<i32>(out, slope, input, dealt, n, count, periodBits, factors, false);
}

export function harmonicSum64(
  out: Address,
  slope: Address,
  input: Source,
  dealt: Source,
  n: Count,
  count: Count,
  periodBits: i32,
  factors: Source,
): void {
  if (slope) sumLoop<i64>(out, slope, input, dealt, n, count, periodBits, factors, true);
  else sumLoop<i64>(out, slope, input, dealt, n, count, periodBits, factors, false);
}
