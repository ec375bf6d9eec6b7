/**
 * conv2d: [batch, height, width, in] → [batch, oh, ow, filters] at the double scale.
 *
 * Convolution is bilinear, so it goes through the same multiplication as a matrix product: patches of Δ and of δ
 * are local rearrangements, and the input is opened once, not once a patch. With X the patches
 * [oh·ow, kh·kw·in] of an image: Z = X·W + b, ∂W = Xᵀ·∂Z, ∂X = ∂Z·Wᵀ put back in place. Image by image, so that
 * the patches stay in cache.
 */
import type { Words } from '../../../bindings/memory.js';
import { imageSize, patchColumns, patchRows, type Window } from '../../../bindings/patches.js';
import type { Runtime } from '../../party/runtime.js';
import { type Bilinear, Into } from '../../protocol/multiply.js';
import { affine } from './affine.js';
import type { Parameter, SecureLayer } from './layer.js';

/** The layer with `parameter` [kh·kw·in (+ 1 with bias), filters]. */
export function conv2d(w: Window, filters: number, useBias: boolean, parameter: Parameter): SecureLayer {
  const rows = patchRows(w);
  const columns = patchColumns(w);
  const shape = { height: columns, units: filters, output: [...w.output, filters], useBias };
  return affine(shape, parameter, { outputs: outputMap, weights: weightMap, inputs: inputMap });

  /** Calls `each` with the words of every image and of its output. */
  function images(
    rt: Runtime,
    batch: number,
    image: Words,
    output: Words,
    each: (image: Words, output: Words, first: boolean) => void,
  ): void {
    const inSize = imageSize(w);
    const outSize = rows * filters;
    for (let b = 0; b < batch; b++) {
      each(rt.part(image, b * inSize, inSize), rt.part(output, b * outSize, outSize), b === 0);
    }
  }

  function outputMap(rt: Runtime, batch: number): Bilinear {
    return (out, x, kernel, into) => {
      const patches = rt.words(rows * columns);
      images(rt, batch, x, out, (image, output) => {
        rt.ring.patches(patches, image, w, 1);
        rt.ring.matmul(output, patches, kernel, rows, columns, filters, into);
      });
      rt.free(patches);
    };
  }

  function weightMap(rt: Runtime, batch: number): Bilinear {
    return (out, x, dz, into) => {
      const patches = rt.words(rows * columns);
      images(rt, batch, x, dz, (image, output, first) => {
        rt.ring.patches(patches, image, w, 1);
        const mode = into === Into.set && !first ? Into.add : into;
        rt.ring.matmulTN(out, patches, output, columns, rows, filters, mode);
      });
      rt.free(patches);
    };
  }

  function inputMap(rt: Runtime, batch: number): Bilinear {
    return (out, dz, kernel, into) => {
      const patches = rt.words(rows * columns);
      if (into === Into.set) rt.ring.fill(out, 0);
      images(rt, batch, out, dz, (image, output) => {
        rt.ring.matmulNT(patches, output, kernel, rows, filters, columns, Into.set);
        if (into === Into.subtract) rt.ring.neg(patches, patches);
        rt.ring.unpatches(image, patches, w, 1);
      });
      rt.free(patches);
    };
  }
}
