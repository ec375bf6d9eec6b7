/**
 * Bit planes: the same bit of many words side by side (see {@link Planes}).
 *
 * Planes are given by address; plane j stands at ptr + j·blocks·16. Bits of values past the last are zero in what
 * `toPlanes` writes; `not` sets them, and the word operations never read them. Sizes that do not fit are a RangeError.
 */
import { blocksFor, type Heap, type Planes, type Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

/** Bytes of one plane. */
export const planeBytes = (blocks: number): number => blocks * 16;

function checkBytes(name: string, bytes: number): void {
  if (!(bytes >= 0 && bytes % 16 === 0)) throw new RangeError(`${name}: ${bytes} bytes are no whole blocks`);
}

/** Bit plane operations for the ring Z_2^bits. */
export function planesOps(kernels: Kernels, _heap: Heap, bits: 32 | 64) {
  const toPlanes = kernel(kernels, `toPlanes${bits}`);
  const fromPlane = kernel(kernels, `fromPlane${bits}`);
  const xor = kernel(kernels, 'xor');
  const and = kernel(kernels, 'and');
  const not = kernel(kernels, 'not');
  const clearTail = kernel(kernels, 'clearTail');

  return {
    /**
     * out plane j = bit `low + j` of each word, for all planes of `out`. Not in place.
     * @throws RangeError unless low ≥ 0, out.count ≥ 1, low + out.count ≤ k and out has a bit for each word.
     */
    toPlanes(out: Planes, input: Words, low: number): void {
      if (!(low >= 0 && out.count >= 1 && low + out.count <= bits)) {
        throw new RangeError(`toPlanes: bits ${low} to ${low + out.count - 1} of a ${bits}-bit word`);
      }
      if (out.blocks !== blocksFor(input.length)) {
        throw new RangeError(`toPlanes: ${out.blocks} blocks for ${input.length} words`);
      }
      toPlanes(out.ptr, input.ptr, input.length, low, out.count);
    },

    /** out word i = bit i of the plane at `plane`: 0 or 1. Not in place. */
    fromPlane(out: Words, plane: number): void {
      fromPlane(out.ptr, plane, out.length);
    },

    /** out = a ⊕ b on `bytes` bytes of planes; out may be a or b. */
    xor(out: number, a: number, b: number, bytes: number): void {
      checkBytes('xor', bytes);
      xor(out, a, b, bytes);
    },

    /** out = a ∧ b on `bytes` bytes of planes; out may be a or b. */
    and(out: number, a: number, b: number, bytes: number): void {
      checkBytes('and', bytes);
      and(out, a, b, bytes);
    },

    /** out = ¬a on `bytes` bytes of planes, bits past the last value included (clearTail); out may be a. */
    not(out: number, a: number, bytes: number): void {
      checkBytes('not', bytes);
      not(out, a, bytes);
    },

    /** Zeroes the bits of values from `n` on in `count` planes of `blocks` blocks. */
    clearTail(plane: number, n: number, count: number, blocks: number): void {
      if (!(n >= 0 && n <= blocks * 128)) throw new RangeError(`clearTail: ${n} values in ${blocks} blocks`);
      clearTail(plane, n, count, blocks);
    },
  };
}

/** What {@link planesOps} returns. */
export type PlanesOps = ReturnType<typeof planesOps>;
