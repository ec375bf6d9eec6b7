// Truncation by an opened masked value, and the logical shifts that its dealer needs.
//
// H = 2^(k-2). The parties open c = z + r (mod 2^k) with |z| < H and r uniform; the dealer shares rho = r >>> s and
// mu = msb r. z + H has msb 0, so c + H = (z + H) + r wraps exactly when msb(c + H) = 0 and msb r = 1, and
//   T = ((c + H) >>> s) - (H >>> s) + (1 - msb(c + H))·mu·2^(k-s) - rho
// is floor(z / 2^s), plus 1 exactly when (c + H) mod 2^s < z mod 2^s: stochastic rounding with a public coin.
// 0 <= s <= k-2 (s = 0: T = z, for every z). `n` counts words; `out` may be any of the inputs.
import { negative, quarter, read, shiftRight, write } from './lanes';
export * from './select';

/** One step at byte i: out = [base] + [A] + (1 - msb(c + H))·(mu << (k-s)); the masks switch the terms in [ ]. */
// @ts-ignore: decorator
@inline
function truncateStep<T, L>(
  i: usize,
  out: usize,
  base: usize,
  c: usize,
  mu: usize,
  s: i32,
  baseMask: v128,
  firstMask: v128,
  muMask: v128,
): void {
  const half = quarter<T>();
  const x = v128.add<T>(read<T, L>(c + i), half);
  const raised = v128.shl<T>(read<T, L>(mu + i), <i32>(sizeof<T>() * 8) - s);
  const wrap = v128.andnot(v128.and(raised, muMask), negative<T>(x));
  const a = v128.sub<T>(shiftRight<T>(x, s), shiftRight<T>(half, s));
  const sum = v128.add<T>(wrap, v128.and(a, firstMask));
  write<T, L>(out + i, v128.add<T>(sum, v128.and(read<T, L>(base + i), baseMask)));
}

// @ts-ignore: decorator
@inline
function truncate<T>(out: usize, base: usize, c: usize, mu: usize, n: i32, s: i32, first: i32): void {
  const baseMask = i32x4.splat(base ? -1 : 0);
  const firstMask = i32x4.splat(first ? -1 : 0);
  const muMask = i32x4.splat(s ? -1 : 0); // s = 0: 2^k = 0, but the shift instruction takes k mod k
  if (!base) base = c;
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    truncateStep<T, v128>(i, out, base, c, mu, s, baseMask, firstMask, muMask);
    truncateStep<T, v128>(i + 16, out, base, c, mu, s, baseMask, firstMask, muMask);
    truncateStep<T, v128>(i + 32, out, base, c, mu, s, baseMask, firstMask, muMask);
    truncateStep<T, v128>(i + 48, out, base, c, mu, s, baseMask, firstMask, muMask);
  }
  for (; i + 16 <= bytes; i += 16) truncateStep<T, v128>(i, out, base, c, mu, s, baseMask, firstMask, muMask);
  for (; i < bytes; i += sizeof<T>()) truncateStep<T, T>(i, out, base, c, mu, s, baseMask, firstMask, muMask);
}

/**
 * Party: out = base + (first ? ((c+H) >>> s) - (H >>> s) : 0) + (msb(c+H) ? 0 : mu << (k-s)), so that the sum of
 * all parties' out, minus rho, is the sum of their bases + T. `c` is opened without H; base 0 stands for zeros.
 */
export function truncate32(out: usize, base: usize, c: usize, mu: usize, n: i32, s: i32, first: i32): void {
  truncate<i32>(out, base, c, mu, n, s, first);
}

export function truncate64(out: usize, base: usize, c: usize, mu: usize, n: i32, s: i32, first: i32): void {
  truncate<i64>(out, base, c, mu, n, s, first);
}

// @ts-ignore: decorator
@inline
function shr<T>(out: usize, input: usize, n: i32, s: i32): void {
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    const a = v128.load(input + i);
    const b = v128.load(input + i, 16);
    const c = v128.load(input + i, 32);
    const d = v128.load(input + i, 48);
    v128.store(out + i, shiftRight<T>(a, s));
    v128.store(out + i, shiftRight<T>(b, s), 16);
    v128.store(out + i, shiftRight<T>(c, s), 32);
    v128.store(out + i, shiftRight<T>(d, s), 48);
  }
  for (; i + 16 <= bytes; i += 16) v128.store(out + i, shiftRight<T>(v128.load(input + i), s));
  for (; i < bytes; i += sizeof<T>()) write<T, T>(out + i, shiftRight<T>(read<T, T>(input + i), s));
}

/** out = input >>> s (logical), 0 <= s < k. Dealer: rho with the truncation's s, msb r with s = k-1. */
export function shr32(out: usize, input: usize, n: i32, s: i32): void {
  shr<i32>(out, input, n, s);
}

export function shr64(out: usize, input: usize, n: i32, s: i32): void {
  shr<i64>(out, input, n, s);
}
