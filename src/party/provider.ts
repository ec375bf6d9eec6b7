/** The runtime of the provider: it holds masks, deals functions of them and opens nothing. */
import type { Planes, Words } from '../../bindings/memory.js';
import { TURN } from '../links/mailbox.js';
import type { Opening, Secure } from './program.js';
import { type Disclosable, type Hidden, Runtime, type RuntimeParts } from './runtime.js';
import { Purpose, SEED_BYTES, type StreamMode } from './streams.js';
import { Share } from './values.js';

export class ProviderRuntime extends Runtime {
  readonly isProvider = true;
  /** One key a party. */
  readonly #keys: readonly number[];
  /** What comes in their places, in sessions with a tape. */
  readonly #heirs: readonly number[];
  /** The parties that await what is dealt to them, and are told after each step that it has been sent. */
  readonly #awaiting: string[] = [];
  /** Frames received of the owner so far. */
  #withOwner = 0;

  /** Receives a seed of each party. */
  constructor(parts: RuntimeParts) {
    super(parts);
    this.#keys = parts.parties.map((party) => {
      const [seed, awaits] = [new Uint8Array(SEED_BYTES), new Uint8Array(1)];
      this.mailbox.receive(party, 0, [seed, awaits], true);
      if (awaits[0] === 1) this.#awaiting.push(party);
      const key = this.streams.key(seed);
      seed.fill(0);
      return key;
    });
    this.#heirs = parts.taped ? this.#keys.map((key) => this.streams.heir(key)) : [];
  }

  protected renewKeys(number: number): void {
    for (const [i, heir] of this.#heirs.entries()) this.streams.renew(this.#keys[i], heir, number);
  }

  protected drawMask(words: Words, add: boolean, operation: number, start: number): void {
    const { bytes } = this.ring;
    this.#keys.forEach((key, i) => {
      const mode = add || i > 0 ? 'add' : 'set';
      this.streams.apply(mode, words.ptr, words.length * bytes, key, operation, Purpose.mask, start * bytes);
    });
  }

  drawHigh(length: number, bits: number, factor: Words | null = null): Words {
    const operation = this.nextOperation();
    const [words, expanded] = [this.words(length), this.words(length)];
    const width = Math.ceil(bits / 8);
    const packed = this.heap.alloc(length * width);
    this.#keys.forEach((key, i) => {
      this.streams.apply('set', packed, length * width, key, operation, Purpose.mask);
      this.ring.unpack(i === 0 ? words : expanded, packed, width);
      if (i > 0) this.ring.add(words, words, expanded);
      else if (factor) this.ring.copy(factor, words);
    });
    this.heap.free(packed);
    this.free(expanded);
    if (factor) {
      this.ring.add(factor, factor, words);
      this.ring.shl(factor, factor, this.ring.bits - bits);
    }
    this.ring.shl(words, words, this.ring.bits - bits);
    return words;
  }

  settleAndMask(share: Share): Hidden {
    const { size, settled } = share;
    const mask = this.words(size);
    const factor = this.factored ? this.words(size) : null;
    const drawn = this.nextOperation();
    const draw = (start: number, length: number) => {
      const part = this.part(mask, start, length);
      if (factor) this.#drawFactored(part, this.part(factor, start, length), drawn, start);
      else this.drawMask(part, false, drawn, start);
    };
    if (settled) {
      this.tiles(size, draw);
      this.free(share);
    } else this.#settle(share, draw);
    return { words: null, mask, factor };
  }

  /** A part of an operation's mask a₀ + a₁, and 2a₀ + a₁ beside it. */
  #drawFactored(mask: Words, factor: Words, operation: number, start: number): void {
    const [first, second] = this.#keys;
    const { bytes } = this.ring;
    const apply = (mode: StreamMode, { ptr, length }: Words, key: number) =>
      this.streams.apply(mode, ptr, length * bytes, key, operation, Purpose.mask, start * bytes);
    apply('set', factor, first);
    this.ring.copy(mask, factor);
    apply('add', mask, second);
    this.ring.add(factor, factor, mask);
  }

  dealTiles(length: number, width: number, compute: (start: number, out: Words) => void): void {
    const operation = this.nextOperation();
    const to = this.receiver(length * width);
    const words = this.words(Math.min(length, this.tile));
    const expanded = this.words(words.length);
    const packed = this.heap.alloc(words.length * width);
    this.#sendTiles(to, operation, length, width, (start, count) => {
      const [out, theirs] = [this.part(words, 0, count), this.part(expanded, 0, count)];
      compute(start, out);
      this.#correctNarrow(to, out, theirs, packed, width, operation, start);
      return packed;
    });
    this.heap.free(packed);
    this.free(words, expanded);
  }

  deal(length: number, compute: () => Words, width = this.ring.bytes): Words {
    const value = compute();
    if (value.length !== length)
      throw new RangeError(`deal: ${value.length} words computed, ${length} declared`);
    const operation = this.nextOperation();
    const correction = this.copy(value);
    if (width >= this.ring.bytes) {
      this.#correct('subtract', correction.ptr, length * this.ring.bytes, operation);
    } else {
      const to = this.receiver(length * width);
      const packed = this.heap.alloc(length * width);
      const expanded = this.words(length);
      this.#correctNarrow(to, correction, expanded, packed, width, operation, 0);
      this.#send(to, packed, length * width, operation);
      this.free(expanded);
      this.heap.free(packed);
    }
    this.free(correction);
    return value;
  }

  settle(share: Share, factor: Words | null = null): Share {
    if (share.settled) return share;
    this.#settle(share, () => {}, factor);
    return new Share(null, share.shape, share.fraction, true);
  }

  /** Deals the provider's summand, tile by tile, and calls `then` for each; consumes the share. */
  #settle(share: Share, then: (start: number, length: number) => void, factor: Words | null = null): void {
    const operation = this.nextOperation();
    const words = share.words ?? this.zeros(share.size);
    const { ring } = this;
    const { bytes } = ring;
    const to = this.receiver(words.length * bytes);
    this.#sendTiles(to, operation, words.length, bytes, (start, length) => {
      const part = this.part(words, start, length);
      const dealt = factor && this.part(factor, start, length);
      // P₁ has the correction, or where P₀ has it what that leaves of the whole
      if (dealt && to === 0) ring.sub(dealt, dealt, part);
      this.#takeOff(to, 'subtract', part.ptr, length * bytes, operation, start * bytes);
      if (dealt && to === 0) ring.add(dealt, dealt, part);
      else if (dealt) ring.sub(dealt, dealt, part);
      then(start, length);
      return part.ptr;
    });
    this.free(words);
  }

  protected renew(): void {
    this.nextOperation();
  }

  maskPlanes(count: number, blocks: number): Planes {
    const planes = this.planes(count, blocks);
    const operation = this.nextOperation();
    this.#keys.forEach((key, i) => {
      const mode = i > 0 ? 'xor' : 'set';
      this.streams.apply(mode, planes.ptr, count * blocks * 16, key, operation, Purpose.mask);
    });
    return planes;
  }

  dealPlanes(count: number, blocks: number, compute: () => Planes): Planes {
    const value = compute();
    if (value.count !== count || value.blocks !== blocks) {
      throw new RangeError(
        `deal: ${value.count} planes of ${value.blocks} blocks, expected ${count} of ${blocks}`,
      );
    }
    const operation = this.nextOperation();
    const bytes = count * blocks * 16;
    const length = bytes / this.ring.bytes;
    const correction = this.copy({ ptr: value.ptr, length });
    this.#correct('xor', correction.ptr, bytes, operation);
    this.free(correction);
    return value;
  }

  /** Subtracts the streams of all parties but the receiver from `bytes` bytes at `ptr`, and sends it what remains. */
  #correct(mode: StreamMode, ptr: number, bytes: number, operation: number): void {
    const to = this.receiver(bytes);
    this.#takeOff(to, mode, ptr, bytes, operation, 0);
    this.#send(to, ptr, bytes, operation);
  }

  /**
   * @param to number of the party whose stream stays out
   * @param start the first byte of the streams
   */
  #takeOff(to: number, mode: StreamMode, ptr: number, bytes: number, operation: number, start: number): void {
    for (let i = 0; i < this.#keys.length; i++) {
      if (i !== to) this.streams.apply(mode, ptr, bytes, this.#keys[i], operation, Purpose.deal, start);
    }
  }

  /** The same for the low `width` bytes of words, without sending; they end up at `packed`, and `expanded` is scratch. */
  #correctNarrow(
    to: number,
    words: Words,
    expanded: Words,
    packed: number,
    width: number,
    operation: number,
    start: number,
  ): void {
    const bytes = words.length * width;
    for (let i = 0; i < this.#keys.length; i++) {
      if (i === to) continue;
      this.streams.apply('set', packed, bytes, this.#keys[i], operation, Purpose.deal, start * width);
      this.ring.unpack(expanded, packed, width);
      this.ring.sub(words, words, expanded);
    }
    this.ring.pack(packed, words, width);
  }

  #send(to: number, ptr: number, bytes: number, operation: number): void {
    this.mailbox.send(this.parties[to], operation, [this.heap.bytes(ptr, bytes)]);
    this.ledger.add('dealt', bytes);
  }

  /** Sends `length` words of `width` bytes, tile by tile; `compute` returns the address of a tile's bytes. */
  #sendTiles(
    to: number,
    operation: number,
    length: number,
    width: number,
    compute: (start: number, length: number) => number,
  ): void {
    let start = 0;
    this.mailbox.sendChunks(this.parties[to], operation, length * width, () => {
      const count = Math.min(this.tile, length - start);
      const ptr = compute(start, count);
      start += count;
      return this.heap.bytes(ptr, count * width);
    });
    this.ledger.add('dealt', length * width);
  }

  protected exchange(_openings: readonly Opening[]): void {
    this.nextOperation();
  }

  protected override stepped(): void {
    for (const party of this.#awaiting) this.mailbox.send(party, TURN, []);
  }

  protected hand(to: string, values: readonly Disclosable[]): null[] {
    return values.map(() => {
      if (!this.clients.has(to)) this.nextOperation();
      return null;
    });
  }

  protected hear(owner: string): boolean {
    const said = new Uint8Array(1);
    const number = this.clients.has(owner) ? ++this.#withOwner : this.nextOperation();
    this.mailbox.receive(owner, number, [said]);
    return said[0] === 1;
  }

  takeInput(owner: string): void {
    if (!this.clients.has(owner)) this.nextOperation();
  }

  protected *sum(
    _label: string,
    _values: BigInt64Array | null,
    _length: number,
    clients: readonly string[],
  ): Secure<null> {
    if (clients.length > 0) yield []; // whose integers the last party awaits
    this.nextOperation();
    yield []; // the parties' round, in which it takes no part
    this.nextOperation();
    return null;
  }
}
