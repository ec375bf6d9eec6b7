/** A party's link to a model owner that is no party: its inputs, what is disclosed to it, its decisions. */
import type { Words } from '../../bindings/memory.js';
import type { Links } from '../links/mailbox.js';
import { writeHeader } from './owner-frames.js';
import type { Disclosable, Runtime } from './runtime.js';
import { Purpose, SEED_BYTES, Streams } from './streams.js';

/** What the link needs of its party. */
type Party = Pick<Runtime, 'ring' | 'heap' | 'ledger' | 'last' | 'words' | 'free'>;

export class OwnerLink {
  readonly #rt: Party;
  readonly #mailbox: Links;
  readonly #owner: string;
  /** Key shared with the owner, at all parties but the last, with streams of its own, which move on by themselves. */
  readonly #key: { readonly streams: Streams; readonly key: number } | null;
  /** Frames exchanged so far. */
  #count = 0;

  /** Receives the owner's seed, but at the last party. */
  constructor(rt: Party, mailbox: Links, rounds: 8 | 12 | 20, owner: string) {
    this.#rt = rt;
    this.#mailbox = mailbox;
    this.#owner = owner;
    this.#key = rt.last ? null : this.#takeKey(new Streams(rt.ring, rt.heap, rounds));
  }

  #takeKey(streams: Streams) {
    const seed = new Uint8Array(SEED_BYTES);
    this.#mailbox.receive(this.#owner, 0, [seed], true);
    const key = streams.key(seed);
    seed.fill(0);
    return { streams, key };
  }

  /** Moves the key on, as the owner does at the same point of the program. */
  ratchet(): void {
    const number = ++this.#count;
    this.#key?.streams.ratchet(number);
  }

  /** This party's share of an input. */
  takeInput(length: number): Words {
    const number = ++this.#count;
    const { ring, heap, ledger } = this.#rt;
    const words = this.#rt.words(length);
    const bytes = length * ring.bytes;
    if (this.#key) {
      const { streams, key } = this.#key;
      streams.apply('set', words.ptr, bytes, key, number, Purpose.input);
      streams.ratchet(number);
    } else {
      this.#mailbox.receive(this.#owner, number, [heap.bytes(words.ptr, bytes)], true);
      ledger.add('input', bytes);
    }
    return words;
  }

  /** Sends this party's shares of what is disclosed, all in two frames; consumes them. */
  hand(values: readonly Disclosable[]): null[] {
    const { ring, heap, ledger } = this.#rt;
    const headers = values.map(({ label, share, facts = [] }) =>
      writeHeader({ label, count: share.size, fraction: share.fraction, facts: facts.length }),
    );
    this.#mailbox.send(this.#owner, ++this.#count, headers);
    const body = values.flatMap(({ share, facts = [] }) => {
      const bytes = share.size * ring.bytes;
      ledger.add('revealed', bytes);
      return [new Uint8Array(Uint32Array.from(facts).buffer), heap.bytes((share.words as Words).ptr, bytes)];
    });
    this.#mailbox.send(this.#owner, ++this.#count, body);
    return values.map(({ share }) => {
      this.#rt.free(share);
      return null;
    });
  }

  /** The owner's next decision. */
  hear(): boolean {
    const said = new Uint8Array(1);
    this.#mailbox.receive(this.#owner, ++this.#count, [said]);
    return said[0] === 1;
  }
}
