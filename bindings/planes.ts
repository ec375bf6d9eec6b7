/**
 * Bit planes: the same bit of many words side by side (see {@link Planes}).
 *
 * Sizes are checked once a call; lengths that do not fit together are a RangeError. Bits of values past the
 * last are zero in what `toPlanes` writes; `not` sets them, and they are never read by the word operations.
 */
import { further } from './border.js';
import {
  blocksFor,
  type Heap,
  type Planes,
  type ReadonlyPlanes,
  type ReadonlyWords,
  type Words,
} from './memory.js';
import { type Kernels, kernel } from './module.js';

/** Bytes of one plane. */
export const planeBytes = (blocks: number): number => blocks * 16;

/** Address of plane `j`. */
export const planeAt = <P extends ReadonlyPlanes>(planes: P, j: number): P['ptr'] =>
  further(planes.ptr, j * planes.blocks * 16);

function same(name: string, out: Planes, a: ReadonlyPlanes, b: ReadonlyPlanes): number {
  const bytes = out.count * out.blocks * 16;
  if (a.count * a.blocks * 16 !== bytes || b.count * b.blocks * 16 !== bytes) {
    const sizes = [out, a, b].map((p) => `${p.count}×${p.blocks}`).join(', ');
    throw new RangeError(`${name}: planes × blocks ${sizes} differ`);
  }
  return bytes;
}

/** Words of a row, when each plane is a row of `words`. */
function lengthOfRow(name: string, words: ReadonlyWords, { count, blocks }: ReadonlyPlanes): number {
  const length = words.length / count;
  if (Number.isInteger(length) && blocks === blocksFor(length)) return length;
  throw new RangeError(`${name}: ${count} planes of ${blocks} blocks for ${words.length} words`);
}

/** Bit plane operations for the ring Z_2^bits. */
export function planesOps(kernels: Kernels, heap: Heap, bits: 32 | 64) {
  const toPlanes = kernel(kernels, `toPlanes${bits}`);
  const differencePlanes = kernel(kernels, `differencePlanes${bits}`);
  const fromPlane = kernel(kernels, `fromPlane${bits}`);
  const fromPlanes = kernel(kernels, `fromPlanes${bits}`);
  const unmask = kernel(kernels, `unmask${bits}`);
  const xor = kernel(kernels, 'xor');
  const and = kernel(kernels, 'and');
  const not = kernel(kernels, 'not');
  const clearTail = kernel(kernels, 'clearTail');
  const scratch = heap.alloc(4 * 512 + 16 * bits);

  return {
    /**
     * out plane j = bit `low + j` of each word, for all planes of `out`. Not in place.
     * @throws RangeError unless low ≥ 0, out.count ≥ 1, low + out.count ≤ k and out has a bit for each word.
     */
    toPlanes(out: Planes, input: ReadonlyWords, low: number): void {
      if (!(low >= 0 && out.count >= 1 && low + out.count <= bits)) {
        throw new RangeError(`toPlanes: bits ${low} to ${low + out.count - 1} of a ${bits}-bit word`);
      }
      if (out.blocks !== blocksFor(input.length)) {
        throw new RangeError(`toPlanes: ${out.blocks} blocks for ${input.length} words`);
      }
      toPlanes(out.ptr, input.ptr, input.length, low, out.count, scratch);
    },

    /**
     * Planes of the words less each of some numbers, those of one after those of another, as {@link toPlanes} gives them.
     * @param out as many planes for each number
     * @param less the numbers, as words
     */
    differencePlanes(out: Planes, input: ReadonlyWords, less: ReadonlyWords, low: number): void {
      const [numbers, n] = [less.length, input.length];
      const count = out.count / numbers;
      if (!(low >= 0 && Number.isInteger(count) && count >= 1 && low + count <= bits)) {
        throw new RangeError(
          `differencePlanes: ${out.count} planes for ${numbers} numbers from bit ${low} on`,
        );
      }
      if (out.blocks !== blocksFor(n)) {
        throw new RangeError(`differencePlanes: ${out.blocks} blocks for ${n} words`);
      }
      const difference = heap.alloc((n * bits) / 8);
      differencePlanes(out.ptr, input.ptr, less.ptr, numbers, n, low, count, difference, scratch);
      heap.free(difference);
    },

    /** out word i = bit i of plane `index`: 0 or 1. */
    fromPlane(out: Words, planes: ReadonlyPlanes, index = 0): void {
      if (!(index >= 0 && index < planes.count)) {
        throw new RangeError(`fromPlane: plane ${index} of ${planes.count}`);
      }
      if (planes.blocks !== blocksFor(out.length)) {
        throw new RangeError(`fromPlane: ${planes.blocks} blocks for ${out.length} words`);
      }
      fromPlane(out.ptr, planeAt(planes, index), out.length);
    },

    /** out = the bits of all planes, one row of words after the other. */
    fromPlanes(out: Words, planes: ReadonlyPlanes): void {
      fromPlanes(out.ptr, planes.ptr, planes.count, lengthOfRow('fromPlanes', out, planes));
    },

    /**
     * A party's share of c ⊕ r, c the bits of all planes.
     * @param out words of one row after the other; may be r
     * @param r its share of the masks, as words
     * @param first at the one party that adds public terms
     */
    unmask(out: Words, planes: ReadonlyPlanes, r: ReadonlyWords, first: boolean): void {
      const length = lengthOfRow('unmask', out, planes);
      if (r.length !== out.length) throw new RangeError(`unmask: ${out.length} words, ${r.length} masks`);
      unmask(out.ptr, planes.ptr, r.ptr, planes.count, length, first ? 1 : 0);
    },

    /** out = a ⊕ b; out may be a or b. */
    xor(out: Planes, a: ReadonlyPlanes, b: ReadonlyPlanes): void {
      xor(out.ptr, a.ptr, b.ptr, same('xor', out, a, b));
    },

    /** out = a ∧ b; out may be a or b. */
    and(out: Planes, a: ReadonlyPlanes, b: ReadonlyPlanes): void {
      and(out.ptr, a.ptr, b.ptr, same('and', out, a, b));
    },

    /** out = ¬a, bits of values past the last included (clear them with {@link clearTail}); out may be a. */
    not(out: Planes, a: ReadonlyPlanes): void {
      not(out.ptr, a.ptr, same('not', out, a, a));
    },

    /** Zeroes the bits of values from `n` on in every plane. */
    clearTail(planes: Planes, n: number): void {
      if (!(n >= 0 && n <= planes.blocks * 128)) {
        throw new RangeError(`clearTail: ${n} values in ${planes.blocks} blocks`);
      }
      clearTail(planes.ptr, n, planes.count, planes.blocks);
    },
  };
}

/** What {@link planesOps} returns. */
export type PlanesOps = ReturnType<typeof planesOps>;
