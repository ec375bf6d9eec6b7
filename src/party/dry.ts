/**
 * The runtime of a dry run: a party without data, links and kernels. Programs run on it only to find their costs: rounds,
 * bytes, multiply-adds, memory. It counts as the last party, and dealt bytes as the provider.
 */
import type { Heap, Planes, Words } from '../../bindings/memory.js';
import type { Ring, RingBits } from '../../bindings/ring.js';
import type { Mailbox } from '../links/mailbox.js';
import { type Shape, sizeOf } from '../shape.js';
import { sentBytes } from './parts.js';
import type { Opening, Secure } from './program.js';
import { type Disclosable, type Hidden, Runtime } from './runtime.js';
import type { Streams } from './streams.js';
import { Masked, Share } from './values.js';

/** A ring, its scale and a number of parties: what costs depend on. */
export interface DrySetting {
  readonly ring: RingBits;
  readonly fractionBits: number;
  readonly parties: number;
  /** See `Agreement`. */
  readonly fewRounds?: boolean | undefined;
}

/** Names of a dry run's roles, where they matter. */
export interface DryNames {
  readonly parties: readonly string[];
  readonly provider: string;
  readonly clients: readonly string[];
  /** See `RuntimeParts`. */
  readonly taped?: boolean;
}

/** Multiply-adds of ring words that a party does, counted by the products it asks for. */
class Counter {
  multiplyAdds = 0;
}

/** Bytes that a real party would hold, blocks of them freed as there. Addresses rise, so a scope is where it begins. */
class DryMemory {
  readonly #blocks = new Map<number, number>();
  readonly #scopes: number[] = [];
  #next = 0;
  #held = 0;
  /** The most held at once so far. */
  peak = 0;

  alloc(bytes: number): number {
    this.#blocks.set(++this.#next, bytes);
    this.hold(bytes);
    return this.#next;
  }

  free(ptr: number): void {
    this.#held -= this.#blocks.get(ptr) ?? 0;
    this.#blocks.delete(ptr);
  }

