/**
 * The sentinel: tells the owner, once an epoch, whether a number of a training came near the limit of the ring, as one
 * bit for each layer and kind of value. A number that has left the ring cannot be noticed any more, and spoils all that
 * follows; so what is watched is half the limit of a truncation, 2^(k − 3) in ring units.
 *
 * What is watched are the values that are truncated, which are opened under a mask that the provider knows
 * (protocol/truncate.ts), and the differences of a mean squared error, whose squares are truncated. Here it is chosen which
 * layer and kind they belong to, which of them are looked at (a public sample), and which sums their hits go to; how
 * hits are found on shares, and how the sums are opened, is in protocol/alarm.ts.
 *
 * Four bytes are dealt a sample, nothing is sent but the sums, which are opened in the round of the epoch's loss, and no
 * round is added.
 */
import type { Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime, Watcher } from '../party/runtime.js';
import type { Share } from '../party/values.js';
import { alarmsCost, coarseBits, dealHits, hitsCost, openAlarms, SUMS } from '../protocol/alarm.js';
import { type Cost, type Setting, sequence } from '../protocol/cost.js';

/** Numbers of one call that are looked at: one in 32, but at least 8 and at most 1,024. */
const ONE_IN = 32;
const LEAST = 8;
const MOST = 1024;
/** Samples that are kept until their answers are dealt. */
const KEPT = 4096;
/** Calls between the first of an epoch and of the next, as far as the choice of samples goes. */
const CALLS_APART = 7919;

/** What a value is of its layer. The sentinel leaves activations out: they have far more room than products. */
export const watchedKinds = ['product', 'gradient', 'update', 'loss', 'activation'] as const;
/** A kind of value that the sentinel watches. */
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

/** Cost of watching calls with `lengths` values at `sites` sites, and of the alarms. */
export function sentinelCost(at: Setting, lengths: readonly number[], sites: number): Cost {
  const samples = lengths.reduce((sum, length) => sum + samplesOf(length), 0);
  return sequence(hitsCost(samples), alarmsCost(at, sites));
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
  watch(words: Words, _fraction: number, limit = this.rt.ring.bits - 2): void {
    const { site, rt } = this;
    const { length } = words;
    if (site === null || length === 0) return;
    const count = samplesOf(length);
    if (this.#count + count > KEPT) this.#ask();
    this.#runs.push(site, count);
    // evenly spaced, from a start that moves from call to call, so that in time every place is looked at
    const stride = length / count;
    const start = ((this.#calls++ * 0.618_033_988_749_895) % 1) * stride;
    coarseBits(rt, words, limit, { count, start, stride }, this.#bits, this.#count);
    this.#count += count;
  }

  /** Has the hits dealt among what has been looked at, and joins them. */
  #ask(): void {
    if (this.#count === 0) return;
    this.#join(dealHits(this.rt, this.#bits.subarray(0, this.#count)));
    this.#runs.length = 0;
    this.#count = 0;
  }

  /** Adds a party's shares of the hits to the sums of their sites. */
  #join(hits: Uint8Array | null): void {
    let i = 0;
    for (let run = 0; run < this.#runs.length; run += 2) {
      const [site, count] = [this.#runs[run], this.#runs[run + 1]];
      let sums = this.#sums[site] ?? 0;
      if (hits) sums ^= this.#summed(hits, i, count);
      i += count;
      this.#sums[site] = sums;
    }
  }

  /**
   * Sums of so many hits from place `from` on. Which of them a hit goes to are the top bits of a public generator
   * (xorshift32, G. Marsaglia 2003).
   */
  #summed(hits: Uint8Array, from: number, count: number): number {
    let sums = 0;
    let x = this.#coin;
    for (let i = from; i < from + count; i++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      sums ^= (0 - hits[i]) & (x >>> (32 - SUMS));
    }
    this.#coin = x;
    return sums;
  }

  /** What the owner is told of all since the last call. 1 round; null and none where nothing was watched. */
  *alarms(): Secure<Alarms | null> {
    this.#ask();
    const sites = [...this.#sums.keys()].filter((site) => this.#sums[site] !== undefined);
    if (sites.length === 0) return null;
    const sums = sites.map((site) => this.#sums[site]);
    this.#sums = [];
    return { sites, words: yield* openAlarms(this.rt, sums) };
  }
}
