/**
 * The model owner as a role of its own: an endpoint of links. It holds no share and runs no program; it sends shares of what
 * it brings, takes in the parties' shares of what is disclosed to it, and tells its decisions.
 */
import type { Heap, Words } from '../../bindings/memory.js';
import type { Ring } from '../../bindings/ring.js';
import { ProtocolError } from '../errors.js';
import type { Links } from '../links/mailbox.js';
import { type Disclosure, DisclosureList } from './disclosures.js';
import { HEADER_BYTES, type OwnerHeader, readHeader } from './owner-frames.js';
import { Purpose, Streams } from './streams.js';

export interface OwnerParts {
  readonly name: string;
  readonly parties: readonly string[];
  readonly provider: string;
  readonly ring: Ring;
  readonly heap: Heap;
  readonly mailbox: Links;
  readonly prgRounds: 8 | 12 | 20;
  /** What may be disclosed to this role, and by its decisions; everything unless it is given. */
  readonly discloses?: readonly Disclosure[] | null;
  /** Source of fresh seeds. */
  readonly seed: (peer: string) => Uint8Array;
}

/** A value that was disclosed: ring words and what is public of them. */
export interface Clear {
  readonly words: Uint8Array;
  readonly count: number;
  readonly fraction: number;
  readonly facts: readonly number[];
}

export class OwnerEndpoint {
  readonly ring: Ring;
  readonly heap: Heap;
  readonly name: string;
  /** What was disclosed to this role, and what its decisions disclosed. */
  readonly disclosures: DisclosureList;
  readonly #parts: OwnerParts;
  readonly #keys = new Map<string, { readonly streams: Streams; readonly key: number }>();
  /** Frames exchanged with each peer so far. */
  readonly #counts = new Map<string, number>();

  /** Sends each party but the last a seed. */
  constructor(parts: OwnerParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.disclosures = new DisclosureList(parts.name, parts.discloses ?? null);
    this.ring = parts.ring;
    this.heap = parts.heap;
    for (const party of parts.parties.slice(0, -1)) {
      const streams = new Streams(parts.ring, parts.heap, parts.prgRounds);
      const seed = parts.seed(party);
      this.#keys.set(party, { streams, key: streams.key(seed) });
      parts.mailbox.send(party, 0, [seed]);
      seed.fill(0);
    }
  }

  /** Shares words among the parties; writes over them. */
  share(words: Words): void {
    const bytes = words.length * this.ring.bytes;
    for (const [party, { streams, key }] of this.#keys) {
      const number = this.#next(party);
      streams.apply('subtract', words.ptr, bytes, key, number, Purpose.input);
      streams.ratchet(number);
    }
    const last = this.#parts.parties[this.#parts.parties.length - 1];
    this.#parts.mailbox.send(last, this.#next(last), [this.heap.bytes(words.ptr, bytes)]);
  }

  /** Moves all keys on, as the parties do at the same point of the program. */
  ratchet(): void {
    for (const party of this.#parts.parties) {
      const number = this.#next(party);
      this.#keys.get(party)?.streams.ratchet(number);
    }
  }

  /**
   * The next value that is disclosed to this role.
   * @param count numbers that it must have, where that is known
   * @throws ProtocolError where the parties disclose something else, or do not agree on it
   */
  receive(label: string, count?: number): Clear {
    const { parties, mailbox } = this.#parts;
    let header: OwnerHeader | null = null;
    let facts: Uint32Array<ArrayBuffer> = new Uint32Array();
    let sum = { ptr: 0, length: 0 };
    for (const party of parties) {
      const bytes = new Uint8Array(HEADER_BYTES);
      mailbox.receive(party, this.#next(party), [bytes]);
      const theirs = readHeader(bytes);
      this.#check(party, theirs, header ?? { ...theirs, label, count: count ?? theirs.count });
      const own = new Uint32Array(theirs.facts);
      const words = this.#words(theirs.count);
      const into = [new Uint8Array(own.buffer), this.heap.bytes(words.ptr, theirs.count * this.ring.bytes)];
      mailbox.receive(party, this.#next(party), into, true);
      if (header) {
        if (own.some((fact, i) => fact !== facts[i])) this.#differ(party, label);
        this.ring.add(sum, sum, words);
        this.heap.free(words.ptr);
      } else [header, facts, sum] = [theirs, own, words];
    }
    this.disclosures.pass(label, this.name, sum.length);
    const { fraction = 0 } = header ?? {};
    const words = this.heap.bytes(sum.ptr, sum.length * this.ring.bytes).slice();
    this.heap.free(sum.ptr);
    return { words, count: sum.length, fraction, facts: [...facts] };
  }

  /** Tells all other roles a decision. @throws ProtocolError where this role's list does not have it, for any role */
  decide(label: string, say: boolean): void {
    const peers = [...this.#parts.parties, this.#parts.provider];
    for (const peer of peers) this.disclosures.pass(label, peer, 1);
    for (const peer of peers) {
      this.#parts.mailbox.send(peer, this.#next(peer), [Uint8Array.of(Number(say))]);
    }
  }

  #check(party: string, theirs: OwnerHeader, wanted: OwnerHeader): void {
    const same =
      theirs.label === wanted.label &&
      theirs.count === wanted.count &&
      theirs.fraction === wanted.fraction &&
      theirs.facts === wanted.facts;
    if (!same) this.#differ(party, wanted.label);
  }

  #differ(party: string, label: string): never {
    throw new ProtocolError(`${this.name}: what ${party} discloses is not the "${label}" that was expected`);
  }

  #next(peer: string): number {
    const number = (this.#counts.get(peer) ?? 0) + 1;
    this.#counts.set(peer, number);
    return number;
  }

  #words(length: number): Words {
    return { ptr: this.heap.alloc(length * this.ring.bytes), length };
  }
}
