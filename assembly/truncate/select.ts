// Products with a masked bit b = bit xor r_b (`bit` public, r_b the dealer's), local given dealt words.
//
// b·v = bit ? v - r_b·v : r_b·v, and r_b·v is linear in public words with dealt coefficients.
// `bit` is a plane: bit i belongs to word i. `n` counts words; `out` may be any of the word inputs.
import { Address, Count, Source } from '../border';
import {
  bitAt,
  chunkBytes,
  maskOfBits,
  negative,
  quarter,
  raise,
  raising,
  read,
  shiftRight,
  splatBits,
  times,
  write,
} from '../parts/lanes';

/**
 * One step, the bits of its lanes lowest in `bits`. With T the truncation of c (see truncate.ts),
 * A = ((c+H) >>> s) - (H >>> s) and nn = 1 - msb(c+H):
 *   U = nn·(rbmu << (k-s)) + A·rb             share of r_b·(T + rho)
 *   V = nn·(mu << (k-s)) + (first ? A : 0)    share of T + rho
 *   out = bit ? V - U - sigma : U
 * The factors of nn·2^(k-s) and of A are chosen by bit first; `one` is 1 at the first party, else 0.
 */
// @ts-ignore: decorator
@inline
function selectStep<T, L>(
  bits: v128,
  out: usize,
  c: usize,
  rb: usize,
  sigma: usize,
  mu: usize,
  rbmu: usize,
  s: i32,
  one: v128,
  by: v128,
): void {
  const bit = maskOfBits<T>(bits);
  const half = quarter<T>();
  const x = v128.add<T>(read<T, L>(c), half);
  const a = v128.sub<T>(shiftRight<T>(x, s), shiftRight<T>(half, s));
  const ofWrap = choose<T>(bit, read<T, L>(mu), read<T, L>(rbmu));
  const ofA = choose<T>(bit, one, read<T, L>(rb));
  const wrap = v128.andnot(raise<T>(ofWrap, s, by), negative<T>(x));
  const sum = v128.add<T>(wrap, times<T>(a, ofA));
  write<T, L>(out, v128.sub<T>(sum, v128.and(bit, read<T, L>(sigma))));
}

/** bit ? v - u : u = (bit and v) + (u negated where bit is all ones). */
// @ts-ignore: decorator
@inline
function choose<T>(bit: v128, v: v128, u: v128): v128 {
  return v128.add<T>(v128.and(bit, v), v128.sub<T>(v128.xor(u, bit), bit));
}

// @ts-ignore: decorator
@inline
function select<T>(
  out: usize,
  bit: usize,
  c: usize,
  rb: usize,
  sigma: usize,
  mu: usize,
  rbmu: usize,
  n: i32,
  s: i32,
  first: i32,
): void {
  const lanes = <i32>(16 / sizeof<T>());
  const chunk = <i32>(8 * sizeof<T>());
  const one = v128.splat<T>(<T>(first ? 1 : 0));
  const by = raising<T>(s);
  for (; n >= chunk; n -= chunk) {
    let bits = splatBits<T>(bit);
    for (const end = out + chunkBytes<T>(); out < end; ) {
      selectStep<T, v128>(bits, out, c, rb, sigma, mu, rbmu, s, one, by);
      bits = shiftRight<T>(bits, lanes);
      selectStep<T, v128>(bits, out + 16, c + 16, rb + 16, sigma + 16, mu + 16, rbmu + 16, s, one, by);
      bits = shiftRight<T>(bits, lanes);
      selectStep<T, v128>(bits, out + 32, c + 32, rb + 32, sigma + 32, mu + 32, rbmu + 32, s, one, by);
      bits = shiftRight<T>(bits, lanes);
      selectStep<T, v128>(bits, out + 48, c + 48, rb + 48, sigma + 48, mu + 48, rbmu + 48, s, one, by);
      bits = shiftRight<T>(bits, lanes);
      out += 64;
      c += 64;
      rb += 64;
      sigma += 64;
      mu += 64;
      rbmu += 64;
    }
    bit += sizeof<T>();
  }
  for (let i: usize = 0; i < <usize>n; i++) {
    const o = i * sizeof<T>();
    const bits = v128.splat<T>(bitAt<T>(bit, i));
    selectStep<T, T>(bits, out + o, c + o, rb + o, sigma + o, mu + o, rbmu + o, s, one, by);
  }
}

/**
 * Party: its share of b·T + r_b·rho, with T = z/2^s as in truncate.ts. rb, sigma, mu, rbmu: its shares of r_b,
 * rho·(1 - 2·r_b), msb r and r_b·msb r. The dealer's term is -r_b·rho (selectDeal's `term`).
 */
export function select32(
  out: Address,
  bit: Source,
  c: Source,
  rb: Source,
  sigma: Source,
  mu: Source,
  rbmu: Source,
  n: Count,
  s: i32,
  first: i32,
): void {
  select<i32>(out, bit, c, rb, sigma, mu, rbmu, n, s, first);
}

export function select64(
  out: Address,
  bit: Source,
  c: Source,
  rb: Source,
  sigma: Source,
  mu: Source,
  rbmu: Source,
  n: Count,
  s: i32,
  first: i32,
): void {
  select<i64>(out, bit, c, rb, sigma, mu, rbmu, n, s, first);
}

/** One step: rho = r >>> s, mu = msb r, p = r_b·rho; sigma = rho - 2p, term = -p, rbmu = r_b·mu. */
// @ts-ignore: decorator
@inline
function dealStep<T, L>(
  sigma: usize,
  term: usize,
  rbmu: usize,
  mu: usize,
  r: usize,
  rb: usize,
  s: i32,
): void {
  const x = read<T, L>(r);
  const keep = v128.neg<T>(read<T, L>(rb)); // all ones where r_b = 1
  const rho = shiftRight<T>(x, s);
  const m = shiftRight<T>(x, <i32>(sizeof<T>() * 8 - 1));
  const p = v128.and(rho, keep);
  write<T, L>(sigma, v128.sub<T>(v128.sub<T>(rho, p), p));
  write<T, L>(term, v128.neg<T>(p));
  write<T, L>(rbmu, v128.and(m, keep));
  write<T, L>(mu, m);
}

// @ts-ignore: decorator
@inline
function selectDeal<T>(
  sigma: usize,
  term: usize,
  rbmu: usize,
  mu: usize,
  r: usize,
  rb: usize,
  n: i32,
  s: i32,
): void {
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    dealStep<T, v128>(sigma + i, term + i, rbmu + i, mu + i, r + i, rb + i, s);
  }
  for (; i < bytes; i += sizeof<T>()) {
    dealStep<T, T>(sigma + i, term + i, rbmu + i, mu + i, r + i, rb + i, s);
  }
}

/**
 * Dealer: from r and the words rb in {0, 1}: sigma = rho·(1 - 2·r_b), term = -r_b·rho, rbmu = r_b·msb r, mu = msb r.
 * Outputs may be the inputs but not one another.
 */
export function selectDeal32(
  sigma: Address,
  term: Address,
  rbmu: Address,
  mu: Address,
  r: Source,
  rb: Source,
  n: Count,
  s: i32,
): void {
  selectDeal<i32>(sigma, term, rbmu, mu, r, rb, n, s);
}

export function selectDeal64(
  sigma: Address,
  term: Address,
  rbmu: Address,
  mu: Address,
  r: Source,
  rb: Source,
  n: Count,
  s: i32,
): void {
  selectDeal<i64>(sigma, term, rbmu, mu, r, rb, n, s);
}
