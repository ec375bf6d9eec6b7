/** What tests of shared values have in common: one heap, vectors of BigInts and bit planes on it, random shares. */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Bits } from './ring.js';
import * as ring from './ring.js';

export { type Bits, RINGS } from './ring.js';

export const heap = ring.makeHeap();
export const kernels = ring.kernels(heap);

/** Lengths around the edges of vectors, words of planes and blocks. */
export const LENGTHS: readonly number[] = [...ring.LENGTHS, 255, 300];

/** A generator that shares: additively in the ring. Words are unsigned. */
export class Random extends ring.Random {
  bits(count: number): bigint {
    return BigInt.asUintN(count, this.next());
  }

  /** n words, a quarter of them extreme values. */
  vector(n: number, bits: Bits): bigint[] {
    return this.words(bits, n).map((v) => BigInt.asUintN(bits, v));
  }

  /** `parties` words that sum to `x` mod 2^bits. */
  share(x: bigint, bits: Bits, parties: number): bigint[] {
    const shares = Array.from({ length: parties - 1 }, () => this.bits(bits));
    return [...shares, BigInt.asUintN(bits, x - shares.reduce((a, b) => a + b, 0n))];
  }

  /** Shares of a vector, one vector a party. */
  shareAll(xs: bigint[], bits: Bits, parties: number): bigint[][] {
    const rows = xs.map((x) => this.share(x, bits, parties));
    return Array.from({ length: parties }, (_, p) => rows.map((row) => row[p]));
  }
}

/** A vector with these values, between guard bytes. */
export const words = (values: readonly bigint[], bits: Bits): Words => ring.vector(heap, bits, values);

/** A vector to be written, between guard bytes. */
export const blank = (n: number, bits: Bits): Words => words(new Array<bigint>(n).fill(0xa5a5n), bits);

/** The values of a vector, unsigned; fails when a byte beside it has changed. */
export function read(vector: Words, bits: Bits): bigint[] {
  ring.assertGuards(heap, vector.ptr, (vector.length * bits) / 8, 'vector');
  return ring.read(heap, bits, vector).map((v) => BigInt.asUintN(bits, v));
}

const planesSize = (p: Planes): number => p.count * p.blocks * 16;

/** `count` planes of zeros, between guard bytes. */
export function planes(count: number, blocks: number): Planes {
  const out = { ptr: ring.guarded(heap, count * blocks * 16), count, blocks };
  heap.bytes(out.ptr, planesSize(out)).fill(0);
  return out;
}

/** Fails when a byte beside the planes has changed. */
export const assertGuard = (p: Planes): void => ring.assertGuards(heap, p.ptr, planesSize(p), 'planes');

/** Bit i of plane j. */
export function bit(p: Planes, j: number, i: number): number {
  return (heap.bytes(p.ptr + j * p.blocks * 16, p.blocks * 16)[i >> 3] >> (i & 7)) & 1;
}

/** Sets bit i of plane j. */
export function setBit(p: Planes, j: number, i: number, value: number): void {
  const bytes = heap.bytes(p.ptr + j * p.blocks * 16, p.blocks * 16);
  bytes[i >> 3] = (bytes[i >> 3] & ~(1 << (i & 7))) | (value << (i & 7));
}

/** Xor shares of planes: one value a party. */
export function sharePlanes(random: Random, source: Planes, parties: number): Planes[] {
  const rest = Uint8Array.from(heap.bytes(source.ptr, planesSize(source)));
  return Array.from({ length: parties }, (_, p) => {
    const out = planes(source.count, source.blocks);
    const bytes = heap.bytes(out.ptr, rest.length);
    for (let i = 0; i < rest.length; i++) {
      bytes[i] = p === parties - 1 ? rest[i] : Number(random.bits(8));
      rest[i] ^= bytes[i];
    }
    return out;
  });
}

/** Runs `body` and frees what it has allocated. */
export const scoped = (body: () => void): void => ring.scoped(heap, body);
