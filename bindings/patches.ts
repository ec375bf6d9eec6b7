/** Patches of images [height, width, channels]: see assembly/patches.ts. */
import { further, type Source } from './border.js';
import type { Heap, ReadonlyWords, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

/** A window that moves over an image, and the size of what it makes. */
export interface Window {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [height: number, width: number];
  /** Rows and columns of zeros before the image. */
  readonly padding: readonly [top: number, left: number];
  readonly output: readonly [height: number, width: number];
}

/** Words of an image. */
export const imageSize = (w: Window): number => w.height * w.width * w.channels;

/** Rows and columns of an image's patches. */
export const patchRows = (w: Window): number => w.output[0] * w.output[1];
export const patchColumns = (w: Window): number => w.kernel[0] * w.kernel[1] * w.channels;

/** Patch kernels for the ring Z_2^bits. */
export function patchesOps(kernels: Kernels, _heap: Heap, bits: 32 | 64) {
  const patches = kernel(kernels, `patches${bits}`);
  const unpatches = kernel(kernels, `unpatches${bits}`);
  const addRowsAt = kernel(kernels, `addRowsAt${bits}`);

  function check(name: string, w: Window, images: number, all: number, count: number): void {
    if (images !== count * imageSize(w) || all !== count * patchRows(w) * patchColumns(w)) {
      throw new RangeError(`${name}: ${images} words of images, ${all} words of patches, ${count} images`);
    }
  }

  /** Calls `run` for each image: from the image to its patches or back. */
  function each(w: Window, out: Words, from: ReadonlyWords, count: number, run: typeof patches) {
    const outBytes = ((bits / 8) * out.length) / count;
    const fromBytes = ((bits / 8) * from.length) / count;
    const { height, width, channels, kernel: k, strides: s, padding: p, output: o } = w;
    for (let i = 0; i < count; i++) {
      const to = further(out.ptr, i * outBytes);
      const of = further(from.ptr, i * fromBytes);
      run(to, of, height, width, channels, k[0], k[1], s[0], s[1], p[0], p[1], o[0], o[1]);
    }
  }

  return {
    /** out = the patches of `count` images, one below the other. */
    patches(out: Words, images: ReadonlyWords, w: Window, count: number): void {
      check('patches', w, images.length, out.length, count);
      each(w, out, images, count, patches);
    },

    /** images += patches put back where they came from: the transpose of {@link patches}. */
    unpatches(images: Words, all: ReadonlyWords, w: Window, count: number): void {
      check('unpatches', w, images.length, all.length, count);
      each(w, images, all, count, unpatches);
    },

    /** out row indices[i] += row i of a, for `count` rows of `cols` words. @param indices address of u32 row numbers */
    addRowsAt(out: Words, a: ReadonlyWords, indices: Source, count: number, cols: number): void {
      if (a.length !== count * cols || out.length % cols !== 0) {
        throw new RangeError(`addRowsAt: ${a.length} words are no ${count} rows of ${cols}`);
      }
      const rows = new Uint32Array(_heap.memory.buffer as ArrayBufferLike, indices, count);
      for (const row of rows) {
        if (row * cols >= out.length) throw new RangeError(`addRowsAt: row ${row} is outside the result`);
      }
      addRowsAt(out.ptr, a.ptr, indices, count, cols);
    },
  };
}

/** What {@link patchesOps} returns. */
export type PatchesOps = ReturnType<typeof patchesOps>;
