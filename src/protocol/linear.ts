/**
 * Linear operations: on ⟨x⟩ they act on Δ and on δ alike, on [x] on every summand. They cost nothing: no round, no
 * word. They return new values and leave their arguments alone.
 */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, Share } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';

/** The party's share of x: Δ − δ₀ at P₀, −δᵢ at the others. Kept with the value. */
export function own(rt: Runtime, x: Masked): Words {
  if (x.own) return x.own;
  const words = rt.words(x.mask.length);
  if (rt.first && x.delta) rt.ring.sub(words, x.delta, x.mask);
  else rt.ring.neg(words, x.mask);
  x.own = words;
  return words;
}

/**
 * What this role multiplies where x is factored: Δ + δ₀ at P₀, 2Δ − δ₁ at P₁, 2δ₀ + δ₁ at the provider. Kept with the value.
 */
export function factorOf(rt: Runtime, x: Masked): Words {
  if (x.factor) return x.factor;
  if (!x.delta) throw new TypeError('the provider has no factor of this value');
  const words = rt.words(x.mask.length);
  if (rt.first) rt.ring.add(words, x.delta, x.mask);
  else {
    rt.ring.sub(words, x.delta, x.mask);
    rt.ring.add(words, words, x.delta);
  }
  x.factor = words;
  return words;
}

/** Frees a party's factor of x, which is made again when it is needed. */
export function dropFactor(rt: Runtime, x: Masked): void {
  if (rt.isProvider) return;
  rt.free(x.factor);
  x.factor = null;
}

/** A value made of others by a linear map, which is applied to all that this role has of them. */
function mapped(
  values: readonly Masked[],
  shape: Shape,
  fraction: number,
  bound: number | undefined,
  apply: (words: readonly Words[]) => Words,
): Masked {
  const provider = values[0].delta === null;
  const delta = provider ? null : apply(values.map((value) => value.delta as Words));
  const factored = values.every((value) => value.factored);
  const x = new Masked(delta, apply(values.map(({ mask }) => mask)), shape, fraction, bound, factored);
  // a party's factor follows from what it has of x
  if (factored && provider) x.factor = apply(values.map(({ factor }) => factor as Words));
  return x;
}

/** A linear map of one masked value. @param bound of what comes of it, where that is known */
export function mapMasked(
  rt: Runtime,
  x: Masked,
  shape: Shape,
  map: (out: Words, x: Words) => void,
  fraction = x.fraction,
  bound?: number,
): Masked {
  return mapped([x], shape, fraction, bound, ([words]) => {
    const out = rt.words(sizeOf(shape));
    map(out, words);
    return out;
  });
}

/** A linear map of two masked values of one scale. */
export function mapMasked2(
  rt: Runtime,
  x: Masked,
  y: Masked,
  shape: Shape,
  map: (out: Words, x: Words, y: Words) => void,
  fraction = x.fraction,
  bound?: number,
): Masked {
  if (x.fraction !== y.fraction) {
    throw new RangeError(`scales differ: ${x.fraction} and ${y.fraction} fraction bits`);
  }
  return mapped([x, y], shape, fraction, bound, ([a, b]) => {
    const out = rt.words(sizeOf(shape));
    map(out, a, b);
    return out;
  });
}

/** A linear map of several values of one scale. @param bound of what comes of it, where that is known */
export function mapMaskedAll(
  rt: Runtime,
  values: readonly Masked[],
  shape: Shape,
  map: (out: Words, words: readonly Words[]) => void,
  bound?: number,
): Masked {
  return mapped(values, shape, values[0].fraction, bound, (words) => {
    const out = rt.words(sizeOf(shape));
    map(out, words);
    return out;
  });
}

/** A linear map of a share: every role maps its summand. */
export function mapShare(
  rt: Runtime,
  x: Share,
  shape: Shape,
  map: (out: Words, x: Words) => void,
  fraction = x.fraction,
): Share {
  let words: Words | null = null;
  if (x.words) {
    words = rt.words(sizeOf(shape));
    map(words, x.words);
  }
  return new Share(words, shape, fraction, x.settled);
}

export const add = (rt: Runtime, x: Masked, y: Masked): Masked =>
  mapMasked2(rt, x, y, x.shape, (out, a, b) => rt.ring.add(out, a, b), x.fraction, boundOfSum(x, y));

/** x + y in place of x, which must not be used again. */
export function addTo(rt: Runtime, x: Masked, y: Masked): Masked {
  if (x.fraction !== y.fraction) {
    throw new RangeError(`scales differ: ${x.fraction} and ${y.fraction} fraction bits`);
  }
  rt.free(x.own);
  if (x.delta && y.delta) rt.ring.add(x.delta, x.delta, y.delta);
  rt.ring.add(x.mask, x.mask, y.mask);
  const sum = new Masked(x.delta, x.mask, x.shape, x.fraction, boundOfSum(x, y), x.factored && y.factored);
  if (sum.factored && rt.isProvider) {
    sum.factor = x.factor as Words;
    rt.ring.add(sum.factor, sum.factor, y.factor as Words);
  } else rt.free(x.factor);
  return sum;
}

export const sub = (rt: Runtime, x: Masked, y: Masked): Masked =>
  mapMasked2(rt, x, y, x.shape, (out, a, b) => rt.ring.sub(out, a, b), x.fraction, boundOfSum(x, y));

const boundOfSum = (x: Masked, y: Masked): number => Math.max(x.bound, y.bound) + 1;

export const neg = (rt: Runtime, x: Masked): Masked =>
  mapMasked(rt, x, x.shape, (out, a) => rt.ring.neg(out, a), x.fraction, x.bound);

/** x times a public integer. */
export const scale = (rt: Runtime, x: Masked, factor: number): Masked =>
  mapMasked(rt, x, x.shape, (out, a) => rt.ring.scale(out, a, factor));

/** A copy of x. */
export const copyOf = (rt: Runtime, x: Masked): Masked => reshape(rt, x, x.shape);

/** The same value under another shape of the same size. */
export const reshape = (rt: Runtime, x: Masked, shape: Shape): Masked =>
  mapMasked(rt, x, shape, (out, a) => rt.ring.copy(out, a), x.fraction, x.bound);

/**
 * ⟨x⟩ → [x] without work: P₀'s summand is Δ, the provider's is −δ, the other parties' are zero. The words are
 * copies.
 */
export function asShare(rt: Runtime, x: Masked): Share {
  let words: Words | null = null;
  if (rt.isProvider) {
    words = rt.words(x.mask.length);
    rt.ring.neg(words, x.mask);
  } else if (rt.first && x.delta) words = rt.copy(x.delta);
  return new Share(words, x.shape, x.fraction, false);
}

/** ⟨x⟩ → [x] with every summand at the parties, ready to be revealed. The words are copies. */
export function asSettledShare(rt: Runtime, x: Masked): Share {
  const words = rt.isProvider ? null : rt.copy(own(rt, x));
  return new Share(words, x.shape, x.fraction, true);
}
