/**
 * The runtime: what a protocol sees of its role.
 *
 * All roles run the same program. `mask` and `deal` return a party's share at a party, the value itself at the
 * provider; openings cross between the parties; corrections of dealt values go from the provider to the last
 * party; nothing else crosses. Each draw, deal and round has its own operation number, the same at every role.
 */
import type { Heap, Planes, Words } from '../../bindings/memory.js';
import type { Ring } from '../../bindings/ring.js';
import type { Links } from '../links/mailbox.js';
import { Ledger } from './ledger.js';
import type { Opening, Secure } from './program.js';
import type { Streams } from './streams.js';
import { type Masked, type MaskedBit, Share } from './values.js';

export interface RuntimeParts {
  /** The role's name. */
  readonly name: string;
  /** Names of the parties, P₀ first. */
  readonly parties: readonly string[];
  readonly provider: string;
  readonly ring: Ring;
  readonly heap: Heap;
  readonly streams: Streams;
  readonly mailbox: Links;
  /** Fraction bits of values unless an operation says otherwise. */
  readonly fraction: number;
}

export abstract class Runtime {
  readonly name: string;
  readonly parties: readonly string[];
  readonly providerName: string;
  readonly ring: Ring;
  readonly heap: Heap;
  readonly fraction: number;
  readonly ledger = new Ledger();
  /** True at the provider. */
  abstract readonly isProvider: boolean;
  /** This party's number; the number of parties at the provider. */
  readonly index: number;
  /** P₀, which adds public terms. */
  readonly first: boolean;
  /** Pₙ₋₁, which receives corrections. */
  readonly last: boolean;
  protected readonly streams: Streams;
  protected readonly mailbox: Links;
  #operation = 0;

  constructor(parts: RuntimeParts) {
    this.name = parts.name;
    this.parties = parts.parties;
    this.providerName = parts.provider;
    this.ring = parts.ring;
    this.heap = parts.heap;
    this.fraction = parts.fraction;
    this.streams = parts.streams;
    this.mailbox = parts.mailbox;
    const index = parts.parties.indexOf(parts.name);
    this.index = index < 0 ? parts.parties.length : index;
    this.first = this.index === 0;
    this.last = this.index === parts.parties.length - 1;
  }

  /** Number of the operation under way. */
  get operation(): number {
    return this.#operation;
  }

  /** Begins the next operation; every role must do so at the same point of the program. */
  nextOperation(): number {
    return ++this.#operation;
  }

  /** Allocates `length` ring words, contents undefined. */
  words(length: number): Words {
    return { ptr: this.heap.alloc(length * this.ring.bytes), length };
  }

  /** Allocates `length` ring words of zero. */
  zeros(length: number): Words {
    const words = this.words(length);
    this.heap.bytes(words.ptr, length * this.ring.bytes).fill(0);
    return words;
  }

  /** A copy of `source`. */
  copy(source: Words): Words {
    const words = this.words(source.length);
    this.ring.copy(words, source);
    return words;
  }

  /** Allocates bit planes, contents undefined. */
  planes(count: number, blocks: number): Planes {
    return { ptr: this.heap.alloc(count * blocks * 16), count, blocks };
  }

  /** Frees words, shares, masked values and bits; null is ignored. */
  free(...values: (Words | Planes | Share | Masked | MaskedBit | null)[]): void {
    for (const value of values) {
      if (value === null) continue;
      if ('ptr' in value) this.heap.free(value.ptr);
      else if ('settled' in value) this.free(value.words);
      else if ('delta' in value) this.free(value.delta, value.mask, value.own);
      else this.free(value.open, value.mask, value.arithmetic);
    }
  }

  /** Fresh random words: this party's share of δ; at the provider δ. Nothing is sent. */
  mask(length: number): Words {
    const words = this.words(length);
    this.drawMask(words, false);
    return words;
  }

  /** Adds a fresh mask to `words` in place: a party its share, the provider the whole mask. */
  addMask(words: Words): void {
    this.drawMask(words, true);
  }

  protected abstract drawMask(words: Words, add: boolean): void;

  /**
   * Shares of words that the provider computes from masks: at a party its share, at the provider what `compute`
   * returned. With `width` only the low `width` bytes of each word are shared (others are undefined sums): enough
   * for a value that is to be shifted left, and cheaper to send.
   */
  abstract deal(length: number, compute: () => Words, width?: number): Words;

  /** Turns a share with a summand at the provider into one whose summands all lie with the parties. */
  abstract settle(share: Share): Share;

  /** Fresh random bit planes: XOR shares at the parties, their sum at the provider. */
  abstract maskPlanes(count: number, blocks: number): Planes;

  /** XOR shares of bit planes that the provider computes (at the provider: what `compute` returned). */
  abstract dealPlanes(count: number, blocks: number, compute: () => Planes): Planes;

  /** One round: opens all of `openings` at the parties. */
  protected abstract exchange(openings: readonly Opening[]): void;

  /** Runs a protocol to its end. */
  run<T>(program: Secure<T>): T {
    for (;;) {
      const step = program.next();
      if (step.done) return step.value;
      this.round(step.value);
    }
  }

  /** One step of a protocol: opens what it yields, if anything. */
  round(openings: readonly Opening[]): void {
    if (openings.length === 0) return;
    this.ledger.round();
    this.exchange(openings);
  }

  /** A share whose summand at the provider is zero: `words` is the party's summand, ignored at the provider. */
  settledShare(words: Words | null, shape: readonly number[], fraction: number): Share {
    return new Share(words, shape, fraction, true);
  }
}
