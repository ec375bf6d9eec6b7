/** A party's link to a client, a role that holds no share: its inputs, what is disclosed to it, decisions of either. */
import type { Words } from '../../bindings/memory.js';
import type { Links } from '../links/mailbox.js';
import { writeHeader } from './client-frames.js';
import type { Disclosable, Runtime } from './runtime.js';
import { Purpose, SEED_BYTES, Streams } from './streams.js';

/** What the link needs of its party. */
type Party = Pick<Runtime, 'ring' | 'heap' | 'ledger' | 'last' | 'words' | 'free'>;

export class ClientLink {
  readonly #rt: Party;
  readonly #mailbox: Links;
  readonly #client: string;
  /** Key shared with the client, at all parties but the last, with streams of its own, which move on by themselves. */
  readonly #key: { readonly streams: Streams; readonly key: number } | null;
  /** Frames exchanged so far. */
  #count = 0;

  /** Receives the client's seed, but at the last party. */
  constructor(rt: Party, mailbox: Links, rounds: 8 | 12 | 20, client: string) {
    this.#rt = rt;
    this.#mailbox = mailbox;
    this.#client = client;
    this.#key = rt.last ? null : this.#takeKey(new Streams(rt.ring, rt.heap, rounds));
  }

  #takeKey(streams: Streams) {
    const seed = new Uint8Array(SEED_BYTES);
    this.#mailbox.receive(this.#client, 0, [seed], true);
    const key = streams.key(seed);
    seed.fill(0);
    return { streams, key };
  }

  /** Moves the key on, as the client does at the same point of the program. */
  ratchet(): void {
    const number = ++this.#count;
    this.#key?.streams.ratchet(number);
  }

  /** This party's share of an input. */
  takeInput(words: Words): void {
    const number = ++this.#count;
    const { ring, heap, ledger } = this.#rt;
    const bytes = words.length * ring.bytes;
    if (this.#key) {
      const { streams, key } = this.#key;
      streams.apply('set', words.ptr, bytes, key, number, Purpose.input);
      streams.ratchet(number);
    } else {
      this.#mailbox.receive(this.#client, number, [heap.bytes(words.ptr, bytes)], true);
      ledger.add('input', bytes);
    }
  }

  /** This party's summands of a client's integers, as words. */
  takeIntegers(length: number): BigInt64Array {
    const number = ++this.#count;
    const { heap, ledger } = this.#rt;
    const integers = new BigInt64Array(length);
    const bytes = new Uint8Array(integers.buffer);
    if (this.#key) {
      const { streams, key } = this.#key;
      const ptr = heap.alloc(bytes.length);
      streams.apply('set', ptr, bytes.length, key, number, Purpose.aggregate);
      streams.ratchet(number);
      const drawn = heap.bytes(ptr, bytes.length);
      bytes.set(drawn);
      drawn.fill(0);
      heap.free(ptr);
    } else {
      this.#mailbox.receive(this.#client, number, [bytes], true);
      ledger.add('input', bytes.length);
    }
    return integers;
  }

  /** Sends this party's shares of what is disclosed, all in two frames; consumes them. */
  hand(values: readonly Disclosable[]): null[] {
    const { ring, heap, ledger } = this.#rt;
    const headers = values.map(({ label, share, facts = [] }) =>
      writeHeader({ label, count: share.size, fraction: share.fraction, facts: facts.length }),
    );
    this.#mailbox.send(this.#client, ++this.#count, headers);
    const body = values.flatMap(({ share, facts = [] }) => {
      const bytes = share.size * ring.bytes;
      ledger.add('revealed', bytes);
      return [new Uint8Array(Uint32Array.from(facts).buffer), heap.bytes((share.words as Words).ptr, bytes)];
    });
    this.#mailbox.send(this.#client, ++this.#count, body);
    return values.map(({ share }) => {
      this.#rt.free(share);
      return null;
    });
  }

  /** The client's next decision, where it is the owner. */
  hear(): boolean {
    const said = new Uint8Array(1);
    this.#mailbox.receive(this.#client, ++this.#count, [said]);
    return said[0] === 1;
  }

  /** Sends the client public integers. */
  show(integers: BigInt64Array): void {
    const bytes = new Uint8Array(integers.slice().buffer);
    this.#mailbox.send(this.#client, ++this.#count, [bytes]);
    this.#rt.ledger.add('revealed', bytes.length);
  }

  /** Tells the client the owner's decision. */
  tell(say: boolean): void {
    this.#mailbox.send(this.#client, ++this.#count, [Uint8Array.of(Number(say))]);
  }

  /** The client has left: its key goes. */
  wipe(): void {
    if (this.#key) this.#rt.heap.bytes(this.#key.key, SEED_BYTES).fill(0);
  }
}
