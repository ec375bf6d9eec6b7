// Polynomials in a public vector over the ring, times dealt words: all a party needs to evaluate p(Δ - δ) locally.
//
// p(Δ - δ) = Σ_t g_t(Δ)·δ^t with g_t = (-1)^t·p^(t)/t!, and each term is one call: out += g_t(Δ)·[δ^t].
import { Address, Count, Source } from './border';
import { read, times, write } from './parts/lanes';

/** Σ_j c_j·x^j by Horner's rule in every lane; `last` is the address of the highest coefficient. */
// @ts-ignore: decorator
@inline
function horner<T>(x: v128, coefficients: usize, last: usize): v128 {
  let sum = v128.load_splat<T>(last);
  for (let c = last; c > coefficients; ) {
    c -= sizeof<T>();
    sum = v128.add<T>(times<T>(sum, x), v128.load_splat<T>(c));
  }
  return sum;
}

/** One step at byte i: out += p(x)·factor (factor 0: 1). */
// @ts-ignore: decorator
@inline
function step<T, L>(i: usize, out: usize, factor: usize, value: v128): void {
  const term = factor ? times<T>(value, read<T, L>(factor + i)) : value;
  write<T, L>(out + i, v128.add<T>(read<T, L>(out + i), term));
}

// @ts-ignore: decorator
@inline
function hornerMulAdd<T>(
  out: usize,
  x: usize,
  coefficients: usize,
  degree: i32,
  factor: usize,
  n: i32,
): void {
  const last = coefficients + <usize>degree * sizeof<T>();
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    // four independent sums, so that one's products hide behind the others'
    const xa = v128.load(x + i);
    const xb = v128.load(x + i, 16);
    const xc = v128.load(x + i, 32);
    const xd = v128.load(x + i, 48);
    let a = v128.load_splat<T>(last);
    let b = a;
    let c = a;
    let d = a;
    for (let p = last; p > coefficients; ) {
      p -= sizeof<T>();
      const next = v128.load_splat<T>(p);
      a = v128.add<T>(times<T>(a, xa), next);
      b = v128.add<T>(times<T>(b, xb), next);
      c = v128.add<T>(times<T>(c, xc), next);
      d = v128.add<T>(times<T>(d, xd), next);
    }
    step<T, v128>(i, out, factor, a);
    step<T, v128>(i + 16, out, factor, b);
    step<T, v128>(i + 32, out, factor, c);
    step<T, v128>(i + 48, out, factor, d);
  }
  for (; i + 16 <= bytes; i += 16) {
    step<T, v128>(i, out, factor, horner<T>(v128.load(x + i), coefficients, last));
  }
  for (; i < bytes; i += sizeof<T>()) {
    step<T, T>(i, out, factor, horner<T>(read<T, T>(x + i), coefficients, last));
  }
}

/**
 * out += (Σ_{j=0..degree} c_j·x^j)·factor mod 2^k: words c_j at `coefficients`, lowest first; factor 0 stands for
 * ones. degree >= 0; `out` may be x or factor.
 */
export function hornerMulAdd32(
  out: Address,
  x: Source,
  coefficients: Source,
  degree: i32,
  factor: Source,
  n: Count,
): void {
  hornerMulAdd<i32>(out, x, coefficients, degree, factor, n);
}

export function hornerMulAdd64(
  out: Address,
  x: Source,
  coefficients: Source,
  degree: i32,
  factor: Source,
  n: Count,
): void {
  hornerMulAdd<i64>(out, x, coefficients, degree, factor, n);
}
