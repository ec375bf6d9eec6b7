// The second half of a comparison: digits' results, opened under masks, are combined into one bit.
//
// Digits are numbered from the lowest: Δ < δ is LT = xor_d lt_d·∏_{d'>d} eq_d', Δ = δ is EQ = ∏_d eq_d. Each bit is
// open xor mask, with the opened bits public and the masks the dealer's, who shares (xor) the products of masks
//   M[S] = ∏_{d in S} maskEq_d    and    X[d, S] = maskLt_d·M[S].
// ∏_{d in J} (c_d xor mask_d) folds one digit at a time: V'[S] = V[S with d] xor c_d·V[S], starting from V = M; LT
// folds from the lowest digit up and takes up the next digit's lt on the way:
//   H_0[S] = B_0[S],   H_j[S] = B_j[S] xor H_{j-1}[S with j] xor c_j·H_{j-1}[S],   LT = H_{D-1}[∅],
//   B_j[S] = openLt_j·M[S] xor X[j, S]                                             (S sets of digits > j).
//
// eq_0 takes part in EQ only: without EQ the planes of eq (openEq, maskEq, masksEq) start at digit 1. So let F = 0
// with EQ and F = 1 without; plane t of these is digit F + t, and there are D - F of them; lt has D planes.
// Order of the product planes:
//   1. M[S] for S within {F .. D-1} and |S| >= 2, by increasing number S (bit t of the number: digit F + t);
//   2. for d = 0 .. D-2: X[d, S] for S within {d+1 .. D-1}, S not empty, by increasing number (bit t: digit d+1+t).
import { Address, Count, Source } from '../border';
import { and } from '../planes/boolean';

/** Position of M[S] among the sets of at least two elements: S less the empty set and the singles below it. */
// @ts-ignore: decorator
@inline
function rank(S: usize): usize {
  return S - 33 + clz<u32>(<u32>S);
}

/** Plane of M[S], S not empty: a mask itself, or a product. */
// @ts-ignore: decorator
@inline
function planeOf(masks: usize, products: usize, S: usize, stride: usize): usize {
  return S & (S - 1) ? products + rank(S) * stride : masks + <usize>ctz<u32>(<u32>S) * stride;
}

/** Dealer: the 2^m - m - 1 products of at least two of m masks, plane order 1 above with D - F = m. */
export function andDeal(out: Address, masks: Source, m: i32, blocks: Count): void {
  const stride = (<usize>blocks) << 4;
  let plane = out;
  for (let S: usize = 3; S < (1 as usize) << (m as usize); S++) {
    if (!(S & (S - 1))) continue;
    const t = <usize>(31 - clz<u32>(<u32>S)); // top element
    and(plane, planeOf(masks, out, S ^ ((1 as usize) << t), stride), masks + t * stride, <i32>stride);
    plane += stride;
  }
}

/** Dealer: all product planes of D digits in the order above, from D planes of masksLt and D - F of masksEq. */
export function combineDeal(
  out: Address,
  masksLt: Source,
  masksEq: Source,
  D: i32,
  withEq: i32,
  blocks: Count,
): void {
  const stride = (<usize>blocks) << 4;
  const count = withEq ? D : D - 1;
  andDeal(out, masksEq, count, blocks);
  let plane = out + (((1 as usize) << (count as usize)) - <usize>count - 1) * stride;
  for (let d = 0; d < D - 1; d++) {
    const lift = <usize>(withEq ? d + 1 : d);
    for (let S: usize = 1; S < (1 as usize) << ((D - 1 - d) as usize); S++) {
      and(plane, planeOf(masksEq, out, S << lift, stride), masksLt + <usize>d * stride, <i32>stride);
      plane += stride;
    }
  }
}

/** Bytes of a plane that the parties fold at a time: what they keep of every set stays in the first-level cache. */
const TILE: usize = 128;

/** Plane of the party's share of M[S], or 0 for the public M[∅]. */
// @ts-ignore: decorator
@inline
function shareOf(masks: usize, products: usize, S: usize, stride: usize): usize {
  return S ? planeOf(masks, products, S, stride) : 0;
}

/** One tile at byte `at`: v = x xor c·y with planes x, y, where y = 0 stands for the constant `one`. */
// @ts-ignore: decorator
@inline
function start(v: usize, x: usize, y: usize, c: usize, one: v128, width: usize): void {
  if (y) {
    for (let o: usize = 0; o < width; o += 16) {
      v128.store(v + o, v128.xor(v128.load(x + o), v128.and(v128.load(c + o), v128.load(y + o))));
    }
  } else {
    for (let o: usize = 0; o < width; o += 16) {
      v128.store(v + o, v128.xor(v128.load(x + o), v128.and(v128.load(c + o), one)));
    }
  }
}

