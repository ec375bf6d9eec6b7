// Truncation by an opened masked value, and the logical shifts that its dealer needs.
//
// H = 2^(k-2). The parties open c = z + r (mod 2^k) with |z| < H and r uniform; the dealer shares rho = r >>> s and
// mu = msb r. z + H has msb 0, so c + H = (z + H) + r wraps exactly when msb(c + H) = 0 and msb r = 1, and
//   T = ((c + H) >>> s) - (H >>> s) + (1 - msb(c + H))·mu·2^(k-s) - rho
// is floor(z / 2^s), plus 1 exactly when (c + H) mod 2^s < z mod 2^s: stochastic rounding with a public coin.
// 0 <= s <= k-2 (s = 0: T = z, for every z). `n` counts words; `out` may be any of the inputs.
import { Address, Count, Source } from '../border';
import { negative, quarter, raise, raising, read, shiftRight, write } from '../parts/lanes';

/** One step: out = [base] + [A] + (1 - msb(c + H))·mu·2^(k-s), A = ((c+H) >>> s) - (H >>> s); masks switch the [ ]. */
// @ts-ignore: decorator
@inline
function truncateStep<T, L>(
  out: usize,
  base: usize,
  c: usize,
  mu: usize,
  s: i32,
  baseMask: v128,
  firstMask: v128,
  by: v128,
): void {
  const half = quarter<T>();
  const x = v128.add<T>(read<T, L>(c), half);
  const wrap = v128.andnot(raise<T>(read<T, L>(mu), s, by), negative<T>(x));
  const a = v128.sub<T>(shiftRight<T>(x, s), shiftRight<T>(half, s));
  const sum = v128.add<T>(wrap, v128.and(a, firstMask));
  write<T, L>(out, v128.add<T>(sum, v128.and(read<T, L>(base), baseMask)));
}

// @ts-ignore: decorator
@inline
function truncate<T>(out: usize, base: usize, c: usize, mu: usize, n: i32, s: i32, first: i32): void {
  const baseMask = i32x4.splat(base ? -1 : 0);
  const firstMask = i32x4.splat(first ? -1 : 0);
  const by = raising<T>(s);
  if (!base) base = c;
  const lanes = <i32>(16 / sizeof<T>());
  for (; n >= 4 * lanes; n -= 4 * lanes) {
    truncateStep<T, v128>(out, base, c, mu, s, baseMask, firstMask, by);
    truncateStep<T, v128>(out + 16, base + 16, c + 16, mu + 16, s, baseMask, firstMask, by);
    truncateStep<T, v128>(out + 32, base + 32, c + 32, mu + 32, s, baseMask, firstMask, by);
    truncateStep<T, v128>(out + 48, base + 48, c + 48, mu + 48, s, baseMask, firstMask, by);
    out += 64;
    base += 64;
    c += 64;
    mu += 64;
  }
  for (; n >= lanes; n -= lanes) {
    truncateStep<T, v128>(out, base, c, mu, s, baseMask, firstMask, by);
    out += 16;
    base += 16;
    c += 16;
    mu += 16;
  }
  for (; n > 0; n--) {
    truncateStep<T, T>(out, base, c, mu, s, baseMask, firstMask, by);
    out += sizeof<T>();
    base += sizeof<T>();
    c += sizeof<T>();
    mu += sizeof<T>();
  }
}

/**
 * Party: out = base + (first ? ((c+H) >>> s) - (H >>> s) : 0) + (msb(c+H) ? 0 : mu << (k-s)), so that the sum of
 * all parties' out, minus rho, is the sum of their bases + T. `c` is opened without H; base 0 stands for zeros.
 */
export function truncate32(
  out: Address,
  base: Source,
  c: Source,
  mu: Source,
  n: Count,
  s: i32,
  first: i32,
): void {
  truncate<i32>(out, base, c, mu, n, s, first);
}

export function truncate64(
  out: Address,
  base: Source,
  c: Source,
  mu: Source,
  n: Count,
  s: i32,
  first: i32,
): void {
  truncate<i64>(out, base, c, mu, n, s, first);
}

/** One step of {@link lift32}; `lowMask` keeps what of A is not t's. */
// @ts-ignore: decorator
@inline
function liftStep<T, L>(c: usize, v: usize, mu: usize, s: i32, lowMask: v128, by: v128): void {
  const half = quarter<T>();
  const x = v128.add<T>(read<T, L>(c), half);
  const wrap = v128.andnot(raise<T>(read<T, L>(mu), s, by), negative<T>(x));
  const a = v128.sub<T>(shiftRight<T>(x, s), shiftRight<T>(half, s));
  write<T, L>(c, v128.add<T>(v128.and(a, lowMask), v128.add<T>(wrap, read<T, L>(v))));
}

// @ts-ignore: decorator
@inline
function lift<T>(c: usize, v: usize, mu: usize, n: i32, s: i32, first: i32): void {
  const by = raising<T>(s);
  const lowMask = first ? i32x4.splat(-1) : shiftRight<T>(i32x4.splat(-1), s);
  const lanes = <i32>(16 / sizeof<T>());
  for (; n >= lanes; n -= lanes) {
    liftStep<T, v128>(c, v, mu, s, lowMask, by);
    c += 16;
    v += 16;
    mu += 16;
  }
  for (; n > 0; n--) {
    liftStep<T, T>(c, v, mu, s, lowMask, by);
    c += sizeof<T>();
    v += sizeof<T>();
    mu += sizeof<T>();
  }
}

/**
 * Party, in place of the opened c: A = ((c+H) >>> s) - (H >>> s), plus (1 - msb(c+H))·mu·2^(k-s) and v. What stands in the top
 * s bits, added up over all parties, and what stands below, the same at all, are the value under its mask: the sign of A
 * reaches into the top bits at the first party alone. `v` has zeros below its top s bits.
 */
export function lift32(c: Address, v: Source, mu: Source, n: Count, s: i32, first: i32): void {
  lift<i32>(c, v, mu, n, s, first);
}
export function lift64(c: Address, v: Source, mu: Source, n: Count, s: i32, first: i32): void {
  lift<i64>(c, v, mu, n, s, first);
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
export function shr32(out: Address, input: Source, n: Count, s: i32): void {
  shr<i32>(out, input, n, s);
}

export function shr64(out: Address, input: Source, n: Count, s: i32): void {
  shr<i64>(out, input, n, s);
}
