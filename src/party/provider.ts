/** The runtime of the provider: it holds masks, deals functions of them and opens nothing. */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Opening } from './program.js';
import { Runtime, type RuntimeParts } from './runtime.js';
import { Purpose, SEED_BYTES, type StreamMode } from './streams.js';
import { Share } from './values.js';

export class ProviderRuntime extends Runtime {
  readonly isProvider = true;
  /** One key a party. */
  readonly #keys: readonly number[];

  /** Receives a seed of each party. */
  constructor(parts: RuntimeParts) {
    super(parts);
    this.#keys = parts.parties.map((party) => {
      const seed = new Uint8Array(SEED_BYTES);
      this.mailbox.receive(party, 0, [seed]);
      const key = this.streams.key(seed);
      seed.fill(0);
      return key;
    });
  }

  protected drawMask(words: Words, add: boolean): void {
    const operation = this.nextOperation();
    const bytes = words.length * this.ring.bytes;
    this.#keys.forEach((key, i) => {
      const mode = add || i > 0 ? 'add' : 'set';
      this.streams.apply(mode, words.ptr, bytes, key, operation, Purpose.mask);
    });
  }

  deal(length: number, compute: () => Words, width = this.ring.bytes): Words {
    const value = compute();
    if (value.length !== length)
      throw new RangeError(`deal: ${value.length} words computed, ${length} declared`);
    const operation = this.nextOperation();
    const correction = this.copy(value);
    if (width >= this.ring.bytes)
      this.#correct('subtract', correction.ptr, length * this.ring.bytes, operation);
    else this.#correctNarrow(correction, width, operation);
    this.free(correction);
    return value;
  }

  settle(share: Share): Share {
    if (share.settled) return share;
    const words = share.words ?? this.zeros(share.size);
    this.#correct('subtract', words.ptr, words.length * this.ring.bytes, this.nextOperation());
    this.free(words);
    return new Share(null, share.shape, share.fraction, true);
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
    const correction = this.planes(count, blocks);
    this.heap.bytes(correction.ptr, bytes).set(this.heap.bytes(value.ptr, bytes));
    this.#correct('xor', correction.ptr, bytes, operation);
    this.free(correction);
    return value;
  }

  /** Takes the streams of all parties but the last off `bytes` bytes at `ptr` and sends the rest to the last. */
  #correct(mode: StreamMode, ptr: number, bytes: number, operation: number): void {
    for (const key of this.#keys.slice(0, -1)) {
      this.streams.apply(mode, ptr, bytes, key, operation, Purpose.deal);
    }
    this.#send(ptr, bytes, operation);
  }

  #correctNarrow(correction: Words, width: number, operation: number): void {
    const bytes = correction.length * width;
    const packed = this.heap.alloc(bytes);
    const expanded = this.words(correction.length);
    for (const key of this.#keys.slice(0, -1)) {
      this.streams.apply('set', packed, bytes, key, operation, Purpose.deal);
      this.ring.unpack(expanded, packed, width);
      this.ring.sub(correction, correction, expanded);
    }
    this.ring.pack(packed, correction, width);
    this.#send(packed, bytes, operation);
    this.free(expanded);
    this.heap.free(packed);
  }

  #send(ptr: number, bytes: number, operation: number): void {
    const last = this.parties[this.parties.length - 1];
    this.mailbox.send(last, operation, [this.heap.bytes(ptr, bytes)]);
    this.ledger.add('dealt', bytes);
  }

  protected exchange(_openings: readonly Opening[]): void {
    this.nextOperation();
  }
}
