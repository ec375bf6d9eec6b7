/**
 * The sentinel: tells the owner, once an epoch, whether a number of a training came near the limit of the ring, as one
 * bit for each layer and kind of value. A number that has left the ring cannot be noticed any more, and spoils all that
 * follows; so what is watched is half the limit of a truncation, 2^(k − 3) in ring units.
 *
 * What is watched are the values that are truncated: c = z + r is public at the parties, r known to the provider
 * (protocol/truncate.ts); and the differences of a mean squared error, whose squares are. Of a public sample of them each
 * role keeps five bits, so that the limit is 8 units of the lowest of them. Their difference modulo 32 is z in these units,
 * less than one off. A hit is a difference outside −4 … 4: for |z| ≤ 4 units there is none, from 5 units on always, until
 * at 28 units, far beyond the limit, numbers repeat modulo 32.
 *
 *   deal    for each sample the 32 answers for every c, one bit each, XOR-shared: a fixed word turned by the top bits of r
 *   look up each party takes the bit at its c: a share of "hit". No message.
 *   join    hits are added over Z₂ into 16 sums a layer and kind, each hit into a public random half of them
 *   open    the sums pⱼ, under masks, in the round of the epoch's loss; with random words vⱼ that nobody knows, dealt
 *           beside pⱼ's masks, Σ pⱼ·vⱼ is 0 without a hit and else uniform: this alone is revealed
 *
 * A hit is missed with probability 2⁻¹⁶ in joining. Four bytes are dealt a sample, nothing is sent, and no round is
 * added.
 */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime, Watcher } from '../party/runtime.js';
import { Share } from '../party/values.js';
import { type Cost, dealing, opening, type Setting, sequence, wordBytes } from '../protocol/cost.js';

/** Numbers of one call that are looked at: one in 32, but at least 8 and at most 1,024. */
const ONE_IN = 32;
const LEAST = 8;
const MOST = 1024;
/** Samples that are kept until their answers are dealt. */
const KEPT = 4096;
/** Calls between the first of an epoch and of the next, as far as the choice of samples goes. */
const CALLS_APART = 7919;
/** Sums over Z₂ for each layer and kind. */
const SUMS = 16;
/** log2 of the limit in units of the lowest bit that is looked at. */
const LIMIT_BITS = 3;
/** Answers for differences 0 … 31: those outside −4 … 4 are hits. */
const ANSWERS = 0x0fff_ffe0;

/** What a value is of its layer. The sentinel leaves activations out: they have far more room than products. */
export const watchedKinds = ['product', 'gradient', 'update', 'loss', 'activation'] as const;
export type WatchedKind = (typeof watchedKinds)[number];

/** A layer and kind as one number. */
export const siteOf = (layer: number, kind: WatchedKind): number =>
  layer * watchedKinds.length + watchedKinds.indexOf(kind);

/** The layer and kind of a site. */
export const placeOf = (site: number): { readonly layer: number; readonly kind: WatchedKind } => ({
  layer: Math.floor(site / watchedKinds.length),
  kind: watchedKinds[site % watchedKinds.length],
});

/** What is revealed of an epoch: for each site that was watched a word, 0 where nothing came near the limit. */
export interface Alarms {
  readonly sites: readonly number[];
  /** [sites], settled. */
  readonly words: Share;
}

/** Values of a call that are looked at. */
const samplesOf = (length: number): number =>
  Math.min(length, Math.max(LEAST, Math.min(MOST, Math.floor(length / ONE_IN))));

/** Cost of looking at calls of so many values each at `sites` sites, and of the alarms. */
export function sentinelCost(at: Setting, lengths: readonly number[], sites: number): Cost {
  const samples = lengths.reduce((sum, length) => sum + samplesOf(length), 0);
  const sums = sites * SUMS;
  return sequence(
    dealing(Math.ceil(samples / 4) * 16),
    opening(at, Math.ceil(sums / 128) * 16),
    dealing(wordBytes(at, sums)),
  );
}

/** One role's part. All roles make the same calls in the same order. */
export class Sentinel implements Watcher {
  site: number | null = null;
  /** The bits of each sample. */
  readonly #bits = new Uint8Array(KEPT);
  #count = 0;
  /** The samples' sites: of a call's, and how many they are. */
  readonly #runs: number[] = [];
  #calls: number;
  /** By site, a party's share of its sums, at the provider zeros; none where nothing was watched. */
  #sums: number[] = [];
  #coin = 0x9e37_79b9;

  /** @param epoch so that each begins with other samples */
  constructor(
    readonly rt: Runtime,
    epoch: number,
  ) {
    this.#calls = epoch * CALLS_APART;
  }

