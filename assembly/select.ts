// Products with a masked bit b = bit xor r_b (`bit` public, r_b the dealer's), local given dealt words.
//
// b·v = bit ? v - r_b·v : r_b·v, and r_b·v is linear in public words with dealt coefficients.
// `bit` is a plane: bit i belongs to word i. `n` counts words; `out` may be any of the word inputs.
import {
  bitAt,
  bitsOf,
  chunkBytes,
  maskOfBits,
  negative,
  quarter,
  read,
  shiftRight,
  splatBits,
  times,
  write,
} from './lanes';

/**
 * One step at byte i, the bits of its lanes lowest in `bits`. With T the truncation of c (see truncate.ts),
 * A = ((c+H) >>> s) - (H >>> s) and nn = 1 - msb(c+H):
 *   U = nn·(rbmu << (k-s)) + A·rb             share of r_b·(T + rho)
 *   V = nn·(mu << (k-s)) + (first ? A : 0)    share of T + rho
 *   out = bit ? V - U - sigma : U
 */
// @ts-ignore: decorator
@inline
function selectStep<T, L>(
  i: usize,
  bits: v128,
  out: usize,
  c: usize,
  rb: usize,
  sigma: usize,
  mu: usize,
  rbmu: usize,
  s: i32,
  firstMask: v128,
  muMask: v128,
): void {
  const half = quarter<T>();
  const up = <i32>(sizeof<T>() * 8) - s;
  const x = v128.add<T>(read<T, L>(c + i), half);
  const wraps = v128.andnot(muMask, negative<T>(x));
  const a = v128.sub<T>(shiftRight<T>(x, s), shiftRight<T>(half, s));
  const u = v128.add<T>(
    v128.and(v128.shl<T>(read<T, L>(rbmu + i), up), wraps),
    times<T>(a, read<T, L>(rb + i)),
  );
  const v = v128.add<T>(v128.and(v128.shl<T>(read<T, L>(mu + i), up), wraps), v128.and(a, firstMask));
  const rest = v128.sub<T>(v128.sub<T>(v, u), read<T, L>(sigma + i));
  write<T, L>(out + i, v128.bitselect(rest, u, maskOfBits<T>(bits)));
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
  const firstMask = i32x4.splat(first ? -1 : 0);
  const muMask = i32x4.splat(s ? -1 : 0);
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  while (i + chunkBytes<T>() <= bytes) {
    let bits = splatBits<T>(bitsOf<T>(bit, i));
    for (const end = i + chunkBytes<T>(); i < end; i += 64) {
      selectStep<T, v128>(i, bits, out, c, rb, sigma, mu, rbmu, s, firstMask, muMask);
      bits = shiftRight<T>(bits, lanes);
      selectStep<T, v128>(i + 16, bits, out, c, rb, sigma, mu, rbmu, s, firstMask, muMask);
      bits = shiftRight<T>(bits, lanes);
      selectStep<T, v128>(i + 32, bits, out, c, rb, sigma, mu, rbmu, s, firstMask, muMask);
      bits = shiftRight<T>(bits, lanes);
      selectStep<T, v128>(i + 48, bits, out, c, rb, sigma, mu, rbmu, s, firstMask, muMask);
      bits = shiftRight<T>(bits, lanes);
    }
  }
  for (; i < bytes; i += sizeof<T>()) {
    const bits = v128.splat<T>(bitAt<T>(bit, i / sizeof<T>()));
    selectStep<T, T>(i, bits, out, c, rb, sigma, mu, rbmu, s, firstMask, muMask);
  }
}

/**
 * Party: its share of b·T + r_b·rho, with T = z/2^s as in truncate.ts. rb, sigma, mu, rbmu: its shares of r_b,
 * rho·(1 - 2·r_b), msb r and r_b·msb r. The dealer's term is -r_b·rho (selectDeal's `term`).
 */
export function select32(
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
  select<i32>(out, bit, c, rb, sigma, mu, rbmu, n, s, first);
}

export function select64(
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
  select<i64>(out, bit, c, rb, sigma, mu, rbmu, n, s, first);
}

