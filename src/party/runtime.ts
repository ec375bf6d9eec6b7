/**
 * The runtime: what a protocol sees of its role.
 *
 * All roles run the same program. `settleAndMask` draws masks, and `deal` shares what the provider computes from them: a
 * party gets its share, the provider the value itself. Openings are sent between the parties, the correction of a dealt
 * vector from the provider to one party, and nothing else is sent. Each draw, deal and round has its own number everywhere.
 */
import type { Heap, Planes, Words } from '../../bindings/memory.js';
import type { Ring } from '../../bindings/ring.js';
import type { Links } from '../links/mailbox.js';
import { Driven } from './direct.js';
import { DisclosureList } from './disclosures.js';
import { Ledger } from './ledger.js';
import { cut, parted } from './parts.js';
import type { Opening, Secure } from './program.js';
import type { Disclosable, Hidden, RuntimeParts, Watcher } from './runtime-parts.js';
import type { Streams } from './streams.js';
import { Masked, MaskedBit, Share } from './values.js';

export type { Disclosable, Hidden, RuntimeParts, Watcher } from './runtime-parts.js';

/** Length of a tile: words that several passes work on in turn, so that they stay in cache from pass to pass. */
export const TILE = 8192;
/** The same with helper threads, which are worth waking only for long vectors. */
const HELPED_TILE = 2 ** 22;
/** Operation numbers between two renewals of keys. */
const SEGMENT = 2 ** 32;

export abstract class Runtime {
  /** Is shown every value that is truncated, and others that must stay small. */
  watcher: Watcher | null = null;
  readonly name: string;
  readonly parties: readonly string[];
  readonly providerName: string;
  readonly ring: Ring;
  readonly heap: Heap;
  readonly fraction: number;
  readonly ledger = new Ledger();
  readonly disclosures: DisclosureList;
  /** The roles that hold no share and deal nothing, but for those that have left. */
  protected readonly clients: Set<string>;
  /** The parties but this one. */
  readonly others: readonly string[];
  /** True at the provider. */
  abstract readonly isProvider: boolean;
  /** False where costs alone are counted. */
  readonly hasNumbers: boolean = true;
  /** This party's number; the number of parties at the provider. */
  readonly index: number;
  /** P₀, which adds public terms. */
  readonly first: boolean;
  /** Pₙ₋₁, which receives what is sent of an input. */
  readonly last: boolean;
  protected readonly streams: Streams;
  protected readonly mailbox: Links;
  protected readonly taped: boolean;
  /** Words of a tile, see {@link tiles}. */
  protected readonly tile: number;
  /** Whether values are factored: with two parties, whose products take one term a role (protocol/multiply.ts). */
  readonly factored: boolean;
  /** Whether operations take fewer rounds where that costs more bytes. */
  readonly fewRounds: boolean;
  /** Bytes that the provider has sent each party of dealt vectors, by which {@link receiver} goes. */
  readonly lines: number[];
  readonly #oneLine: boolean;
  #operation = 0;
  /** How often keys with the provider were made anew. */
  #renewals = 0;

  constructor(parts: RuntimeParts) {
    this.name = parts.name;
    this.parties = parts.parties;
    this.others = parts.parties.filter((party) => party !== parts.name);
    this.providerName = parts.provider;
    this.ring = parts.ring;
    this.heap = parts.heap;
    this.fraction = parts.fraction;
    this.streams = parts.streams;
    this.mailbox = parts.mailbox;
    this.clients = new Set(parts.clients);
    this.taped = parts.taped ?? false;
    this.#oneLine = parts.oneLine ?? false;
    this.lines = parts.parties.map(() => 0);
    this.disclosures = new DisclosureList(parts.name, parts.discloses ?? null);
    this.fewRounds = parts.fewRounds ?? false;
    this.factored = parts.parties.length === 2;
    this.tile = parts.helped ? HELPED_TILE : TILE;
    const index = parts.parties.indexOf(parts.name);
    this.index = index < 0 ? parts.parties.length : index;
    this.first = this.index === 0;
    this.last = this.index === parts.parties.length - 1;
  }

  /** Number of the operation under way. */
  get operation(): number {
    return this.#operation;
  }

