/** Shares as integers, and the place of a parameter: what optimizers and running statistics are made of. */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import type { Parameter } from './layers/layer.js';

/** Puts a new value in a parameter's place. */
export function replace(rt: Runtime, parameter: Parameter, value: Masked): void {
  rt.free(parameter.value);
  parameter.value = value;
}

/** a + factor·b on the integers of the shares, at the scale of a; consumes both. */
export function addScaled(rt: Runtime, a: Share, b: Share, factor: number): Share {
  if (b.words) {
    if (factor !== 1) rt.ring.scale(b.words, b.words, factor);
    if (a.words) rt.ring.add(b.words, b.words, a.words);
    rt.free(a);
  }
  const words: Words | null = b.words ?? a.words;
  return new Share(words, a.shape, a.fraction, a.settled && b.settled);
}

/** A share with words of its own. */
export const copyShare = (rt: Runtime, share: Share): Share =>
  new Share(share.words && rt.copy(share.words), share.shape, share.fraction, share.settled);

/** The same integers read at another scale. */
export const atScale = (share: Share, fraction: number): Share =>
  new Share(share.words, share.shape, fraction, share.settled);

/** [0] in the shape and at the scale of x. */
export const zeroLike = ({ shape, fraction }: Masked | Share): Share =>
  new Share(null, shape, fraction, true);
