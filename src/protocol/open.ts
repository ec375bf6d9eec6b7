/**
 * open: [x] → ⟨x⟩. 1 round, one word online; one word dealt when the provider holds a summand of x.
 *
 *   δ = mask;  each party sends xᵢ + δᵢ;  Δ = their sum = x + δ
 *
 * blind: [z] → (c, r). 1 round, one word online, nothing dealt. As open, but only the provider knows the mask:
 * with z = Σ zᵢ + ζ, ζ at the provider, the parties open c = Σ (zᵢ + r'ᵢ), which is z + r for r = Σ r'ᵢ − ζ. The
 * parties hold no share of r, so the result cannot be multiplied; truncation and comparison need only functions
 * of r that the provider deals. That is how a product is truncated without dealing the product of its masks.
 *
 * Both consume their argument.
 */
import type { Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, type Share } from '../party/values.js';
import { type Cost, dealing, opening, type Setting, sequence, wordBytes } from './cost.js';

/** Cost of {@link open} for `count` values. */
export const openCost = (at: Setting, count: number, settled: boolean): Cost =>
  sequence(dealing(settled ? 0 : wordBytes(at, count)), opening(at, wordBytes(at, count)));

/** Cost of {@link blind} for `count` values. */
export const blindCost = (at: Setting, count: number): Cost => opening(at, wordBytes(at, count));

/** [x] → ⟨x⟩. @param bound what is known of x, see {@link Masked} */
export function* open(rt: Runtime, share: Share, label = 'open', bound?: number): Secure<Masked> {
  const { shape, fraction, size } = share;
  const { words: delta, mask } = rt.settleAndMask(share);
  yield [{ ptr: delta?.ptr ?? 0, bytes: delta ? size * rt.ring.bytes : 0, join: 'add', label }];
  return new Masked(delta, mask, shape, fraction, bound);
}

/** [z] → c at the parties, r at the provider, with c = z + r. */
export function* blind(rt: Runtime, share: Share, label: string): Secure<Words> {
  const words = share.words ?? rt.zeros(share.size);
  rt.addMask(words, rt.isProvider);
  yield [{ ptr: words.ptr, bytes: share.size * rt.ring.bytes, join: 'add', label }];
  return words;
}
