/**
 * Keystreams of one role. A stream is addressed by (seed, operation number, purpose), never by position, so that
 * nothing can be drawn twice: the seed is the ChaCha key, the other two are the nonce (RFC 8439, section 2.3).
 *
 * Keys are replaced: `ratchet` puts 32 bytes of a key's own stream in its place. The old key cannot be computed from the
 * new one, so a key that leaks reveals nothing of the past.
 */
import {
  StreamMode as Keystream,
  type StreamMode as KeystreamMode,
  type Rounds,
} from '../../bindings/chacha.js';
import type { Heap } from '../../bindings/memory.js';
import type { Ring } from '../../bindings/ring.js';

/** What a stream is for; part of its nonce. */
export const Purpose = { mask: 1, deal: 2, input: 3, aggregate: 4, ratchet: 5, refresh: 6, heir: 7 } as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

export const SEED_BYTES = 32;

/** How a keystream is applied to memory. */
export type StreamMode = 'set' | 'add' | 'subtract' | 'xor';

/** The seeds a role holds, as keys in its wasm memory, and their expansion. */
export class Streams {
  readonly #add: KeystreamMode;
  readonly #subtract: KeystreamMode;
  /** Addresses of all keys. */
  readonly #keys: number[] = [];

  /** @param rounds ChaCha rounds: 8, 12 or 20 */
  constructor(
    readonly ring: Ring,
    readonly heap: Heap,
    readonly rounds: Rounds,
  ) {
    const wide = ring.bits === 64;
    this.#add = wide ? Keystream.add64 : Keystream.add32;
    this.#subtract = wide ? Keystream.sub64 : Keystream.sub32;
  }

  /** Puts a seed into wasm memory; returns its address. */
  key(seed: Uint8Array): number {
    if (seed.length !== SEED_BYTES) throw new RangeError(`a seed has ${SEED_BYTES} bytes`);
    const ptr = this.heap.alloc(SEED_BYTES);
    this.heap.bytes(ptr, SEED_BYTES).set(seed);
    this.#keys.push(ptr);
    return ptr;
  }

  /** Replaces every key by bytes of its own stream; all holders of a key do so at the same operation. */
  ratchet(operation: number): void {
    const next = this.heap.alloc(SEED_BYTES);
    const bytes = this.heap.bytes(next, SEED_BYTES);
    for (const key of this.#keys) {
      this.apply('set', next, SEED_BYTES, key, operation, Purpose.ratchet);
      this.heap.bytes(key, SEED_BYTES).set(bytes);
    }
    bytes.fill(0);
    this.heap.free(next);
  }

  /** A key made of `key`, which {@link ratchet} leaves alone: what comes in its place when both are renewed. */
  heir(key: number): number {
    const ptr = this.heap.alloc(SEED_BYTES);
    this.apply('set', ptr, SEED_BYTES, key, 0, Purpose.heir);
    return ptr;
  }

  /** Replaces a key, however often it has been ratcheted, and its heir by bytes of the heir's stream. */
  renew(key: number, heir: number, number: number): void {
    const next = this.heap.alloc(2 * SEED_BYTES);
    const bytes = this.heap.bytes(next, 2 * SEED_BYTES);
    this.apply('set', next, 2 * SEED_BYTES, heir, number, Purpose.heir);
    this.heap.bytes(key, SEED_BYTES).set(bytes.subarray(0, SEED_BYTES));
    this.heap.bytes(heir, SEED_BYTES).set(bytes.subarray(SEED_BYTES));
    bytes.fill(0);
    this.heap.free(next);
  }

  /** Applies the stream (key, operation, purpose), from byte `start` on (a multiple of 64), to `bytes` bytes at `ptr`. */
  apply(
    mode: StreamMode,
    ptr: number,
    bytes: number,
    key: number,
    operation: number,
    purpose: Purpose,
    start = 0,
  ): void {
    const low = operation >>> 0;
    const high = Math.floor(operation / 2 ** 32);
    this.ring.chacha(ptr, bytes, key, low, high, purpose, start / 64, this.rounds, this.#modeOf(mode));
  }
  #modeOf(mode: StreamMode): KeystreamMode {
    if (mode === 'set') return Keystream.set;
    if (mode === 'add') return this.#add;
    return mode === 'subtract' ? this.#subtract : Keystream.xor;
  }
}
