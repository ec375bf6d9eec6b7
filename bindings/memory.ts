/**
 * A role's wasm memory: one shared `WebAssembly.Memory` and the only allocator on it.
 *
 * The wasm module allocates nothing and has no static data, so helper threads may run kernels on the same
 * memory while one thread, the role itself, owns the allocator. Blocks are 64-byte aligned, sized in classes
 * (four a power of two) and reused last in, first out, so that the buffers of a training step stay in cache.
 */
import type { Address, Count, Source } from './border.js';

/** A vector of ring words (or raw 32-bit or 64-bit lanes) in wasm memory: a byte address and a count of words. */
export interface Words {
  readonly ptr: Address;
  readonly length: Count;
}

/** Words that are only read. */
export interface ReadonlyWords {
  readonly ptr: Source;
  readonly length: Count;
}

/** Bit planes: `count` planes of `blocks` 128-bit blocks each; bit i of a plane belongs to value i. */
export interface Planes {
  readonly ptr: Address;
  readonly count: Count;
  readonly blocks: Count;
}

/** Planes that are only read. */
export interface ReadonlyPlanes {
  readonly ptr: Source;
  readonly count: Count;
  readonly blocks: Count;
}

/** A `WebAssembly.Memory`, as far as it is used here. That name is the DOM's: types that a user may come to do without it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/**
 * First byte the allocator hands out; below lie a guard for the null address, the allocator's mark of how far it has come,
 * and the pool's control block.
 */
export const HEAP_BASE = 65536;
/** Byte address of the helper pool's control block (see pool.ts). */
export const POOL_BASE = 1024;

/** Byte address of the number of units that have ever been handed out, with all that lies below them. */
const USED = 512;

const PAGE = 65536;
const MAX_PAGES = 65536;

/** Number of 128-bit blocks that hold one bit for each of `n` values. */
export const blocksFor = (n: number): number => (n + 127) >>> 7;

/** Sizes of blocks come in classes: 1 to 4 units, then four a power of two. */
const UNIT = 64;
const CLASSES = 113;

/** Size class that holds `bytes` bytes. */
function classOf(bytes: number): number {
  const units = Math.max(1, Math.ceil(bytes / UNIT)) | 0;
  if (units <= 4) return units - 1;
  const log = 31 - Math.clz32(units - 1);
  const step = log - 2;
  return log * 4 + ((units + (1 << step) - 1) >> step);
}

/**
 * Units of a block of each class: integers, so that addresses below 2 GiB, which are computed of them, are V8's small integers
 * and take no memory of their own.
 */
const CLASS_UNITS = Int32Array.from({ length: CLASSES }, (_, index) => {
  if (index < 4) return index + 1;
  const log = Math.floor((index - 5) / 4);
  return (index - 4 * log) * 2 ** (log - 2);
});

/** Creates the memory of one role. It starts small and grows; `maximumBytes` bounds it (default 4 GiB). */
export function createMemory(maximumBytes = MAX_PAGES * PAGE): WasmMemory {
  const maximum = Math.min(MAX_PAGES, Math.ceil(maximumBytes / PAGE));
  return new WebAssembly.Memory({ initial: Math.min(64, maximum), maximum, shared: true });
}

/**
 * Zeroes all of a memory that its allocator has ever handed out, and what lies below. No thread may work on it any more.
 * Pages never used are not touched: the system would have to bring them first.
 */
export function wipeMemory({ buffer }: WasmMemory): void {
  const [units] = new Uint32Array(buffer, USED, 1);
  // numbers of eight bytes: engines fill shared memory number by number
  new Float64Array(buffer, 0, Math.max(HEAP_BASE, units * UNIT) / 8).fill(0);
}

/** Bit of a unit's entry while its block is being kept at the end of a scope. */
const KEPT = 0x80;

/** The allocator and the typed views. Not thread-safe: only the role that owns the memory may use it. */
export class Heap {
  #u8: Uint8Array<SharedArrayBuffer>;
  #lanes: Uint32Array;
  /** In units, as are free blocks. */
  #top = HEAP_BASE / UNIT;
  readonly #used: Uint32Array;
  readonly #free: number[][] = Array.from({ length: CLASSES }, () => []);
  /** For each unit of memory: 0, or 1 + the class of the live block that begins there. */
  #entries: Uint8Array;
  /** Units at which blocks were allocated in open scopes, oldest first; those freed since are passed over. */
  #log = new Uint32Array(1024);
  #logged = 0;
  /** Where each open scope begins in the log. */
  readonly #scopes: number[] = [];
  #live = 0;
  #outside = 0;
  #peak = 0;

  constructor(readonly memory: WasmMemory) {
    this.#u8 = new Uint8Array(memory.buffer as unknown as SharedArrayBuffer);
    this.#lanes = new Uint32Array(memory.buffer);
    this.#entries = new Uint8Array(this.#u8.byteLength / UNIT);
    this.#used = new Uint32Array(memory.buffer, USED, 1);
  }

  /** Bytes handed out and not yet freed. */
  get liveBytes(): number {
    return this.#live;
  }

  /** Bytes that the role holds now: blocks, and what it says to hold outside this memory. */
  get heldBytes(): number {
    return this.#live + this.#outside;
  }

