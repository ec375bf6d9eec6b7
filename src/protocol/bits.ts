/**
 * bitShare: ⟨b⟩ over Z₂ → [b] over the ring, at scale 0. Local; the ring share of the mask bit is dealt once.
 * bitTensor: the same opened, at the working scale. 1 round.
 *
 *   b = c ⊕ r = c + (1 − 2c)·r
 */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, type MaskedBit, Share } from '../party/values.js';
import { open } from './open.js';
import { scaled } from './scale.js';
import { arithmetic } from './select.js';

/** ⟨b⟩ → [b], words 0 or 1. */
export function bitShare(rt: Runtime, bit: MaskedBit): Share {
  const mask = arithmetic(rt, bit);
  if (rt.isProvider) return new Share(null, bit.shape, 0, true);
  const { ring } = rt;
  const open: Words = rt.words(bit.size);
  ring.fromPlane(open, bit.open as Planes);
  const words = rt.words(bit.size);
  ring.mul(words, open, mask);
  ring.scale(words, words, -2);
  ring.add(words, words, mask);
  if (rt.first) ring.add(words, words, open);
  rt.free(open);
  return new Share(words, bit.shape, 0, true);
}

/** ⟨b⟩ → ⟨b⟩ over the ring at the working scale; consumes the bit. */
export function* bitTensor(rt: Runtime, bit: MaskedBit): Secure<Masked> {
  const share = bitShare(rt, bit);
  rt.free(bit);
  return scaled(rt, yield* open(rt, share));
}
