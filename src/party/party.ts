/** The runtime of a compute party. */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Parts, Take } from '../links/mailbox.js';
import { ClientLink } from './client-link.js';
import { CHUNK_BYTES, Exchange } from './exchange.js';
import { InputSeeds } from './input-seeds.js';
import { Arrival, type Opening, type Secure } from './program.js';
import { type Disclosable, type Hidden, Runtime, type RuntimeParts, TILE } from './runtime.js';
import { Purpose, SEED_BYTES } from './streams.js';
import type { Transcript } from './transcript.js';
import { Share } from './values.js';
import { accumulate } from './wide.js';

export interface PartyParts extends RuntimeParts {
  /** Source of fresh seeds; the operating system's unless a test injects one. */
  readonly seed: (peer: string) => Uint8Array;
  readonly transcript?: Transcript;
}

export class PartyRuntime extends Runtime {
  readonly isProvider = false;
  /** Key of the stream shared with the provider. */
  readonly #key: number;
  /** What comes in its place, in sessions with a tape. */
  readonly #heir: number | null;
  readonly #inputs: InputSeeds;
  /** Links to the roles that hold no share. */
  readonly #clients: ReadonlyMap<string, ClientLink>;
  readonly #exchange: Exchange;

  /** Draws the seeds and sends each peer the one it shares with this party. */
  constructor(parts: PartyParts) {
    super(parts);
    this.#exchange = new Exchange(this, this.mailbox, this.others, parts.transcript);
    const providerSeed = parts.seed(parts.provider);
    this.#key = this.streams.key(providerSeed);
    this.#heir = parts.taped ? this.streams.heir(this.#key) : null;
    this.mailbox.send(parts.provider, 0, [providerSeed, Uint8Array.of(Number(parts.awaits ?? false))]);
    providerSeed.fill(0);
    this.#inputs = new InputSeeds(this, this.streams, this.mailbox, parts.seed, (peer, seed) => {
      const [theirs] = this.#swap([peer], 0, seed, true);
      this.#exchange.chunk.bytes.fill(0, 0, SEED_BYTES);
      return theirs;
    });
    const { rounds } = this.streams;
    const links = [...this.clients].map(
      (name) => [name, new ClientLink(this, this.mailbox, rounds, name)] as const,
    );
    this.#clients = new Map(links);
  }

  protected renewKeys(number: number): void {
    if (this.#heir !== null) this.streams.renew(this.#key, this.#heir, number);
  }

  override ratchet(): void {
    super.ratchet();
    for (const name of this.clients) this.#clients.get(name)?.ratchet();
  }

  protected drawMask(words: Words, add: boolean, operation: number, start: number): void {
    const { bytes } = this.ring;
    const mode = add ? 'add' : 'set';
    this.streams.apply(
      mode,
      words.ptr,
      words.length * bytes,
      this.#key,
      operation,
      Purpose.mask,
      start * bytes,
    );
  }

  drawHigh(length: number, bits: number): Words {
    const words = this.words(length);
    const width = Math.ceil(bits / 8);
    const packed = this.heap.alloc(length * width);
    this.#apply(packed, length * width, Purpose.mask);
    this.ring.unpack(words, packed, width);
    this.heap.free(packed);
    this.ring.shl(words, words, this.ring.bits - bits);
    return words;
  }

  settleAndMask(share: Share): Hidden & { words: Words } {
    const { size, settled } = share;
    const words = share.words ?? this.zeros(size);
    const mask = this.words(size);
    const drawn = this.nextOperation();
    const addMask = (start: number, length: number) => {
      const [part, own] = [this.part(words, start, length), this.part(mask, start, length)];
      this.drawMask(own, false, drawn, start);
      this.ring.add(part, part, own);
    };
    // what arrives in chunks is masked chunk by chunk, unless helper threads are to share the work on the whole
    const receives = !settled && this.#receives(size * this.ring.bytes);
    const apart = receives && this.tile > TILE;
    if (!settled) this.#settle(words, receives, apart ? () => {} : addMask);
    if (settled || apart) this.tiles(size, addMask);
    return { words, mask, factor: null };
  }

  dealTiles(
    length: number,
    width: number,
    _compute: (start: number, out: Words) => void,
    use: (start: number, share: Words) => void,
  ): void {
    const operation = this.nextOperation();
    const receives = this.#receives(length * width);
    const share = this.words(Math.min(length, this.tile));
    const take = (packed: number, start: number, count: number) => {
      const part = this.part(share, 0, count);
      this.ring.unpack(part, packed, width);
      use(start, part);
    };
    if (receives) {
      const most = Math.min(TILE, Math.floor(CHUNK_BYTES / width)) * width;
      const chunk = { bytes: this.#exchange.chunk.bytes.subarray(0, most), grain: 8 * width };
      this.mailbox.receiveChunks(
        this.providerName,
        operation,
        length * width,
        chunk,
        (_peer, _piece, offset, bytes) => take(this.#exchange.chunkPtr, offset / width, bytes / width),
      );
    } else {
      const packed = this.heap.alloc(share.length * width);
      this.tiles(length, (start, count) => {
        const [bytes, from] = [count * width, start * width];
        this.streams.apply('set', packed, bytes, this.#key, operation, Purpose.deal, from);
        take(packed, start, count);
      });
      this.heap.free(packed);
    }
    this.free(share);
  }

  deal(length: number, _compute: () => Words, width = this.ring.bytes): Words {
    const words = this.words(length);
    if (width >= this.ring.bytes) {
      this.#receiveDealt(words.ptr, length * this.ring.bytes);
      return words;
    }
    const packed = this.heap.alloc(length * width);
    this.#receiveDealt(packed, length * width);
    this.ring.unpack(words, packed, width);
    this.heap.free(packed);
    return words;
  }

  settle(share: Share): Share {
    if (share.settled) return share;
    const words = share.words ?? this.zeros(share.size);
    this.#settle(words, this.#receives(words.length * this.ring.bytes), () => {});
    return new Share(words, share.shape, share.fraction, true);
  }

  /** Adds this party's share of the provider's summand, and calls `then` for each part that is done. */
  #settle(words: Words, receives: boolean, then: (start: number, length: number) => void): void {
    const operation = this.nextOperation();
    const width = this.ring.bytes;
    const bytes = words.length * width;
    if (receives) {
      this.mailbox.receiveChunks(
        this.providerName,
        operation,
        bytes,
        this.#exchange.chunk,
        (_peer, _piece, offset, count) => {
          this.#exchange.join('add', words.ptr + offset, this.#exchange.chunkPtr, count);
          then(offset / width, count / width);
        },
      );
    } else {
      this.tiles(words.length, (start, length) => {
        const { ptr } = this.part(words, start, length);
        const from = start * width;
        this.streams.apply('add', ptr, length * width, this.#key, operation, Purpose.deal, from);
        then(start, length);
      });
    }
  }

  protected renew({ words }: Share): void {
    if (!words) throw new TypeError(`refresh: ${this.name} has no summand`);
    this.#inputs.refresh(words);
  }

  maskPlanes(count: number, blocks: number): Planes {
    const planes = this.planes(count, blocks);
    this.#apply(planes.ptr, count * blocks * 16, Purpose.mask);
    return planes;
  }

  dealPlanes(count: number, blocks: number, _compute: () => Planes): Planes {
    const planes = this.planes(count, blocks);
    this.#receiveDealt(planes.ptr, count * blocks * 16);
    return planes;
  }

  /** One party receives the correction of a dealt value, the others expand their share. */
  #receiveDealt(ptr: number, bytes: number): void {
    if (!this.#receives(bytes)) {
      this.#apply(ptr, bytes, Purpose.deal);
      return;
    }
    const operation = this.nextOperation();
    this.mailbox.receive(this.providerName, operation, [this.heap.bytes(ptr, bytes)]);
  }

  /** Whether the correction of the next dealt vector comes to this party, which then counts its bytes. */
  #receives(bytes: number): boolean {
    const mine = this.receiver(bytes) === this.index;
    if (mine) this.ledger.add('dealt', bytes);
    return mine;
  }

  #apply(ptr: number, bytes: number, purpose: Purpose): void {
    this.streams.apply('set', ptr, bytes, this.#key, this.nextOperation(), purpose);
  }

  /** What this party sends in a round. */
  framesOf(openings: readonly Opening[]): readonly Uint8Array[] | Parts {
    return this.#exchange.framesOf(openings);
  }

  protected exchange(openings: readonly Opening[]): void {
    this.#exchange.round(openings, this.nextOperation());
  }

  protected override turn(parts: readonly Opening[]): void {
    this.#exchange.turn(parts);
  }

  takeInput(owner: string, words: Words): void {
    const client = this.#clients.get(owner);
    if (client) client.takeInput(words);
    else if (owner === this.name) this.#inputs.share(words);
    else this.#inputs.shareOf(owner, words);
  }

  /** Sends `mine` to each of `peers` and returns what they sent, of the same length; with `wipe` it is zeroed in the links. */
  #swap(
    peers: readonly string[],
    operation: number,
    mine: Uint8Array,
    wipe = false,
  ): Uint8Array<ArrayBuffer>[] {
    const theirs = peers.map(() => new Uint8Array(mine.length));
    const take: Take = (peer, _piece, offset, bytes) =>
      theirs[peer].set(this.#exchange.chunk.bytes.subarray(0, bytes), offset);
    this.mailbox.exchange(peers, operation, [mine], this.#exchange.chunk, take, wipe);
    return theirs;
  }

  /** Pairwise masks hide the integers of each party. */
  protected *sum(
    label: string,
    values: BigInt64Array | null,
    length: number,
    clients: readonly string[],
    words: number,
  ): Secure<BigInt64Array> {
    if (!values) throw new TypeError(`${label}: ${this.name} brought no values`);
    if (clients.length > 0) yield new Arrival(this.last ? clients : []);
    const operation = this.nextOperation();
    const mine = BigInt64Array.from(values);
    for (const client of clients) {
      const theirs = this.#clients.get(client)?.takeIntegers(length);
      if (!theirs) throw new TypeError(`${label}: no client named ${client}`);
      accumulate(mine, theirs, 1n, words);
    }
    this.#inputs.hide(mine, operation, words);
    const bytes = length * 8;
    const ptr = this.heap.alloc(bytes);
    this.heap.u64(ptr, length).set(mine);
    yield [{ ptr, bytes, join: 'add', integers: words, label }];
    const sums = BigInt64Array.from(this.heap.u64(ptr, length));
    this.heap.free(ptr);
    for (const client of clients) this.#clients.get(client)?.show(sums);
    return sums;
  }

  protected hand(to: string, values: readonly Disclosable[]): (Words | null)[] {
    const client = this.#clients.get(to);
    return client?.hand(values) ?? values.map(({ share }) => this.#handToParty(to, share.words as Words));
  }

  #handToParty(to: string, words: Words): Words | null {
    const bytes = words.length * this.ring.bytes;
    const operation = this.nextOperation();
    if (this.name !== to) {
      this.mailbox.send(to, operation, [this.heap.bytes(words.ptr, bytes)]);
      this.ledger.add('revealed', bytes);
      this.free(words);
      return null;
    }
    const theirs = this.words(words.length);
    for (const peer of this.others) {
      this.mailbox.receive(peer, operation, [this.heap.bytes(theirs.ptr, bytes)], true);
      this.ring.add(words, words, theirs);
    }
    this.free(theirs);
    return words;
  }

  override leave(client: string): void {
    super.leave(client);
    this.#clients.get(client)?.wipe();
  }

  protected hear(owner: string, say: boolean | null): boolean {
    const heard = this.#hear(owner, say);
    // clients are not linked to the owner: every party tells them what it has heard
    for (const client of this.clients) if (client !== owner) this.#clients.get(client)?.tell(heard);
    return heard;
  }

  #hear(owner: string, say: boolean | null): boolean {
    const client = this.#clients.get(owner);
    if (client) return client.hear();
    const operation = this.nextOperation();
    if (owner !== this.name) {
      const said = new Uint8Array(1);
      this.mailbox.receive(owner, operation, [said]);
      return said[0] === 1;
    }
    if (say === null) throw new TypeError(`decide: ${owner} brought no decision`);
    for (const peer of [...this.others, ...(this.taped ? [] : [this.providerName])]) {
      this.mailbox.send(peer, operation, [Uint8Array.of(Number(say))]);
    }
    return say;
  }
}