  /** Largest value that {@link heldBytes} has had. */
  get peakBytes(): number {
    return this.#peak;
  }

  /** Takes note that the role holds so many bytes more (or less) outside this memory. */
  holdOutside(bytes: number): void {
    this.#outside += bytes;
    this.#measure();
  }

  /**
   * Allocates `bytes` bytes, 64-byte aligned, contents undefined.
   * @throws RangeError when the memory's maximum is reached.
   */
  alloc(bytes: number): Address {
    const index = classOf(bytes);
    const size = CLASS_UNITS[index];
    let unit = this.#free[index].pop();
    if (unit === undefined) {
      unit = this.#top;
      const end = unit + size;
      if (end * UNIT > this.#u8.byteLength) this.#grow(end * UNIT);
      this.#top = end;
      this.#used[0] = end;
    }
    this.#entries[unit] = index + 1;
    this.#live += size * UNIT;
    this.#measure();
    if (this.#scopes.length > 0) this.#note(unit);
    return unit * UNIT;
  }

  /** Frees a block; freeing an address that is not live is an error, since it would hand one block out twice. */
  free(ptr: number): void {
    if (!this.isLive(ptr)) throw new RangeError(`free: address ${ptr} is not allocated`);
    const unit = ptr / UNIT;
    const index = this.#entries[unit] - 1;
    this.#entries[unit] = 0;
    this.#live -= CLASS_UNITS[index] * UNIT;
    this.#free[index].push(unit);
  }

  /** Whether `ptr` is the start of a live block. */
  isLive(ptr: number): boolean {
    return ptr % UNIT === 0 && this.#entries[ptr / UNIT] > 0;
  }

  /** Starts a scope: blocks allocated from here on belong to it. Returns its handle for {@link endScope}. */
  beginScope(): number {
    this.#scopes.push(this.#logged);
    return this.#scopes.length;
  }

  /** Ends the innermost scope and frees what it still owns, except the addresses in `keep`. */
  endScope(handle: number, keep: Iterable<number> = []): void {
    if (handle !== this.#scopes.length) throw new RangeError('endScope: scopes must end in reverse order');
    const kept: number[] = [];
    for (const ptr of keep) {
      if (!this.isLive(ptr)) continue;
      this.#entries[ptr / UNIT] |= KEPT;
      kept.push(ptr);
    }
    const begin = this.#scopes.pop() as number;
    const end = this.#logged;
    this.#logged = begin;
    for (let i = begin; i < end; i++) {
      const unit = this.#log[i];
      const entry = this.#entries[unit];
      if (entry === 0) continue;
      if (entry < KEPT) this.free(unit * UNIT);
      else if (this.#scopes.length > 0) this.#log[this.#logged++] = unit; // now of the scope around
    }
    for (const ptr of kept) this.#entries[ptr / UNIT] &= ~KEPT;
  }

  #measure(): void {
    const held = this.#live + this.#outside;
    if (held > this.#peak) this.#peak = held;
  }

  /** Enters a block in the innermost scope. */
  #note(unit: number): void {
    if (this.#logged === this.#log.length) {
      const log = new Uint32Array(2 * this.#logged);
      log.set(this.#log);
      this.#log = log;
    }
    this.#log[this.#logged++] = unit;
  }

  /** Bytes [ptr, ptr + length) as a view; valid as long as the block lives, also after the memory has grown. */
  bytes(ptr: number, length: number): Uint8Array<SharedArrayBuffer> {
    return this.#u8.subarray(ptr, ptr + length);
  }

  /** The whole memory in lanes of 32 bits, for a few reads without a view of their own; until the next allocation. */
  get lanes(): Uint32Array {
    return this.#lanes;
  }

  u32(ptr: number, length: number): Uint32Array<SharedArrayBuffer> {
    return new Uint32Array(this.#u8.buffer, ptr, length);
  }

  i32(ptr: number, length: number): Int32Array<SharedArrayBuffer> {
    return new Int32Array(this.#u8.buffer, ptr, length);
  }

  u64(ptr: number, length: number): BigUint64Array<SharedArrayBuffer> {
    return new BigUint64Array(this.#u8.buffer, ptr, length);
  }

  f64(ptr: number, length: number): Float64Array<SharedArrayBuffer> {
    return new Float64Array(this.#u8.buffer, ptr, length);
  }

  #grow(end: number): void {
    const have = this.#u8.byteLength / PAGE;
    const need = Math.ceil(end / PAGE);
    const want = Math.max(need, Math.min(Math.ceil(have * 1.25), have + 1024));
    for (const pages of [want, need]) {
      try {
        this.memory.grow(pages - have);
        this.#u8 = new Uint8Array(this.memory.buffer as unknown as SharedArrayBuffer);
        this.#lanes = new Uint32Array(this.memory.buffer);
        const entries = new Uint8Array(this.#u8.byteLength / UNIT);
        entries.set(this.#entries);
        this.#entries = entries;
        return;
      } catch {
        // try the smaller step, then report
      }
    }
    throw new RangeError(`out of wasm memory: ${Math.ceil(end / 2 ** 20)} MiB needed`);
  }
}
