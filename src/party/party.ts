/** The runtime of a compute party. */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Opening } from './program.js';
import { Runtime, type RuntimeParts } from './runtime.js';
import { Purpose, SEED_BYTES } from './streams.js';
import { Share } from './values.js';

/** What a party opened, for tests of what it sees: the label and the public bytes, in order. */
export type Transcript = (label: string, opened: Uint8Array, received: readonly Uint8Array[]) => void;

export interface PartyParts extends RuntimeParts {
  /** Source of fresh seeds; the operating system's unless a test injects one. */
  readonly seed: (peer: string) => Uint8Array;
  readonly transcript?: Transcript;
}

export class PartyRuntime extends Runtime {
  readonly isProvider = false;
  /** Key of the stream shared with the provider. */
  readonly #key: number;
  /** Key of this party alone, for its own share of the inputs it owns. */
  readonly #privateKey: number;
  /** Key shared with each other party for the inputs this party owns. */
  readonly #inputKeys = new Map<string, number>();
  /** Keys shared with this party by other owners. */
  readonly #ownerKeys = new Map<string, number>();
  readonly #peers: readonly string[];
  readonly #transcript: Transcript | undefined;

  /** Draws the seeds and sends each peer the one it shares with this party. */
  constructor(parts: PartyParts) {
    super(parts);
    this.#peers = parts.parties.filter((name) => name !== parts.name);
    this.#transcript = parts.transcript;
    const providerSeed = parts.seed(parts.provider);
    this.#key = this.streams.key(providerSeed);
    this.mailbox.send(parts.provider, 0, [providerSeed]);
    providerSeed.fill(0);
    const privateSeed = parts.seed(parts.name);
    this.#privateKey = this.streams.key(privateSeed);
    privateSeed.fill(0);
    for (const peer of this.#peers) {
      const seed = parts.seed(peer);
      this.#inputKeys.set(peer, this.streams.key(seed));
      const theirs = new Uint8Array(SEED_BYTES);
      this.mailbox.exchange([peer], 0, [seed], [[theirs]]);
      this.#ownerKeys.set(peer, this.streams.key(theirs));
      seed.fill(0);
      theirs.fill(0);
    }
  }

  protected drawMask(words: Words, add: boolean): void {
    this.#apply(add ? 'add' : 'set', words.ptr, words.length * this.ring.bytes, Purpose.mask);
  }

  deal(length: number, _compute: () => Words, width = this.ring.bytes): Words {
    const words = this.words(length);
    if (width >= this.ring.bytes) {
      this.#receiveDealt('set', words.ptr, length * this.ring.bytes);
      return words;
    }
    const packed = this.heap.alloc(length * width);
    this.#receiveDealt('set', packed, length * width);
    this.ring.unpack(words, packed, width);
    this.heap.free(packed);
    return words;
  }

  settle(share: Share): Share {
    if (share.settled) return share;
    const words = share.words ?? this.zeros(share.size);
    const bytes = words.length * this.ring.bytes;
    if (this.last) {
      const correction = this.words(words.length);
      this.#receiveDealt('set', correction.ptr, bytes);
      this.ring.add(words, words, correction);
      this.free(correction);
    } else this.#receiveDealt('add', words.ptr, bytes);
    return new Share(words, share.shape, share.fraction, true);
  }

  maskPlanes(count: number, blocks: number): Planes {
    const planes = this.planes(count, blocks);
    this.#apply('set', planes.ptr, count * blocks * 16, Purpose.mask);
    return planes;
  }

  dealPlanes(count: number, blocks: number, _compute: () => Planes): Planes {
    const planes = this.planes(count, blocks);
    this.#receiveDealt('set', planes.ptr, count * blocks * 16);
    return planes;
  }

