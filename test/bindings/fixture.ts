/** What the tests of bit planes, comparison, truncation and polynomials share: vectors as BigInts, a seeded PRNG. */
import * as assert from 'uvu/assert';
import { createMemory, Heap, type Planes, type Words } from '../../bindings/memory.js';
import { compileKernels, instantiateKernels } from '../../bindings/module.js';

const memory = createMemory();
export const heap = new Heap(memory);
export const kernels = instantiateKernels(await compileKernels(), memory);
export const RINGS = [32, 64] as const;
export type Bits = (typeof RINGS)[number];

/** Lengths around the edges of vectors, plane chunks and blocks. */
export const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 300];

const GUARD = 0xa5;

/** Deterministic generator (splitmix64). */
export class Random {
  #state: bigint;
  constructor(seed: number) {
    this.#state = BigInt(seed);
  }

  bits(count: number): bigint {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n);
    let z = this.#state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return BigInt.asUintN(count, z ^ (z >> 31n));
  }

  /** n words, about a third of them extreme values. */
  words(n: number, bits: Bits): bigint[] {
    const top = 1n << BigInt(bits - 1);
    const extremes = [0n, 1n, top - 1n, top, 2n * top - 1n];
    return Array.from({ length: n }, () => {
      const pick = Number(this.bits(4));
      return pick < extremes.length ? extremes[pick] : this.bits(bits);
    });
  }

  /** `parties` words that sum to `x` mod 2^bits. */
  share(x: bigint, bits: Bits, parties: number): bigint[] {
    const shares = Array.from({ length: parties - 1 }, () => this.bits(bits));
    return [...shares, BigInt.asUintN(bits, x - shares.reduce((a, b) => a + b, 0n))];
  }

  /** Transposed {@link share} of a vector: one vector a party. */
  shareAll(xs: bigint[], bits: Bits, parties: number): bigint[][] {
    const rows = xs.map((x) => this.share(x, bits, parties));
    return Array.from({ length: parties }, (_, p) => rows.map((row) => row[p]));
  }
}

/** A vector with these values, followed by guard bytes. */
export function words(values: readonly bigint[], bits: Bits): Words {
  const bytes = (values.length * bits) / 8;
  const ptr = heap.alloc(bytes + 64);
  heap.bytes(ptr, bytes + 64).fill(GUARD);
  if (bits === 32) heap.u32(ptr, values.length).set(values.map((v) => Number(BigInt.asUintN(32, v))));
  else heap.u64(ptr, values.length).set(values.map((v) => BigInt.asUintN(64, v)));
  return { ptr, length: values.length };
}

/** A vector to be written, filled with guard bytes. */
export const blank = (n: number, bits: Bits): Words => words(new Array<bigint>(n).fill(0xa5a5n), bits);

/** The values of a vector, unsigned; fails when a byte after its last word has changed. */
export function read(vector: Words, bits: Bits): bigint[] {
  const guard = heap.bytes(vector.ptr + (vector.length * bits) / 8, 64);
  assert.ok(
    guard.every((b) => b === GUARD),
    'bytes beyond the vector are untouched',
  );
  if (bits === 32) return Array.from(heap.u32(vector.ptr, vector.length), BigInt);
  return Array.from(heap.u64(vector.ptr, vector.length));
}

/** Planes for `count` bits of each of `blocks`·128 values, zero, followed by guard bytes. */
export function planes(count: number, blocks: number): Planes {
  const bytes = count * blocks * 16;
  const ptr = heap.alloc(bytes + 64);
  heap.bytes(ptr, bytes).fill(0);
  heap.bytes(ptr + bytes, 64).fill(GUARD);
  return { ptr, count, blocks };
}

/** Bit i of plane j. */
export function bit(p: Planes, j: number, i: number): number {
  return (heap.bytes(p.ptr + j * p.blocks * 16, p.blocks * 16)[i >> 3] >> (i & 7)) & 1;
}

/** Sets bit i of plane j. */
export function setBit(p: Planes, j: number, i: number, value: number): void {
  const bytes = heap.bytes(p.ptr + j * p.blocks * 16, p.blocks * 16);
  bytes[i >> 3] = (bytes[i >> 3] & ~(1 << (i & 7))) | (value << (i & 7));
}

/** Fails when a byte after the planes has changed. */
export function assertGuard(p: Planes): void {
  assert.ok(
    heap.bytes(p.ptr + p.count * p.blocks * 16, 64).every((b) => b === GUARD),
    'bytes beyond the planes are untouched',
  );
}

/** Runs `body` and frees what it has allocated. */
export function scoped(body: () => void): void {
  const scope = heap.beginScope();
  try {
    body();
  } finally {
    heap.endScope(scope);
  }
}
