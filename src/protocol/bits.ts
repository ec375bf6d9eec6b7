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

/** This role's share of the bit's mask as ring words (the provider: the mask); kept with the bit. */
export function arithmetic(rt: Runtime, bit: MaskedBit): Words {
  bit.arithmetic ??= rt.deal(bit.size, () => {
    const words = rt.words(bit.size);
    rt.ring.fromPlane(words, bit.mask);
    return words;
  });
  return bit.arithmetic;
}

/** ⟨b⟩ → [b], words 0 or 1. */
export function bitShare(rt: Runtime, bit: MaskedBit): Share {
  const mask = arithmetic(rt, bit);
  const words = bit.open && bitWords(rt, bit.open, mask);
  return new Share(words, bit.shape, 0, true);
}

/** A party's summands of bits, from the public c and its summands of r; each plane is a row of words. */
export function bitWords(rt: Runtime, open: Planes, mask: Words): Words {
  const words = rt.words(mask.length);
  rt.ring.unmask(words, open, mask, rt.first);
  return words;
}

/** ⟨b⟩ → ⟨b⟩ over the ring at the working scale; consumes the bit. */
export function* bitTensor(rt: Runtime, bit: MaskedBit): Secure<Masked> {
  const share = bitShare(rt, bit);
  rt.free(bit);
  return scaled(rt, yield* open(rt, share));
}
