/** The seeds that parties share in pairs: for the inputs that they own, the masks of joint sums, and fresh summands. */
import type { Words } from '../../bindings/memory.js';
import type { Links } from '../links/mailbox.js';
import type { Runtime } from './runtime.js';
import { Purpose, type Streams } from './streams.js';
import { accumulate } from './wide.js';

/** What the seeds need of their party. */
type Party = Pick<
  Runtime,
  'name' | 'parties' | 'last' | 'ring' | 'heap' | 'ledger' | 'words' | 'free' | 'nextOperation'
>;

export class InputSeeds {
  readonly #rt: Party;
  readonly #streams: Streams;
  readonly #mailbox: Links;
  /** Key that only this party knows, for its own share of the inputs it owns. */
  readonly #own: number;
  /** Key shared with each other party for the inputs this party owns. */
  readonly #mine = new Map<string, number>();
  /** Keys shared with this party by other owners. */
  readonly #theirs = new Map<string, number>();

  /**
   * Draws a seed for this party and one for each peer.
   * @param swap sends a peer the seed that is drawn for it and returns the peer's
   */
  constructor(
    rt: Party,
    streams: Streams,
    mailbox: Links,
    seed: (peer: string) => Uint8Array,
    swap: (peer: string, seed: Uint8Array) => Uint8Array,
  ) {
    this.#rt = rt;
    this.#streams = streams;
    this.#mailbox = mailbox;
    const own = seed(rt.name);
    this.#own = streams.key(own);
    own.fill(0);
    for (const peer of rt.parties) {
      if (peer === rt.name) continue;
      const mine = seed(peer);
      this.#mine.set(peer, streams.key(mine));
      const theirs = swap(peer, mine);
      this.#theirs.set(peer, streams.key(theirs));
      mine.fill(0);
      theirs.fill(0);
    }
  }

  /** As the owner of an input: writes this party's share over `words` and sends the last party its own. */
  share(words: Words): void {
    const { name, parties, last, ring, heap, ledger } = this.#rt;
    const operation = this.#rt.nextOperation();
    const bytes = words.length * ring.bytes;
    const lastName = parties[parties.length - 1];
    let own: Words | null = null;
    for (const party of parties) {
      if (party === lastName) break;
      if (party === name) {
        own = this.#rt.words(words.length);
        this.#streams.apply('set', own.ptr, bytes, this.#own, operation, Purpose.input);
        ring.sub(words, words, own);
      } else {
        const key = this.#key(this.#mine, party);
        this.#streams.apply('subtract', words.ptr, bytes, key, operation, Purpose.input);
      }
    }
    if (last) return;
    this.#mailbox.send(lastName, operation, [heap.bytes(words.ptr, bytes)]);
    ledger.add('input', bytes);
    if (own) {
      ring.copy(words, own);
      this.#rt.free(own);
    }
  }

  /** This party's share of an input that another party owns, written to `words`. */
  shareOf(owner: string, words: Words): void {
    const { last, ring, heap, ledger } = this.#rt;
    const operation = this.#rt.nextOperation();
    const bytes = words.length * ring.bytes;
    if (last) {
      this.#mailbox.receive(owner, operation, [heap.bytes(words.ptr, bytes)], true);
      ledger.add('input', bytes);
    } else {
      const key = this.#key(this.#theirs, owner);
      this.#streams.apply('set', words.ptr, bytes, key, operation, Purpose.input);
    }
  }

  /** Hides integers under a mask for each pair: of a pair the party that comes first adds it, the other takes it off. */
  hide(integers: BigInt64Array, operation: number, words: number): void {
    const { name, parties, heap } = this.#rt;
    const bytes = integers.length * 8;
    const stream = heap.alloc(bytes);
    for (const peer of parties) {
      if (peer === name) continue;
      const adds = parties.indexOf(name) < parties.indexOf(peer);
      const key = this.#key(adds ? this.#mine : this.#theirs, peer);
      this.#streams.apply('set', stream, bytes, key, operation, Purpose.aggregate);
      accumulate(integers, heap.u64(stream, integers.length), adds ? 1n : -1n, words);
    }
    heap.free(stream);
  }

  /** Adds fresh summands of zero: of a pair the party that comes first adds a stream, the other takes it off. */
  refresh(words: Words): void {
    const { name, parties, ring } = this.#rt;
    const operation = this.#rt.nextOperation();
    const bytes = words.length * ring.bytes;
    for (const peer of parties) {
      if (peer === name) continue;
      const adds = parties.indexOf(name) < parties.indexOf(peer);
      const key = this.#key(adds ? this.#mine : this.#theirs, peer);
      const mode = adds ? 'add' : 'subtract';
      this.#streams.apply(mode, words.ptr, bytes, key, operation, Purpose.refresh);
    }
  }

  #key(keys: ReadonlyMap<string, number>, party: string): number {
    const key = keys.get(party);
    if (key === undefined) throw new TypeError(`${this.#rt.name} shares no seed with ${party}`);
    return key;
  }
}