  /** Looks at some of the values c, at the provider of their masks. */
  watch({ ptr, length }: Words, _fraction: number, limit = this.rt.ring.bits - 2): void {
    const { site, rt } = this;
    const low = limit - LIMIT_BITS; // the lowest of the five bits
    if (site === null || length === 0) return;
    const count = samplesOf(length);
    if (this.#count + count > KEPT) this.#ask();
    this.#runs.push(site, count);
    const lanes = rt.ring.bytes >> 2;
    const words = rt.heap.lanes;
    const lane = low >> 5;
    const first = (ptr >> 2) + lane;
    const shift = low & 31;
    const rest = 32 - shift;
    const upper = lanes > 1 && lane === 0 && rest < 5; // some of them stand in the next lane
    // evenly spaced from a start that moves on from call to call, so that every place has its turn
    const stride = length / count;
    const start = ((this.#calls++ * 0.618_033_988_749_895) % 1) * stride;
    for (let i = 0; i < count; i++) {
      const at = first + Math.min(length - 1, Math.floor(start + i * stride)) * lanes;
      const bits = words[at] >>> shift;
      this.#bits[this.#count + i] = (upper ? bits | (words[at + 1] << rest) : bits) & 31;
    }
    this.#count += count;
  }

  /** Deals the answers for what has been looked at, and joins them. */
  #ask(): void {
    const count = this.#count;
    if (count === 0) return;
    const { rt } = this;
    const blocks = Math.ceil(count / 4);
    const planes: Planes = rt.dealPlanes(1, blocks, () => {
      const out = rt.planes(1, blocks);
      const answers = rt.heap.u32(out.ptr, blocks * 4).fill(0);
      for (let i = 0; i < count; i++) {
        const turn = this.#bits[i];
        answers[i] = (ANSWERS << turn) | (ANSWERS >>> ((32 - turn) & 31));
      }
      return out;
    });
    this.#join(rt.isProvider ? null : rt.heap.u32(planes.ptr, count));
    rt.free(planes);
    this.#runs.length = 0;
    this.#count = 0;
  }

  /** Adds a party's shares of the answers to the sums of their sites. */
  #join(answers: Uint32Array | null): void {
    let i = 0;
    for (let run = 0; run < this.#runs.length; run += 2) {
      const [site, count] = [this.#runs[run], this.#runs[run + 1]];
      let sums = this.#sums[site] ?? 0;
      for (const end = i + count; answers && i < end; i++) {
        const hit = (answers[i] >>> this.#bits[i]) & 1;
        sums ^= -hit & this.#nextHalf();
      }
      this.#sums[site] = sums;
    }
  }

  /** Which of the sums a hit goes to: the top bits of a public generator (xorshift32, G. Marsaglia 2003). */
  #nextHalf(): number {
    let x = this.#coin;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#coin = x;
    return (x >>> (32 - SUMS)) & (2 ** SUMS - 1);
  }

  /** What the owner is told of all since the last call. 1 round; null and none where nothing was watched. */
  *alarms(): Secure<Alarms | null> {
    this.#ask();
    const { rt } = this;
    const sites = [...this.#sums.keys()].filter((site) => this.#sums[site] !== undefined);
    if (sites.length === 0) return null;
    const count = sites.length * SUMS;
    const blocks = Math.ceil(count / 128);
    const mask = rt.maskPlanes(1, blocks);
    const open = rt.isProvider ? null : this.#hidden(mask, sites);
    this.#sums = [];
    yield [{ ptr: open?.ptr ?? 0, bytes: blocks * 16, join: 'xor', label: 'sentinel' }];
    // [v], and [r·v] for p = c ⊕ r: p·v is v − r·v where c is 1, and r·v where it is 0
    const random = rt.zeros(count);
    rt.addMask(random);
    const products = rt.deal(count, () => {
      const bits = rt.words(count);
      rt.ring.fromPlane(bits, mask);
      const out = rt.words(count);
      rt.ring.mul(out, bits, random);
      rt.free(bits);
      return out;
    });
    const words = open ? this.#joined(open, random, products, sites.length) : null;
    rt.free(mask, open, random, products);
    return { sites, words: new Share(words, [sites.length], 0, true) };
  }

  /** This party's share of all sums, under its share of their mask. */
  #hidden(mask: Planes, sites: readonly number[]): Planes {
    const { heap } = this.rt;
    const open = this.rt.planes(1, mask.blocks);
    const bytes = heap.bytes(open.ptr, mask.blocks * 16);
    bytes.set(heap.bytes(mask.ptr, mask.blocks * 16));
    sites.forEach((site, i) => {
      const sums = this.#sums[site];
      bytes[2 * i] ^= sums & 255;
      bytes[2 * i + 1] ^= sums >> 8;
    });
    return open;
  }

  /** Σ pⱼ·vⱼ of each site; writes over its arguments. */
  #joined(open: Planes, random: Words, products: Words, sites: number): Words {
    const { rt } = this;
    const { ring } = rt;
    // c·(v − 2·r·v) + r·v
    const bits = rt.words(products.length);
    ring.fromPlane(bits, open);
    ring.sub(random, random, products);
    ring.sub(random, random, products);
    ring.mulAdd(products, bits, random);
    const sums = rt.words(sites);
    ring.sumColumns(sums, products, sites, SUMS, 0);
    rt.free(bits);
    return sums;
  }
}
