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
 * With `drop` = s, blind opens the top w = k − s bits alone, for a value that is to be rounded by s bits; w bits online.
 * With mᵢ = zᵢ + r'ᵢ each party sends ⌊mᵢ / 2^s⌋, and the provider, for n parties, takes
 *
 *   r = −(v − v mod 2^s),  v = (n + 1)·2^(s − 1) − (Σ r'ᵢ − ζ)
 *
 * Then c = 2^s·Σ ⌊mᵢ / 2^s⌋ and r are multiples of 2^s, and c − r = z + (n + 1)·2^(s − 1) − Σ (mᵢ mod 2^s) − v mod 2^s: z, and n + 1
 * coins, one of which each party and the provider holds. Each is uniform, independent of z, and of the others but for their
 * sum modulo 2^s, which z gives; it is what makes c − r a multiple. So c − r is within (n + 1)·2^(s − 1) of z, unbiased (but for
 * (n + 1)/2 in 2^s), with a variance of (n + 1)/12 · 4^s. Nobody knows all coins, and r'ᵢ must be fresh for them to be: the
 * provider's summand is a function of masks that were used before.
 *
 * Both consume their argument.
 */
import { highBytes } from '../../bindings/high-bits.js';
import type { Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, type Share } from '../party/values.js';
import { type Cost, dealing, narrowOpening, opening, type Setting, sequence, wordBytes } from './cost.js';

/** Cost of {@link open} for `count` values. */
export const openCost = (at: Setting, count: number, settled: boolean): Cost =>
  sequence(dealing(settled ? 0 : wordBytes(at, count)), opening(at, wordBytes(at, count)));

/** Cost of {@link blind} for `count` values. */
export const blindCost = (at: Setting, count: number, drop = 0): Cost =>
  narrowOpening(at, count, at.bits - drop);

/** [x] → ⟨x⟩. @param bound what is known of x, see {@link Masked} */
export function* open(rt: Runtime, share: Share, label = 'open', bound?: number): Secure<Masked> {
  const { shape, fraction, size } = share;
  const { words: delta, mask, factor } = rt.settleAndMask(share);
  yield [{ ptr: delta?.ptr ?? 0, bytes: size * rt.ring.bytes, join: 'add', label }];
  const x = new Masked(delta, mask, shape, fraction, bound, rt.factored);
  x.factor = factor;
  return x;
}

/**
 * Low bits that a value need not open to be rounded by s bits: s, where that is worth it and the coins take no more than a
 * few percent of the range; else none.
 */
export const droppedBits = (bits: number, s: number): number => (s >= 4 && s <= bits - 8 ? s : 0);

/**
 * [z] → c at the parties, r at the provider, with c = z + r.
 * @param drop low bits that are not opened: c − r is then z rounded to a multiple of 2^drop
 */
export function* blind(rt: Runtime, share: Share, label: string, drop = 0): Secure<Words> {
  const words = share.words ?? rt.zeros(share.size);
  rt.addMask(words, rt.isProvider);
  if (drop > 0) {
    if (rt.isProvider) rt.ring.dropLow(words, drop, rt.parties.length + 1);
    yield* openHigh(rt, words, rt.ring.bits - drop, label);
    return words;
  }
  yield [{ ptr: words.ptr, bytes: share.size * rt.ring.bytes, join: 'add', label }];
  return words;
}

/**
 * Opens the top `width` bits of each word, in place. 1 round.
 * @param words the party's summands; not read at the provider
 * @param keep whether the other bits stay; else they become zero
 */
export function* openHigh(
  rt: Runtime,
  words: Words,
  width: number,
  label: string,
  keep = false,
): Secure<void> {
  const bytes = highBytes(words.length, width);
  if (rt.isProvider) {
    yield [{ ptr: 0, bytes, join: 'add', label }];
    return;
  }
  const ptr = rt.heap.alloc(bytes);
  rt.ring.packHigh(ptr, words, width);
  yield [{ ptr, bytes, join: 'add', label, narrow: { words, width, keep } }];
  rt.heap.free(ptr);
}