/** One tile of v = v1 xor c·v0 (v may be v0 or v1). */
// @ts-ignore: decorator
@inline
function fold(v: usize, v1: usize, v0: usize, c: usize, width: usize): void {
  for (let o: usize = 0; o < width; o += 16) {
    v128.store(v + o, v128.xor(v128.load(v1 + o), v128.and(v128.load(c + o), v128.load(v0 + o))));
  }
}

/** One tile of v = v1 xor c·v0 xor x xor d·y (v may be v0 or v1), where y = 0 stands for the constant `one`. */
// @ts-ignore: decorator
@inline
function foldOn(
  v: usize,
  v1: usize,
  v0: usize,
  c: usize,
  x: usize,
  y: usize,
  d: usize,
  one: v128,
  width: usize,
): void {
  if (y) {
    for (let o: usize = 0; o < width; o += 16) {
      const h = v128.xor(v128.load(v1 + o), v128.and(v128.load(c + o), v128.load(v0 + o)));
      const b = v128.xor(v128.load(x + o), v128.and(v128.load(d + o), v128.load(y + o)));
      v128.store(v + o, v128.xor(h, b));
    }
  } else {
    for (let o: usize = 0; o < width; o += 16) {
      const h = v128.xor(v128.load(v1 + o), v128.and(v128.load(c + o), v128.load(v0 + o)));
      const b = v128.xor(v128.load(x + o), v128.and(v128.load(d + o), one));
      v128.store(v + o, v128.xor(h, b));
    }
  }
}

/**
 * Party: out = share of the product of m bits open_t xor mask_t, from the public planes `open`, its shares of the
 * masks and of `products` (andDeal). `first`: 1 at the one party that adds the public M[∅] = 1. `scratch`: room
 * for 2^(m-1) tiles of 128 bytes. 1 <= m <= 8; out does not overlap inputs.
 */
export function andParty(
  out: Address,
  open: Source,
  mask: Source,
  products: Source,
  m: i32,
  blocks: Count,
  first: i32,
  scratch: Address,
): void {
  const stride = (<usize>blocks) << 4;
  const one = i32x4.splat(first ? -1 : 0);
  for (let i: usize = 0; i < stride; i += TILE) {
    const width = min(TILE, stride - i);
    let sets = (1 as usize) << ((m - 1) as usize);
    for (let S: usize = 0; S < sets; S++) {
      const without = shareOf(mask, products, 2 * S, stride);
      const y = without ? without + i : 0;
      start(scratch + S * TILE, shareOf(mask, products, 2 * S + 1, stride) + i, y, open + i, one, width);
    }
    for (let t: usize = 1; t < <usize>m; t++) {
      sets >>= 1;
      const c = open + t * stride + i;
      for (let S: usize = 0; S < sets; S++) {
        fold(scratch + S * TILE, scratch + (2 * S + 1) * TILE, scratch + 2 * S * TILE, c, width);
      }
    }
    memory.copy(out + i, scratch, width);
  }
}

/**
 * Party: lt = share of LT and, with `withEq`, eq = share of EQ, one plane each. openLt, openEq: the public planes
 * bit xor mask; maskLt, maskEq, products: its shares of the masks and of combineDeal's planes. `first`: 1 at the
 * one party that adds public terms. `scratch`: room for 2^(D-1) tiles of 128 bytes. 1 <= D <= 8; outputs do not
 * overlap inputs.
 */
export function combine(
  lt: Address,
  eq: Address,
  openLt: Source,
  openEq: Source,
  maskLt: Source,
  maskEq: Source,
  products: Source,
  D: i32,
  withEq: i32,
  blocks: Count,
  first: i32,
  scratch: Address,
): void {
  const stride = (<usize>blocks) << 4;
  const one = i32x4.splat(first ? -1 : 0);
  const count = withEq ? D : D - 1;
  const pairs = products + (((1 as usize) << (count as usize)) - <usize>count - 1) * stride;
  if (withEq) andParty(eq, openEq, maskEq, products, D, blocks, first, scratch);
  for (let i: usize = 0; i < stride; i += TILE) {
    const width = min(TILE, stride - i);
    let sets = (1 as usize) << ((D - 1) as usize);
    let pair = pairs + i;
    for (let d: usize = 0; d < <usize>D; d++) {
      const lift = withEq ? d + 1 : d;
      const open = openLt + d * stride + i;
      if (d) sets >>= 1;
      for (let S: usize = 0; S < sets; S++) {
        const v = scratch + S * TILE;
        const m = shareOf(maskEq, products, S << lift, stride);
        const y = m ? m + i : 0;
        const x = S ? pair : maskLt + d * stride + i;
        if (S) pair += stride;
        if (d) {
          const c = openEq + (lift - 1) * stride + i;
          foldOn(v, scratch + (2 * S + 1) * TILE, scratch + 2 * S * TILE, c, x, y, open, one, width);
        } else {
          start(v, x, y, open, one, width);
        }
      }
    }
    memory.copy(lt + i, scratch, width);
  }
}