/** One step at byte i: rho = r >>> s, mu = msb r, p = r_b·rho; sigma = rho - 2p, term = -p, rbmu = r_b·mu. */
// @ts-ignore: decorator
@inline
function dealStep<T, L>(
  i: usize,
  sigma: usize,
  term: usize,
  rbmu: usize,
  mu: usize,
  r: usize,
  rb: usize,
  s: i32,
): void {
  const x = read<T, L>(r + i);
  const keep = v128.neg<T>(read<T, L>(rb + i)); // all ones where r_b = 1
  const rho = shiftRight<T>(x, s);
  const m = shiftRight<T>(x, <i32>(sizeof<T>() * 8 - 1));
  const p = v128.and(rho, keep);
  write<T, L>(sigma + i, v128.sub<T>(v128.sub<T>(rho, p), p));
  write<T, L>(term + i, v128.neg<T>(p));
  write<T, L>(rbmu + i, v128.and(m, keep));
  write<T, L>(mu + i, m);
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
  for (; i + 64 <= bytes; i += 64) {
    dealStep<T, v128>(i, sigma, term, rbmu, mu, r, rb, s);
    dealStep<T, v128>(i + 16, sigma, term, rbmu, mu, r, rb, s);
    dealStep<T, v128>(i + 32, sigma, term, rbmu, mu, r, rb, s);
    dealStep<T, v128>(i + 48, sigma, term, rbmu, mu, r, rb, s);
  }
  for (; i + 16 <= bytes; i += 16) dealStep<T, v128>(i, sigma, term, rbmu, mu, r, rb, s);
  for (; i < bytes; i += sizeof<T>()) dealStep<T, T>(i, sigma, term, rbmu, mu, r, rb, s);
}

/**
 * Dealer: from r and the words rb in {0, 1}: sigma = rho·(1 - 2·r_b), term = -r_b·rho, rbmu = r_b·msb r, mu = msb r.
 * Outputs may be the inputs but not one another.
 */
export function selectDeal32(
  sigma: usize,
  term: usize,
  rbmu: usize,
  mu: usize,
  r: usize,
  rb: usize,
  n: i32,
  s: i32,
): void {
  selectDeal<i32>(sigma, term, rbmu, mu, r, rb, n, s);
}

export function selectDeal64(
  sigma: usize,
  term: usize,
  rbmu: usize,
  mu: usize,
  r: usize,
  rb: usize,
  n: i32,
  s: i32,
): void {
  selectDeal<i64>(sigma, term, rbmu, mu, r, rb, n, s);
}

/** One step at byte i: p = rb·delta - rbd (share of r_b·x), out = bit ? x - p : p. */
// @ts-ignore: decorator
@inline
function wordsStep<T, L>(
  i: usize,
  bits: v128,
  out: usize,
  delta: usize,
  x: usize,
  rb: usize,
  rbd: usize,
): void {
  const p = v128.sub<T>(times<T>(read<T, L>(rb + i), read<T, L>(delta + i)), read<T, L>(rbd + i));
  const rest = v128.sub<T>(read<T, L>(x + i), p);
  write<T, L>(out + i, v128.bitselect(rest, p, maskOfBits<T>(bits)));
}

// @ts-ignore: decorator
@inline
function selectWords<T>(out: usize, bit: usize, delta: usize, x: usize, rb: usize, rbd: usize, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  while (i + chunkBytes<T>() <= bytes) {
    let bits = splatBits<T>(bitsOf<T>(bit, i));
    for (const end = i + chunkBytes<T>(); i < end; i += 64) {
      wordsStep<T, v128>(i, bits, out, delta, x, rb, rbd);
      bits = shiftRight<T>(bits, lanes);
      wordsStep<T, v128>(i + 16, bits, out, delta, x, rb, rbd);
      bits = shiftRight<T>(bits, lanes);
      wordsStep<T, v128>(i + 32, bits, out, delta, x, rb, rbd);
      bits = shiftRight<T>(bits, lanes);
      wordsStep<T, v128>(i + 48, bits, out, delta, x, rb, rbd);
      bits = shiftRight<T>(bits, lanes);
    }
  }
  for (; i < bytes; i += sizeof<T>()) {
    const bits = v128.splat<T>(bitAt<T>(bit, i / sizeof<T>()));
    wordsStep<T, T>(i, bits, out, delta, x, rb, rbd);
  }
}

/** Party: share of b·x for a masked x: delta public, x its share of x, rb and rbd its shares of r_b and r_b·delta_x. */
export function selectWords32(
  out: usize,
  bit: usize,
  delta: usize,
  x: usize,
  rb: usize,
  rbd: usize,
  n: i32,
): void {
  selectWords<i32>(out, bit, delta, x, rb, rbd, n);
}

export function selectWords64(
  out: usize,
  bit: usize,
  delta: usize,
  x: usize,
  rb: usize,
  rbd: usize,
  n: i32,
): void {
  selectWords<i64>(out, bit, delta, x, rb, rbd, n);
}
