// Comparison of a public Δ with a secret δ, one digit of m <= 6 bits at a time, 128 values an instruction.
//
// The dealer shares (xor) all products of the bits of δ's digit; each party then evaluates on its shares
//   eq = ∏_j (δ_j xor ¬Δ_j)                            Δ = δ
//   lt = xor_j ¬Δ_j·δ_j·∏_{i>j} (δ_i xor ¬Δ_i)         Δ < δ
// both linear in the products A[S] = ∏_{j in S} δ_j. A product ∏_{j in J} (δ_j xor n_j) folds one bit at a time:
// A'[S] = A[S with j] xor n_j·A[S], from the top bit down, so that lt's terms appear on the way.
//
// Planes: bit 0 of a digit is plane 0. Products stand block by block rather than plane by plane, since a block takes
// them all at once: the 128-bit block i of A[S] is block (2^m - 1)·i + S - 1, S = 1 .. 2^m - 1 read as a set of bits
// (bit j of the number S: bit j of the digit is a factor). Bits of values past the last are not kept zero.
import { Address, Count, Source } from '../border';

/** A block's share of A[S]; S >= 1. */
// @ts-ignore: decorator
@inline
function at(products: usize, S: usize): v128 {
  return v128.load(products + (S - 1) * 16);
}

/** x xor n·y. */
// @ts-ignore: decorator
@inline
function mix(x: v128, n: v128, y: v128): v128 {
  return v128.xor(x, v128.and(n, y));
}

// fold1 .. fold5: A[S] after folding the top 1 .. 5 bits. `top` = 2^(m-1), na = ¬Δ of the top bit, nb of the next ...

// @ts-ignore: decorator
@inline
function fold1(p: usize, S: usize, top: usize, na: v128): v128 {
  return mix(at(p, S + top), na, at(p, S));
}

// @ts-ignore: decorator
@inline
function fold2(p: usize, S: usize, top: usize, na: v128, nb: v128): v128 {
  return mix(fold1(p, S + (top >> 1), top, na), nb, fold1(p, S, top, na));
}

// @ts-ignore: decorator
@inline
function fold3(p: usize, S: usize, top: usize, na: v128, nb: v128, nc: v128): v128 {
  return mix(fold2(p, S + (top >> 2), top, na, nb), nc, fold2(p, S, top, na, nb));
}

// @ts-ignore: decorator
@inline
function fold4(p: usize, S: usize, top: usize, na: v128, nb: v128, nc: v128, nd: v128): v128 {
  return mix(fold3(p, S + (top >> 3), top, na, nb, nc), nd, fold3(p, S, top, na, nb, nc));
}

// @ts-ignore: decorator
@inline
function fold5(p: usize, S: usize, top: usize, na: v128, nb: v128, nc: v128, nd: v128, ne: v128): v128 {
  return mix(fold4(p, S + (top >> 4), top, na, nb, nc, nd), ne, fold4(p, S, top, na, nb, nc, nd));
}

/** ¬Δ of bit j. */
// @ts-ignore: decorator
@inline
function inverted(delta: usize, stride: usize, j: usize): v128 {
  return v128.not(v128.load(delta + j * stride));
}

/** The whole digit for a width m that is constant where this is inlined; x is A[{j}] with the bits above j folded. */
// @ts-ignore: decorator
@inline
function leafBlocks(lt: usize, eq: usize, delta: usize, p: usize, m: usize, d: usize, one: v128): void {
  const top: usize = 1 << (m - 1);
  for (const end = lt + d; lt < end; lt += 16) {
    const na = inverted(delta, d, m - 1);
    let x = at(p, top);
    let less = v128.and(na, x);
    let equal = mix(x, na, one);
    if (m > 1) {
      const nb = inverted(delta, d, m - 2);
      x = fold1(p, top >> 1, top, na);
      less = mix(less, nb, x);
      equal = mix(x, nb, equal);
      if (m > 2) {
        const nc = inverted(delta, d, m - 3);
        x = fold2(p, top >> 2, top, na, nb);
        less = mix(less, nc, x);
        equal = mix(x, nc, equal);
        if (m > 3) {
          const nd = inverted(delta, d, m - 4);
          x = fold3(p, top >> 3, top, na, nb, nc);
          less = mix(less, nd, x);
          equal = mix(x, nd, equal);
          if (m > 4) {
            const ne = inverted(delta, d, m - 5);
            x = fold4(p, top >> 4, top, na, nb, nc, nd);
            less = mix(less, ne, x);
            equal = mix(x, ne, equal);
            if (m > 5) {
              const nf = inverted(delta, d, m - 6);
              x = fold5(p, top >> 5, top, na, nb, nc, nd, ne);
              less = mix(less, nf, x);
              equal = mix(x, nf, equal);
            }
          }
        }
      }
    }
    v128.store(lt, less);
    if (eq) {
      v128.store(eq, equal);
      eq += 16;
    }
    delta += 16;
    p += (2 * top - 1) * 16;
  }
}

/**
 * Party: lt = share of [Δ_digit < δ_digit], eq = share of [Δ_digit = δ_digit] (eq 0: not wanted), one plane each,
 * from the m public planes `delta` and its shares of the 2^m - 1 `products` (see subsets). `first`: 1 at the one
 * party that adds the public A[∅] = 1. 1 <= m <= 6; outputs do not overlap inputs.
 */
export function leaf(
  lt: Address,
  eq: Address,
  delta: Source,
  products: Source,
  m: i32,
  blocks: Count,
  first: i32,
): void {
  const stride = (<usize>blocks) << 4;
  const one = i32x4.splat(first ? -1 : 0);
  if (m == 1) leafBlocks(lt, eq, delta, products, 1, stride, one);
  else if (m == 2) leafBlocks(lt, eq, delta, products, 2, stride, one);
  else if (m == 3) leafBlocks(lt, eq, delta, products, 3, stride, one);
  else if (m == 4) leafBlocks(lt, eq, delta, products, 4, stride, one);
  else if (m == 5) leafBlocks(lt, eq, delta, products, 5, stride, one);
  else leafBlocks(lt, eq, delta, products, 6, stride, one);
}

/** Dealer: from m bit planes the 2^m - 1 products of every block, in the order above. Not in place. */
export function subsets(out: Address, bits: Source, m: i32, blocks: Count): void {
  const stride = (<usize>blocks) << 4;
  for (const end = bits + stride; bits < end; bits += 16) {
    let single = out; // where S = {j} goes; then come {j} with T, for the sets T of lower bits
    for (let j: usize = 0; j < <usize>m; j++) {
      const bit = v128.load(bits + j * stride);
      const size = (16 as usize) << j;
      v128.store(single, bit);
      for (let T: usize = 16; T < size; T += 16)
        v128.store(single + T, v128.and(v128.load(out + T - 16), bit));
      single += size;
    }
    out = single;
  }
}
