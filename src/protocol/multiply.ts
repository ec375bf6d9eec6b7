/**
 * multiply: ⟨x⟩, ⟨y⟩ → [x ∘ y] for any bilinear ∘ (elementwise, matrix product, convolution). Local; nothing is
 * dealt. Scales add.
 *
 *   x ∘ y = (Δx − δx) ∘ y − … = Σᵢ (Δx ∘ yᵢ − δxᵢ ∘ Δy) + δx ∘ δy
 *
 * with yᵢ the party's share of y (Δy − δy₀ at P₀, −δyᵢ elsewhere): every party computes two products, and the
 * last term is the provider's summand. The smaller factor takes the place of y. This is Beaver's multiplication [Beaver 1991] with both masked openings
 * made when the values were created (Turbospeedz; ABY2.0, section 3.1).
 */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';
import { factorOf, own } from './linear.js';

/** What a bilinear map does with its result: out = x ∘ y, out += x ∘ y, out −= x ∘ y. */
export const Into = { set: 0, add: 1, subtract: 2 } as const;
export type Into = (typeof Into)[keyof typeof Into];

/** A bilinear map on words: (out, x, y, into). */
export type Bilinear = (out: Words, x: Words, y: Words, into: Into) => void;

/** ⟨x⟩, ⟨y⟩ → [x ∘ y] of the given shape, written over `out` when it is given. */
export function bilinear(
  rt: Runtime,
  out: Words | null,
  shape: Shape,
  x: Masked,
  y: Masked,
  map: Bilinear,
): Share {
  const words = out ?? rt.words(sizeOf(shape));
  if (x.delta && y.delta) {
    if (x.own === null && (y.own !== null || y.size <= x.size)) {
      map(words, x.delta, own(rt, y), Into.set);
      map(words, x.mask, y.delta, Into.subtract);
    } else {
      map(words, own(rt, x), y.delta, Into.set);
      map(words, x.delta, y.mask, Into.subtract);
    }
  } else map(words, x.mask, y.mask, Into.set);
  return new Share(words, shape, x.fraction + y.fraction, false);
}

/**
 * ⟨x⟩, ⟨y⟩ → [x ∘ y] with one product a role where both are factored, by {@link bilinear} otherwise. It has one fraction bit
 * more then, for it is made of 2x ∘ y:
 *
 *   2x ∘ y = −2(Δx + a₀) ∘ (Δy + b₀) + (2Δx − a₁) ∘ (2Δy − b₁) + (2a₀ + a₁) ∘ (2b₀ + b₁)
 *
 * with δx = a₀ + a₁ and δy = b₀ + b₁, the terms of P₀, P₁ and the provider, who knows the shares of every mask. Three products
 * in place of five; |x ∘ y| must stay below half of what {@link bilinear} takes. Two parties alone.
 */
export function product(
  rt: Runtime,
  out: Words | null,
  shape: Shape,
  x: Masked,
  y: Masked,
  map: Bilinear,
): Share {
  if (!x.factored || !y.factored) return bilinear(rt, out, shape, x, y, map);
  const words = out ?? rt.words(sizeOf(shape));
  const fraction = x.fraction + y.fraction + 1;
  let [left, right] = [factorOf(rt, x), factorOf(rt, y)];
  if (rt.isProvider && (isZero(rt, left) || isZero(rt, right))) {
    rt.ring.fill(words, 0);
    return new Share(words, shape, fraction, false);
  }
  let scaled: Words | null = null;
  if (rt.first && !rt.isProvider) {
    const smaller = left.length < right.length ? left : right;
    scaled = rt.words(smaller.length);
    rt.ring.scale(scaled, smaller, -2);
    if (smaller === left) left = scaled;
    else right = scaled;
  }
  map(words, left, right, Into.set);
  rt.free(scaled);
  return new Share(words, shape, fraction, false);
}

/** Whether all words are zero, as the provider's of a public value are: the rows of a dry run, first weights. */
function isZero(rt: Runtime, { ptr, length }: Words): boolean {
  const lanes = rt.heap.u32(ptr, (length * rt.ring.bytes) / 4);
  for (let i = 0; i < lanes.length; i++) if (lanes[i] !== 0) return false;
  return true;
}

/** ⟨x⟩, ⟨y⟩ of one shape → [x · y], value by value. */
export function multiply(rt: Runtime, x: Masked, y: Masked): Share {
  return bilinear(rt, null, x.shape, x, y, elementwise(rt));
}

/** The elementwise product as a bilinear map. */
export const elementwise =
  (rt: Runtime): Bilinear =>
  (out, x, y, into) => {
    if (into === Into.set) rt.ring.mul(out, x, y);
    else if (into === Into.add) rt.ring.mulAdd(out, x, y);
    else rt.ring.mulSub(out, x, y);
  };

/** ⟨x⟩ → [x²]: one product less than multiply(x, x). */
export const square = (rt: Runtime, x: Masked): Share => multiply(rt, x, x);

/** [m×k]·[k×n] as a bilinear map; `orientation` nn, tn (x is k×m) or nt (y is n×k). */
export function matrixProduct(
  rt: Runtime,
  orientation: 'nn' | 'tn' | 'nt',
  m: number,
  k: number,
  n: number,
): Bilinear {
  const { ring } = rt;
  if (orientation === 'nn') return (out, x, y, into) => ring.matmul(out, x, y, m, k, n, into);
  if (orientation === 'tn') return (out, x, y, into) => ring.matmulTN(out, x, y, m, k, n, into);
  return (out, x, y, into) => ring.matmulNT(out, x, y, m, k, n, into);
}

/** ⟨x⟩ [m×k], ⟨y⟩ [k×n] → [x·y] [m×n]. */
export function matmul(rt: Runtime, x: Masked, y: Masked): Share {
  const [m, k] = x.shape;
  const n = y.shape[1];
  return bilinear(rt, null, [m, n], x, y, matrixProduct(rt, 'nn', m, k, n));
}
