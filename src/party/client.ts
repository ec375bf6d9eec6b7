/**
 * A client, a role that holds no share: an endpoint of links. The model owner is one where it is no party; others bring data
 * or are shown results. A client runs no program; it sends the parties shares of what it brings, takes in their shares of
 * what is disclosed to it, and tells or hears the owner's decisions.
 */
import type { Heap, Words } from '../../bindings/memory.js';
import type { Ring } from '../../bindings/ring.js';
import { ProtocolError } from '../errors.js';
import type { Links } from '../links/mailbox.js';
import { type ClientHeader, HEADER_BYTES, readHeader } from './client-frames.js';
import { type Disclosure, DisclosureList } from './disclosures.js';
import type { Secure } from './program.js';
import { Purpose, Streams } from './streams.js';
import { accumulate } from './wide.js';

export interface ClientParts {
  readonly name: string;
  readonly parties: readonly string[];
  readonly provider: string;
  readonly ring: Ring;
  readonly heap: Heap;
  readonly mailbox: Links;
  readonly prgRounds: 8 | 12 | 20;
  /** All clients. */
  readonly clients?: readonly string[];
  /** Whether a tape stands for the provider, which then hears nothing. */
  readonly taped?: boolean;
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

/** What a client expects of a value. */
export interface Wanted {
  readonly label: string;
  /** Numbers that it has, where that is known. */
  readonly count?: number;
  /** Most numbers that it can have, of which there is one at least. */
  readonly most?: number;
}

export class ClientEndpoint {
  readonly ring: Ring;
  readonly heap: Heap;
  readonly name: string;
  /** What was disclosed to this role, and what its decisions disclosed. */
  readonly disclosures: DisclosureList;
  readonly #parts: ClientParts;
  readonly #keys = new Map<string, { readonly streams: Streams; readonly key: number }>();
  /** Frames exchanged with each peer so far. */
  readonly #counts = new Map<string, number>();
  /** The other clients, to whom the parties tell this one's decisions where it is the owner. */
  readonly #others: Set<string>;

  /** Sends each party but the last a seed. */
  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.#others = new Set(parts.clients?.filter((client) => client !== parts.name));
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

  /**
   * Shares integers of some words each among the parties, modulo 2^(64 · words).
   * @returns the sums of these and of the parties' own, as they are opened
   * @throws ProtocolError where this role's list does not have it, or the parties do not agree
   */
  *sum(label: string, integers: BigInt64Array, words: number): Secure<BigInt64Array> {
    this.disclosures.pass(label, this.name, integers.length / words);
    this.#shareIntegers(integers, words);
    yield []; // the parties come first, where roles take turns
    const sums = new Uint8Array(integers.length * 8);
    this.#hearAll(label, sums);
    return new BigInt64Array(sums.buffer);
  }

  #shareIntegers(integers: BigInt64Array, words: number): void {
    const { parties, mailbox } = this.#parts;
    const rest = BigInt64Array.from(integers);
    const bytes = rest.length * 8;
    const ptr = this.heap.alloc(bytes);
    for (const [party, { streams, key }] of this.#keys) {
      const number = this.#next(party);
      streams.apply('set', ptr, bytes, key, number, Purpose.aggregate);
      streams.ratchet(number);
      accumulate(rest, this.heap.u64(ptr, rest.length), -1n, words);
    }
    this.heap.bytes(ptr, bytes).fill(0);
    this.heap.free(ptr);
    const last = parties[parties.length - 1];
    mailbox.send(last, this.#next(last), [new Uint8Array(rest.buffer)]);
  }

  /** Moves all keys on, as the parties do at the same point of the program. */
  ratchet(): void {
    for (const party of this.#parts.parties) {
      const number = this.#next(party);
      this.#keys.get(party)?.streams.ratchet(number);
    }
  }

