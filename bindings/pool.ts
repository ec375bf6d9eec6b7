/**
 * Helper threads on a role's memory. They run the same kernels on the same bytes as the role itself and hold
 * nothing of their own; the role hands out parts of one large kernel call, does a part itself and waits.
 *
 * Every helper has a slot in the control block at POOL_BASE: a request counter, a counter of what is done, the
 * kernel's number and its arguments. The role writes arguments, then the request counter (atomically); the
 * helper runs the kernel and writes the same number to the other counter. Neither side needs the event loop.
 */
import { type Heap, POOL_BASE, type WasmMemory } from './memory.js';
import type { Kernels, WasmModule } from './module.js';

/** Kernels that helpers run, by their number in a slot. */
export const POOLED = ['matmul32', 'matmul64', 'chacha'] as const;
export type Pooled = (typeof POOLED)[number];

/** Bytes of one slot, and where its parts are: 32-bit fields by index, then arguments and a text by byte. */
export const SLOT = {
  bytes: 512,
  request: 0,
  done: 1,
  ready: 2,
  kernel: 3,
  failure: 4,
  arguments: 32,
  text: 192,
} as const;

/** Largest pool that the control block has room for. */
export const MAX_HELPERS = 64;

/** What a helper thread is started with. */
export interface HelperBoot {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly slot: number;
  readonly spins: number;
}

/** How long the role waits for a helper before it gives up on it, in milliseconds. */
const PATIENCE = 60_000;
/** Looks at a helper's counter before the role goes to sleep: parts of one call end at about the same time. */
const SPINS = 200;

/** @throws RangeError when count is not an integer from 0 to MAX_HELPERS. */
export function checkCount(count: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count <= MAX_HELPERS)) {
    throw new RangeError(`pool: ${count} helpers are not in 0..${MAX_HELPERS}`);
  }
}

/** The role's end of its helpers. Not thread-safe: only the role may post and join. */
export class Pool {
  readonly #slots: readonly { fields: Int32Array; args: Float64Array; text: Uint8Array }[];
  readonly #patience: number;
  #ready = 0;

  /**
   * @param helpers how many threads were (or are being) started with startHelpers (helpers.ts) on this memory
   * @param patience milliseconds to wait for a helper before giving up on it
   */
  constructor(_kernels: Kernels, heap: Heap, helpers: number, patience = PATIENCE) {
    checkCount(helpers);
    this.#patience = patience;
    this.#slots = Array.from({ length: helpers }, (_, slot) => slotViews(heap.memory, slot));
  }

  /** How many helpers there are, up or still starting. */
  get size(): number {
    return this.#slots.length;
  }

  /** Helpers that are up: while one is still starting, the role works without it rather than wait. */
  get ready(): number {
    while (this.#ready < this.#slots.length && this.#isUp(this.#ready)) this.#ready++;
    return this.#ready;
  }

  /** Hands a kernel call of up to 13 arguments to helper `index` < ready; {@link join} before the next one. */
  post<Name extends Pooled>(index: number, kernel: Name, ...args: Parameters<Kernels[Name]>): void;
  post(
    index: number,
    kernel: Pooled,
    a0: number,
    a1: number,
    a2: number,
    a3: number,
    a4: number,
    a5: number,
    a6: number,
    a7: number,
    a8: number,
    a9 = 0,
    a10 = 0,
    a11 = 0,
    a12 = 0,
  ): void {
    const { fields, args } = this.#slots[index];
    fields[SLOT.kernel] = POOLED.indexOf(kernel);
    args[0] = a0;
    args[1] = a1;
    args[2] = a2;
    args[3] = a3;
    args[4] = a4;
    args[5] = a5;
    args[6] = a6;
    args[7] = a7;
    args[8] = a8;
    args[9] = a9;
    args[10] = a10;
    args[11] = a11;
    args[12] = a12;
    Atomics.add(fields, SLOT.request, 1);
    Atomics.notify(fields, SLOT.request);
  }

  /**
   * Waits until the first `count` helpers have done what was posted to them.
   * @throws Error naming the helper that failed, with its reason, or that did not answer in time.
   */
  join(count: number): void {
    for (let index = 0; index < count; index++) this.#join(index);
  }

  #join(index: number): void {
    const { fields, text } = this.#slots[index];
    const request = fields[SLOT.request];
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(fields, SLOT.done) === request) break;
    for (
      let done = Atomics.load(fields, SLOT.done);
      done !== request;
      done = Atomics.load(fields, SLOT.done)
    ) {
      if (Atomics.wait(fields, SLOT.done, done, this.#patience) === 'timed-out') {
        throw new Error(`helper ${index + 1} has not answered for ${this.#patience} ms`);
      }
    }
    const length = fields[SLOT.failure];
    if (length > 0) {
      fields[SLOT.failure] = 0;
      throw new Error(`helper ${index + 1} failed: ${new TextDecoder().decode(text.slice(0, length))}`);
    }
  }

  #isUp(index: number): boolean {
    return Atomics.load(this.#slots[index].fields, SLOT.ready) === 1;
  }
}

/** The views of a slot; they stay valid when the memory grows. */
export function slotViews(memory: WasmMemory, slot: number) {
  const base = POOL_BASE + slot * SLOT.bytes;
  return {
    fields: new Int32Array(memory.buffer, base, SLOT.arguments / 4),
    args: new Float64Array(memory.buffer, base + SLOT.arguments, (SLOT.text - SLOT.arguments) / 8),
    text: new Uint8Array(memory.buffer, base + SLOT.text, SLOT.bytes - SLOT.text),
  };
}