  /** A party that is not the last expands its part of a dealt value, the last receives the correction. */
  #receiveDealt(mode: 'set' | 'add', ptr: number, bytes: number): void {
    if (!this.last) {
      this.#apply(mode, ptr, bytes, Purpose.deal);
      return;
    }
    const operation = this.nextOperation();
    this.mailbox.receive(this.providerName, operation, [this.heap.bytes(ptr, bytes)]);
    this.ledger.add('dealt', bytes);
  }

  #apply(mode: 'set' | 'add', ptr: number, bytes: number, purpose: Purpose): void {
    this.streams.apply(mode, ptr, bytes, this.#key, this.nextOperation(), purpose);
  }

  protected exchange(openings: readonly Opening[]): void {
    const operation = this.nextOperation();
    const mine = openings.map(({ ptr, bytes }) => this.heap.bytes(ptr, bytes));
    const received = this.#peers.map(() => openings.map(({ bytes }) => this.heap.alloc(bytes)));
    const theirs = received.map((ptrs) => ptrs.map((ptr, i) => this.heap.bytes(ptr, openings[i].bytes)));
    this.mailbox.exchange(this.#peers, operation, mine, theirs);
    for (let i = 0; i < openings.length; i++) {
      const { ptr, bytes, join, label } = openings[i];
      this.ledger.add('online', bytes * this.#peers.length);
      this.ledger.opened(label, bytes);
      const sent = this.#transcript && theirs.map((pieces) => pieces[i].slice());
      for (const ptrs of received) {
        this.#join(join, ptr, ptrs[i], bytes);
        this.heap.free(ptrs[i]);
      }
      if (sent) this.#transcript?.(label, this.heap.bytes(ptr, bytes).slice(), sent);
    }
  }

  #join(join: 'add' | 'xor', into: number, from: number, bytes: number): void {
    if (join === 'add') {
      const length = bytes / this.ring.bytes;
      const words = { ptr: into, length };
      this.ring.add(words, words, { ptr: from, length });
    } else {
      const blocks = bytes / 16;
      const planes = { ptr: into, count: 1, blocks };
      this.ring.xor(planes, planes, { ptr: from, count: 1, blocks });
    }
  }

  /** As the owner of an input: writes this party's share over `words` and sends the last party its own. */
  shareOwn(words: Words): void {
    const operation = this.nextOperation();
    const bytes = words.length * this.ring.bytes;
    const lastName = this.parties[this.parties.length - 1];
    let own: Words | null = null;
    for (const party of this.parties) {
      if (party === lastName) break;
      if (party === this.name) {
        own = this.words(words.length);
        this.streams.apply('set', own.ptr, bytes, this.#privateKey, operation, Purpose.input);
        this.ring.sub(words, words, own);
      } else {
        this.streams.apply('subtract', words.ptr, bytes, this.#inputKey(party), operation, Purpose.input);
      }
    }
    if (this.last) return;
    this.mailbox.send(lastName, operation, [this.heap.bytes(words.ptr, bytes)]);
    this.ledger.add('input', bytes);
    if (own) {
      this.ring.copy(words, own);
      this.free(own);
    }
  }

  /** This party's share of an input that another party owns. */
  shareOf(owner: string, length: number): Words {
    const operation = this.nextOperation();
    const words = this.words(length);
    const bytes = length * this.ring.bytes;
    if (this.last) {
      this.mailbox.receive(owner, operation, [this.heap.bytes(words.ptr, bytes)]);
      this.ledger.add('input', bytes);
    } else {
      const key = this.#ownerKeys.get(owner);
      if (key === undefined) throw new TypeError(`${this.name} shares no seed with ${owner}`);
      this.streams.apply('set', words.ptr, bytes, key, operation, Purpose.input);
    }
    return words;
  }

  #inputKey(party: string): number {
    const key = this.#inputKeys.get(party);
    if (key === undefined) throw new TypeError(`${this.name} shares no seed with ${party}`);
    return key;
  }

  /** The sums of all parties' integers, modulo 2^64, each party's hidden under pairwise masks. */
  sumWithPeers(values: BigInt64Array): BigInt64Array {
    const operation = this.nextOperation();
    const bytes = values.length * 8;
    const mine = BigInt64Array.from(values);
    const stream = this.heap.alloc(bytes);
    for (const peer of this.#peers) {
      const adds = this.index < this.parties.indexOf(peer);
      const key = adds ? this.#inputKey(peer) : (this.#ownerKeys.get(peer) as number);
      this.streams.apply('set', stream, bytes, key, operation, Purpose.aggregate);
      const words = this.heap.u64(stream, values.length);
      for (let i = 0; i < mine.length; i++) mine[i] += adds ? words[i] : -words[i];
    }
    this.heap.free(stream);
    const theirs = this.#peers.map(() => new BigInt64Array(values.length));
    this.mailbox.exchange(
      this.#peers,
      operation,
      [new Uint8Array(mine.buffer)],
      theirs.map((words) => [new Uint8Array(words.buffer)]),
    );
    this.ledger.round();
    this.ledger.add('online', bytes * this.#peers.length);
    this.ledger.opened('aggregate', bytes);
    const received = theirs.map((words) => new Uint8Array(words.buffer.slice(0)));
    for (const words of theirs) for (let i = 0; i < mine.length; i++) mine[i] += words[i];
    this.#transcript?.('aggregate', new Uint8Array(mine.buffer.slice(0)), received);
    return mine;
  }

  /** Sends words to another party, as part of a reveal to it. */
  sendWords(to: string, words: Words, operation: number): void {
    const bytes = words.length * this.ring.bytes;
    this.mailbox.send(to, operation, [this.heap.bytes(words.ptr, bytes)]);
    this.ledger.add('revealed', bytes);
  }

  /** Receives words from another party, as part of a reveal to this one. */
  receiveWords(from: string, length: number, operation: number): Words {
    const words = this.words(length);
    this.mailbox.receive(from, operation, [this.heap.bytes(words.ptr, length * this.ring.bytes)]);
    return words;
  }
}
