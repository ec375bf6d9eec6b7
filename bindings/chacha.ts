/** Keystreams of ChaCha with 8, 12 or 20 rounds (RFC 8439 layout), set into or combined with memory. */
import { type Address, further, type Size, type Source } from './border.js';
import type { Heap } from './memory.js';
import { type Kernels, kernel } from './module.js';
import type { Pool } from './pool.js';

export type ChachaOps = ReturnType<typeof chachaOps>;

/** What is done with the stream: set it, add or subtract it in lanes of 32 or 64 bits, or xor it. */
export const StreamMode = { set: 0, add32: 1, add64: 2, sub32: 3, sub64: 4, xor: 5 } as const;
export type StreamMode = (typeof StreamMode)[keyof typeof StreamMode];

/** Number of rounds the kernel knows: 20 is the conservative choice, 12 and 8 the faster ones. */
export type Rounds = 8 | 12 | 20;

/** Largest stream of one (key, nonce): 2^32 blocks of 64 bytes. */
const MAX_BLOCKS = 2 ** 32;
/** Bytes that `bytes` must be a multiple of, by mode. */
const GRAIN = [1, 4, 8, 4, 8, 1];

/** Bytes from which a stream is worth waking helpers for: 150 microseconds' work and more (see matmul.ts). */
const WORTH_SPLITTING = 2 ** 19;
/** Parts of a stream are whole passes of four blocks. */
const PASS = 256;

/** Refuses what the kernel would misread. */
function check(name: string, bytes: number, counter: number, rounds: number, mode: number): void {
  if (rounds !== 8 && rounds !== 12 && rounds !== 20) throw new RangeError(`${name}: ${rounds} rounds`);
  const grain = GRAIN[mode];
  if (grain === undefined) throw new RangeError(`${name}: no mode ${mode}`);
  if (bytes < 0 || bytes % grain !== 0) throw new RangeError(`${name}: ${bytes} bytes are no whole words`);
  if (counter + Math.ceil(bytes / 64) > MAX_BLOCKS)
    throw new RangeError(`${name}: the block counter overflows`);
}

/** The keystream kernel; the ring's width does not matter to it. */
export function chachaOps(kernels: Kernels, _heap: Heap, _bits: 32 | 64, pool?: Pool) {
  const run = kernel(kernels, 'chacha');

  function stream(
    out: Address,
    bytes: Size,
    key: Source,
    n0: number,
    n1: number,
    n2: number,
    counter: number,
    rounds: Rounds,
    mode: StreamMode,
  ): void {
    const parts = pool !== undefined && bytes >= WORTH_SPLITTING ? pool.ready + 1 : 1;
    if (pool === undefined || parts === 1) {
      run(out, bytes, key, n0, n1, n2, counter, rounds, mode);
      return;
    }
    const part = Math.ceil(bytes / parts / PASS) * PASS;
    let posted = 0;
    for (let at = part; at < bytes; at += part, posted++) {
      const length = Math.min(part, bytes - at);
      pool.post(posted, 'chacha', further(out, at), length, key, n0, n1, n2, counter + at / 64, rounds, mode);
    }
    run(out, part, key, n0, n1, n2, counter, rounds, mode);
    pool.join(posted);
  }

  return {
    /**
     * Puts `bytes` bytes of the stream of the 32-byte key at address `key` and the nonce (n0, n1, n2: 32-bit
     * words), from block `counter` on, to address `out`.
     * @throws RangeError for an unknown mode or number of rounds, a broken word, or an exhausted counter.
     */
    chacha(
      out: Address,
      bytes: Size,
      key: Source,
      n0: number,
      n1: number,
      n2: number,
      counter: number,
      rounds: Rounds,
      mode: StreamMode,
    ): void {
      check('chacha', bytes, counter, rounds, mode);
      stream(out, bytes, key, n0, n1, n2, counter, rounds, mode);
    },
  };
}