  /**
   * Number of the party that is sent the correction of the next dealt vector: of those with the fewest bytes so far the last. It
   * follows from sizes alone, so every role counts alike.
   */
  protected receiver(bytes: number): number {
    const { lines } = this;
    let to = lines.length - 1;
    if (!this.#oneLine) for (let i = to - 1; i >= 0; i--) if (lines[i] < lines[to]) to = i;
    lines[to] += bytes;
    return to;
  }

  /** Begins the next operation. Every role does so at the same point of the program. */
  nextOperation(): number {
    return ++this.#operation;
  }

  /** Replaces all of this role's keys, so that they reveal nothing of the past. No message; all roles at the same point. */
  ratchet(): void {
    this.streams.ratchet(this.nextOperation());
  }

  /**
   * Goes on with keys and operation numbers that depend on nothing but how often this was done: alike at roles of which one has
   * gone through operations that another has left out. No message; in sessions with a tape alone.
   */
  startAnew(): void {
    const number = ++this.#renewals;
    if (this.#operation >= number * SEGMENT) throw new RangeError('too many operations');
    this.#operation = number * SEGMENT;
    this.renewKeys(number);
  }

  /** Replaces the keys that this role shares with the provider. */
  protected abstract renewKeys(number: number): void;

  /** Allocates `length` ring words, contents undefined. */
  words(length: number): Words {
    return { ptr: this.heap.alloc(length * this.ring.bytes), length };
  }

  /** Allocates `length` ring words of zero. */
  zeros(length: number): Words {
    const words = this.words(length);
    this.ring.fill(words, 0);
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
      if (value instanceof Share) this.free(value.words);
      else if (value instanceof Masked) this.free(value.delta, value.mask, value.own, value.factor);
      else if (value instanceof MaskedBit) this.free(value.open, value.mask, value.arithmetic);
      else this.heap.free(value.ptr);
    }
  }

  /** Calls `each` for the tiles of a vector of `length` words, in order. */
  protected tiles(length: number, each: (start: number, length: number) => void): void {
    for (let start = 0; start < length; start += this.tile) each(start, Math.min(this.tile, length - start));
  }

  /** `length` words of `words` from `start` on. */
  part(words: Words, start: number, length: number): Words {
    return { ptr: words.ptr + start * this.ring.bytes, length };
  }

  /** Adds a fresh mask to `words` in place, or to their negative: a party its share, the provider the whole mask. */
  addMask(words: Words, negated = false): void {
    const operation = this.nextOperation();
    this.tiles(words.length, (start, length) => {
      const part = this.part(words, start, length);
      if (negated) this.ring.neg(part, part);
      this.drawMask(part, true, operation, start);
    });
  }

  /** Sets `words` to a part of an operation's mask, from its word `start` on (a multiple of 16), or adds that part. */
  protected abstract drawMask(words: Words, add: boolean, operation: number, start: number): void;

  /**
   * A fresh mask of which only the top `bits` bits are not zero: a party its share, the provider the whole mask.
   * @param factor set to the provider's factor of it, at the provider
   */
  abstract drawHigh(length: number, bits: number, factor?: Words | null): Words;

  /**
   * Settles a share and adds a fresh mask, in one pass over memory: at a party its words, ready to be opened, and its
   * share of the mask; at the provider the mask and, with two parties, its factor. Consumes the share.
   */
  abstract settleAndMask(share: Share): Hidden;

  /**
   * Shares of words that the provider computes from masks: at a party its share, at the provider what `compute`
   * returned. With `width` only the low `width` bytes of each word are shared (others are undefined sums): enough
   * for a value that is to be shifted left, and cheaper to send.
   */
  abstract deal(length: number, compute: () => Words, width?: number): Words;

  /**
   * As {@link deal} for the low `width` bytes of each word, tile by tile: the provider computes each tile into `out`, a
   * party uses its share of it at once, and nobody keeps it.
   */
  abstract dealTiles(
    length: number,
    width: number,
    compute: (start: number, out: Words) => void,
    use: (start: number, share: Words) => void,
  ): void;

  /**
   * Turns a share into a settled one: deals the provider's summand, so that all summands are at the parties.
   * @param factor words from which P₁'s part of it is subtracted, at the provider of two parties
   */
  abstract settle(share: Share, factor?: Words | null): Share;

  /**
   * Gives the parties' summands of a settled share fresh values with the same sum, in place, from seeds that the provider
   * does not know. No message. What a party keeps for later goes through this: its summands are no functions of masks then.
   */
  refresh(share: Share): void {
    if (!share.settled) throw new TypeError('refresh: the share must be settled first');
    this.renew(share);
  }

  protected abstract renew(share: Share): void;

  /**
   * Hands settled shares to one role. All that becomes clear of shares passes here, and at every role.
   * @returns the clear words at `to` where that is this role, else null; consumes the shares
   * @throws ProtocolError where this role's list lacks one of them; nothing has been sent then
   */
  disclose(to: string, values: readonly Disclosable[]): (Words | null)[] {
    for (const { share } of values) {
      if (!share.settled) throw new TypeError('disclose: the share must be settled first');
    }
    for (const { label, share } of values) this.disclosures.pass(label, to, share.size);
    return this.hand(to, values);
  }

  protected abstract hand(to: string, values: readonly Disclosable[]): (Words | null)[];

  /**
   * A decision that the owner makes on what it has seen, told to all roles: the only one that programs depend on.
   * @param say the decision where the owner is this role, else null
   * @throws ProtocolError where this role's list does not have it, for any role
   */
  decide(label: string, owner: string, say: boolean | null): boolean {
    const provider = this.taped ? [] : [this.providerName];
    for (const role of [...this.parties, ...provider, ...this.clients]) {
      if (role !== owner) this.disclosures.pass(label, role, 1);
    }
    return this.hear(owner, say);
  }

  /** A client leaves: it brings and hears nothing more. */
  leave(client: string): void {
    this.clients.delete(client);
  }

  protected abstract hear(owner: string, say: boolean | null): boolean;

  /**
   * A party's share of words that one owner brings, settled; the provider has none.
   * @param words where it goes; at a party that is the owner they hold what it brings, elsewhere anything. Not read at the provider
   */
  abstract takeInput(owner: string, words: Words | null): void;

  /**
   * The sums of all parties' integers, and of those that clients bring, modulo 2^(64 · words), opened to all of these. 1 round, and a
   * message to each client.
   * @param values this party's
   * @param length words of all integers together
   * @param clients those that bring some
   * @param words of one integer, low first
   * @returns null at the provider
   */
  *sumOfParties(
    label: string,
    values: BigInt64Array | null,
    length: number,
    clients: readonly string[] = [],
    words = 1,
  ): Secure<BigInt64Array | null> {
    for (const role of [...this.parties, ...clients]) this.disclosures.pass(label, role, length / words);
    return yield* this.sum(label, values, length, clients, words);
  }

  protected abstract sum(
    label: string,
    values: BigInt64Array | null,
    length: number,
    clients: readonly string[],
    words: number,
  ): Secure<BigInt64Array | null>;

  /** Fresh random bit planes: XOR shares at the parties, their sum at the provider. */
  abstract maskPlanes(count: number, blocks: number): Planes;

  /** XOR shares of bit planes that the provider computes (at the provider: what `compute` returned). */
  abstract dealPlanes(count: number, blocks: number, compute: () => Planes): Planes;

  /** One round: opens all of `openings` at the parties. */
  protected abstract exchange(openings: readonly Opening[]): void;

  /** A step of a program has been made. */
  protected stepped(): void {}

  /** Runs a protocol to its end. */
  run<T>(program: Secure<T>): T {
    const crossing = this.crossing(program);
    for (;;) {
      const step = crossing.next();
      this.stepped();
      if (step.done) return step.value;
      this.round(step.value);
    }
  }

  /** A protocol as it crosses: a round in which much is opened becomes two (parts.ts), but between two parties. */
  crossing<T>(program: Secure<T>): Pick<Secure<T>, 'next'> {
    const driven = new Driven(program);
    return this.factored ? driven : parted(driven, this.parties.length, (all) => this.inParts(all));
  }

  /** The two rounds of openings that go through adders. */
  protected *inParts(openings: readonly Opening[]): Secure<void> {
    const parts = cut(openings, this.parties.length, this.ring.bytes);
    yield parts;
    this.turn(parts);
    yield parts.flatMap((part) => (part.adder === undefined ? [] : { ...part, sums: true }));
  }

  /** Between them: a party's own sums become what it sends, and there is room for those of others. */
  protected turn(_parts: readonly Opening[]): void {}

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
