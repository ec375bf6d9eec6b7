/**
 * What functions of an opened number start from: a public number at the parties, its mask at the provider. They need no
 * shares of the mask, so a masked value will do as well as a blinded one (open.ts).
 */
import type { Words } from '../../bindings/memory.js';
import type { Masked } from '../party/values.js';
import type { Shape } from '../shape.js';

/** x opened: Δ of ⟨x⟩ (or c of a blinded value) at a party, its mask at the provider. */
export interface Opened {
  readonly words: Words;
  readonly shape: Shape;
  readonly fraction: number;
}

/** Δ at a party, δ at the provider. They stay the value's. */
export const openedWords = (x: Masked): Words => x.delta ?? x.mask;

/** A masked value as an opened one. It stays the owner of its words. */
export const openedOf = (x: Masked): Opened => ({
  words: openedWords(x),
  shape: x.shape,
  fraction: x.fraction,
});
