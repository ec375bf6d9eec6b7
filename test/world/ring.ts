/** What kernel tests share: one memory with its kernels, a seeded generator, and guarded vectors of BigInts. */
import * as assert from 'uvu/assert';
import { createMemory, Heap, type Words } from '../../bindings/memory.js';
import { compileKernels, instantiateKernels, type Kernels, type WasmModule } from '../../bindings/module.js';

export type Bits = 32 | 64;
export const RINGS: readonly Bits[] = [32, 64];

/** Lengths around the edges of lanes, vectors and unrolled loops. */
export const LENGTHS: readonly number[] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 19, 20, 24, 31, 32, 33, 48, 63, 64, 65, 100, 127, 129,
];

/** The compiled module, to start helper threads with. */
export const module: WasmModule = await compileKernels();

const GUARD = 0xa5;
const GUARD_BYTES = 64;

/** A memory of its own with its allocator. */
export const makeHeap = (): Heap => new Heap(createMemory());

/** The kernels on a heap's memory. */
export const kernels = (heap: Heap): Kernels => instantiateKernels(module, heap.memory);

/** Deterministic generator of 64-bit numbers (splitmix64); for tests only. */
export class Random {
  #state: bigint;

  constructor(seed: number) {
    this.#state = BigInt(seed);
  }

  /** A uniform number of 64 bits. */
  next(): bigint {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n);
    let z = this.#state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }

  /** An integer from 0 to bound - 1. */
  below(bound: number): number {
    return Number(this.next() % BigInt(bound));
  }

  /** A number in [0, 1) with 53 random bits. */
  unit(): number {
    return Number(this.next() >> 11n) / 2 ** 53;
  }

  /** n signed words, a quarter of them 0, 1, -1 or an end of the ring. */
  words(bits: Bits, n: number): bigint[] {
    const special = [0n, 1n, -1n, -(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n];
    return Array.from({ length: n }, () =>
      this.below(4) === 0 ? special[this.below(special.length)] : BigInt.asIntN(bits, this.next()),
    );
  }
}

/** Sets the words of a vector from BigInts, mod 2^bits. */
export function write(heap: Heap, bits: Bits, to: Words, values: readonly bigint[]): void {
  if (bits === 32) heap.u32(to.ptr, to.length).set(values.map((v) => Number(BigInt.asUintN(32, v))));
  else heap.u64(to.ptr, to.length).set(values.map((v) => BigInt.asUintN(64, v)));
}

/** The words of a vector as signed BigInts. */
export function read(heap: Heap, bits: Bits, from: Words): bigint[] {
  if (bits === 32) return Array.from(heap.i32(from.ptr, from.length), BigInt);
  return Array.from(heap.u64(from.ptr, from.length), (v) => BigInt.asIntN(64, v));
}

/** `length` bytes with guard bytes before and after; returns the address of the first. */
export function guarded(heap: Heap, length: number): number {
  const ptr = heap.alloc(length + 2 * GUARD_BYTES);
  heap.bytes(ptr, length + 2 * GUARD_BYTES).fill(GUARD);
  return ptr + GUARD_BYTES;
}

/** Fails when a byte beside a {@link guarded} region has changed. */
export function assertGuards(heap: Heap, ptr: number, length: number, what: string): void {
  const before = heap.bytes(ptr - GUARD_BYTES, GUARD_BYTES);
  const after = heap.bytes(ptr + length, GUARD_BYTES);
  const intact = before.every((b) => b === GUARD) && after.every((b) => b === GUARD);
  assert.ok(intact, `${what}: bytes beside the output are untouched`);
}

/** A guarded vector with these values. */
export function vector(heap: Heap, bits: Bits, values: readonly bigint[]): Words {
  const words = { ptr: guarded(heap, (values.length * bits) / 8), length: values.length };
  write(heap, bits, words, values);
  return words;
}

/** Fails unless the vector holds these values mod 2^bits and its guards are intact. */
export function assertWords(
  heap: Heap,
  bits: Bits,
  got: Words,
  expected: readonly bigint[],
  what: string,
): void {
  assert.equal(
    read(heap, bits, got),
    expected.map((v) => BigInt.asIntN(bits, v)),
    what,
  );
  assertGuards(heap, got.ptr, (got.length * bits) / 8, what);
}

/** Runs `body` and frees what it has allocated. */
export function scoped(heap: Heap, body: () => void): void {
  const scope = heap.beginScope();
  try {
    body();
  } finally {
    heap.endScope(scope);
  }
}