  /**
   * The next values that are disclosed to this role together.
   * @throws ProtocolError where the parties disclose something else, or do not agree on it
   */
  receive(wanted: readonly Wanted[]): Clear[] {
    const [first, ...others] = this.#parts.parties.map((party) => this.#receiveOf(party, wanted));
    for (const { party, values } of others) {
      values.forEach((theirs, i) => {
        const mine = first.values[i];
        if (!sameHeader(theirs.header, mine.header)) this.#differ(party, wanted[i].label);
        if (theirs.facts.some((fact, j) => fact !== mine.facts[j])) this.#differ(party, wanted[i].label);
        this.ring.add(mine.words, mine.words, theirs.words);
        this.heap.free(theirs.words.ptr);
      });
    }
    return first.values.map(({ header, facts, words }) => {
      this.disclosures.pass(header.label, this.name, words.length);
      const bytes = this.heap.bytes(words.ptr, words.length * this.ring.bytes).slice();
      this.heap.free(words.ptr);
      return { words: bytes, count: words.length, fraction: header.fraction, facts: [...facts] };
    });
  }

  /** One party's shares. */
  #receiveOf(party: string, wanted: readonly Wanted[]) {
    const { mailbox } = this.#parts;
    const headers = wanted.map(() => new Uint8Array(HEADER_BYTES));
    mailbox.receive(party, this.#next(party), headers);
    const values = wanted.map((expected, i) => {
      const header = readHeader(headers[i]);
      if (!fits(header, expected)) this.#differ(party, expected.label);
      const words: Words = { ptr: this.heap.alloc(header.count * this.ring.bytes), length: header.count };
      return { header, words, facts: new Uint32Array(header.facts) };
    });
    const body = values.flatMap(({ words, facts }) => [
      new Uint8Array(facts.buffer),
      this.heap.bytes(words.ptr, words.length * this.ring.bytes),
    ]);
    mailbox.receive(party, this.#next(party), body, true);
    return { party, values };
  }

  /** Tells the parties, and the provider where it is there, a decision. @throws ProtocolError where this role's list does not have it, for any role */
  decide(label: string, say: boolean): void {
    const { parties, provider, taped = false } = this.#parts;
    const peers = [...parties, ...(taped ? [] : [provider])];
    const others = [...this.#others];
    for (const peer of [...peers, ...others]) this.disclosures.pass(label, peer, 1);
    for (const peer of peers) {
      this.#parts.mailbox.send(peer, this.#next(peer), [Uint8Array.of(Number(say))]);
    }
  }

  /** The owner's decision, where another role is the owner. @throws ProtocolError as {@link sum} */
  hear(label: string): boolean {
    this.disclosures.pass(label, this.name, 1);
    const said = new Uint8Array(1);
    this.#hearAll(label, said);
    return said[0] === 1;
  }

  /** What all parties say alike. */
  #hearAll(label: string, into: Uint8Array): void {
    const { parties, mailbox } = this.#parts;
    const [first, ...others] = parties.map((party) => {
      const bytes = new Uint8Array(into.length);
      mailbox.receive(party, this.#next(party), [bytes]);
      return { party, bytes };
    });
    const other = others.find(({ bytes }) => bytes.some((byte, i) => byte !== first.bytes[i]));
    if (other) {
      throw new ProtocolError(
        `${this.name}: ${first.party} and ${other.party} do not say the same of "${label}"`,
      );
    }
    into.set(first.bytes);
  }

  /** Another client has left. */
  leave(client: string): void {
    this.#others.delete(client);
  }

  #differ(party: string, label: string): never {
    throw new ProtocolError(`${this.name}: what ${party} discloses is not the "${label}" that was expected`);
  }

  #next(peer: string): number {
    const number = (this.#counts.get(peer) ?? 0) + 1;
    this.#counts.set(peer, number);
    return number;
  }
}

/** Whether a value can be the one that is expected. There are no more facts than numbers that they are about. */
function fits({ label, count, facts }: ClientHeader, wanted: Wanted): boolean {
  if (label !== wanted.label || (wanted.count !== undefined && count !== wanted.count)) return false;
  return (wanted.most === undefined || (count > 0 && count <= wanted.most)) && facts <= count;
}

const sameHeader = (a: ClientHeader, b: ClientHeader): boolean =>
  a.label === b.label && a.count === b.count && a.fraction === b.fraction && a.facts === b.facts;
