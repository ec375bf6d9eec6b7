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
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { type Masked, Share } from '../../party/values.js';
import { neg } from '../../protocol/linear.js';
import { type Bilinear, bilinear, Into } from '../../protocol/multiply.js';
import { addBias, biasGradient, head, kernelRows } from './bias.js';
import {
  type Backward,
  factor,
  gradientFactor,
  type Parameter,
  type Pass,
  type SecureLayer,
  type Value,
} from './layer.js';

export function conv2d(w: Window, filters: number, useBias: boolean, parameter: Parameter): SecureLayer {
  const rows = patchRows(w);
  const columns = patchColumns(w);
  const [oh, ow] = w.output;
  let cached: Masked | null = null;
  return {
    parameters: [parameter],

    *forward(rt: Runtime, input: Value, { training }: Pass): Secure<Value> {
      const x = yield* factor(rt, input);
      const batch = x.shape[0];
      const kernel = kernelRows(parameter.value, columns, filters);
      const z = bilinear(rt, null, [batch, oh, ow, filters], x, kernel, forwardMap(rt, batch));
      if (useBias) addBias(rt, z, parameter.value, columns, batch * rows);
      if (training) cached = x;
      return z;
    },

    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value | null> {
      const dz = yield* gradientFactor(rt, gradient, flow);
      const x = cached as Masked;
      const batch = x.shape[0];
      let dx: Share | null = null;
      if (flow.inputGradient) {
        const kernel = kernelRows(parameter.value, columns, filters);
        dx = bilinear(rt, null, x.shape, dz, kernel, inputMap(rt, batch));
      }
      const height = useBias ? columns + 1 : columns;
      const words = rt.words(height * filters);
      const minus = neg(rt, dz);
      const weights = head(words, columns * filters);
      bilinear(rt, weights, [columns, filters], x, minus, weightMap(rt, batch));
      if (useBias) biasGradient(rt, words, columns * filters, minus, batch * rows, filters, x.fraction);
      const fraction = x.fraction + dz.fraction;
      flow.descend(parameter, new Share(words, [height, filters], fraction, false));
      return dx;
    },
  };

  /** Calls `each` with the words of every image and of its output. */
  function images(
    rt: Runtime,
    batch: number,
    image: Words,
    output: Words,
    each: (image: Words, output: Words, first: boolean) => void,
  ): void {
    const { bytes } = rt.ring;
    const inSize = imageSize(w);
    const outSize = rows * filters;
    for (let b = 0; b < batch; b++) {
      const from = { ptr: image.ptr + b * inSize * bytes, length: inSize };
      const to = { ptr: output.ptr + b * outSize * bytes, length: outSize };
      each(from, to, b === 0);
    }
  }

  function forwardMap(rt: Runtime, batch: number): Bilinear {
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