  hold(bytes: number): void {
    this.#held += bytes;
    this.peak = Math.max(this.peak, this.#held);
  }

  beginScope(): number {
    return this.#scopes.push(this.#next);
  }

  endScope(keep: Iterable<number>): void {
    const kept = new Set(keep);
    for (let ptr = (this.#scopes.pop() ?? 0) + 1; ptr <= this.#next; ptr++) {
      if (!kept.has(ptr)) this.free(ptr);
    }
  }
}

/** Addresses without memory; views are scratch. */
function dryHeap(memory: DryMemory): Heap {
  const heap = {
    alloc: (bytes: number) => memory.alloc(bytes),
    free: (ptr: number) => memory.free(ptr),
    holdOutside: (bytes: number) => memory.hold(bytes),
    lanes: new Uint32Array(0),
    bytes: (_: number, length: number) => new Uint8Array(length),
    u32: (_: number, length: number) => new Uint32Array(length),
    i32: (_: number, length: number) => new Int32Array(length),
    u64: (_: number, length: number) => new BigUint64Array(length),
    f64: (_: number, length: number) => new Float64Array(length),
    beginScope: () => memory.beginScope(),
    endScope: (_: number, keep: Iterable<number> = []) => memory.endScope(keep),
  };
  return heap as unknown as Heap;
}

/** Kernels that do nothing but count products. */
function dryRing(bits: RingBits, counter: Counter): Ring {
  const product = (_out: Words, _a: Words, _b: Words, m: number, k: number, n: number) => {
    counter.multiplyAdds += m * k * n;
  };
  const elementwise = (out: Words) => {
    counter.multiplyAdds += out.length;
  };
  const known: Record<string, unknown> = {
    bits,
    bytes: bits / 8,
    matmul: product,
    matmulTN: product,
    matmulNT: product,
    mul: elementwise,
    mulAdd: elementwise,
    mulSub: elementwise,
    encode: () => -1,
  };
  const nothing = () => ({ ptr: 0, length: 0 });
  return new Proxy(known, { get: (target, name) => target[name as string] ?? nothing }) as unknown as Ring;
}

export class DryRuntime extends Runtime {
  readonly isProvider = false;
  override readonly hasNumbers = false;
  readonly #counter: Counter;
  readonly #memory: DryMemory;
  /** Frames in which the provider deals so far. */
  dealt = 0;

  constructor({ ring, fractionBits, parties, fewRounds }: DrySetting, given?: DryNames) {
    const names = given?.parties ?? Array.from({ length: parties }, (_, i) => `party ${i}`);
    const counter = new Counter();
    const memory = new DryMemory();
    super({
      name: given ? '' : names[names.length - 1], // with names it is none of them: it has nobody's data
      parties: names,
      provider: given?.provider ?? 'provider',
      clients: given?.clients ?? [],
      taped: given?.taped ?? false,
      oneLine: given?.taped ?? false,
      ring: dryRing(ring, counter),
      heap: dryHeap(memory),
      streams: null as unknown as Streams,
      mailbox: null as unknown as Mailbox,
      fraction: fractionBits,
      fewRounds,
    });
    this.#counter = counter;
    this.#memory = memory;
  }

  /** The most bytes that the party has held at once so far. */
  get peakBytes(): number {
    return this.#memory.peak;
  }

  override zeros(length: number): Words {
    return this.words(length);
  }

  /** Multiply-adds so far. */
  get multiplyAdds(): number {
    return this.#counter.multiplyAdds;
  }

  /** A masked value without numbers. */
  masked(shape: Shape, fraction = this.fraction): Masked {
    const [delta, mask] = [this.words(sizeOf(shape)), this.words(sizeOf(shape))];
    return new Masked(delta, mask, shape, fraction, undefined, this.factored);
  }

  #deal(bytes: number): void {
    this.dealt++;
    this.receiver(bytes);
    this.ledger.add('dealt', bytes);
  }

  protected drawMask(): void {}

  deal(length: number, _compute: () => Words, width = this.ring.bytes): Words {
    this.#deal(length * Math.min(width, this.ring.bytes));
    return this.words(length);
  }

  dealTiles(length: number, width: number): void {
    this.#deal(length * width);
  }

  drawHigh(length: number): Words {
    return this.words(length);
  }

  settleAndMask(share: Share): Hidden & { words: Words } {
    const { words } = this.settle(share);
    return { words: words ?? this.words(share.size), mask: this.words(share.size), factor: null };
  }

  settle(share: Share): Share {
    if (share.settled) return share;
    this.#deal(share.size * this.ring.bytes);
    return new Share(share.words ?? this.words(share.size), share.shape, share.fraction, true);
  }

  protected renew(): void {}

  maskPlanes(count: number, blocks: number): Planes {
    return this.planes(count, blocks);
  }

  dealPlanes(count: number, blocks: number, _compute: () => Planes): Planes {
    this.#deal(count * blocks * 16);
    return this.planes(count, blocks);
  }

  protected exchange(openings: readonly Opening[]): void {
    const { length } = this.parties;
    this.ledger.add('online', sentBytes(openings, length - 1, length));
  }

  protected hand(_to: string, values: readonly Disclosable[]): null[] {
    return values.map(() => null);
  }

  protected hear(): boolean {
    return false;
  }

  takeInput(owner: string, words: Words): void {
    if (owner !== this.parties.at(-1)) this.ledger.add('input', words.length * this.ring.bytes);
  }

  protected *sum(
    label: string,
    _values: BigInt64Array | null,
    length: number,
    clients: readonly string[],
    words: number,
  ): Secure<null> {
    this.ledger.add('input', 8 * length * clients.length);
    this.ledger.add('revealed', 8 * length * clients.length);
    yield [{ ptr: 0, bytes: 8 * length, join: 'add', integers: words, label }];
    return null;
  }

  override ratchet(): void {}

  protected renewKeys(): void {}
}
