/**
 * The gradient of a convolution's filters for TensorFlow.js' wasm backend, which has none of its own (4.22), put
 * together from its other operations. Without it convolutions train on the cpu backend only, some fifty times slower.
 */
import { planWindows } from '../model/window.js';
import type { TensorFlow, TensorFlowTensor } from './tensorflow-module.js';

const KERNEL = 'Conv2DBackpropFilter';

interface Call {
  readonly inputs: { readonly x: TensorFlowTensor; readonly dy: TensorFlowTensor };
  readonly attrs: {
    readonly strides: number | readonly [number, number];
    readonly pad: 'valid' | 'same';
    /** [height, width, channels, filters] */
    readonly filterShape: readonly [number, number, number, number];
  };
}

/** Registers the kernel unless the backend has one. */
export function addConvolutionGradient(tf: TensorFlow): void {
  if (tf.getKernel(KERNEL, 'wasm')) return;
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'wasm',
    kernelFunc: (call) => filterGradient(tf, call as Call),
  });
}

/** dW[p,q] = Σ over images and windows of xᵀ·dy, x the pixels at place (p, q) of the windows. */
function filterGradient(tf: TensorFlow, { inputs: { x, dy }, attrs }: Call): TensorFlowTensor {
  const [height, width, channels, filters] = attrs.filterShape;
  const [down, across] = typeof attrs.strides === 'number' ? [attrs.strides, attrs.strides] : attrs.strides;
  const [images, ...imageShape] = x.shape;
  const plan = planWindows(imageShape, [height, width], [down, across], attrs.pad);
  const [tall, wide] = [(plan.outputHeight - 1) * down, (plan.outputWidth - 1) * across];
  const after = (length: number, reach: number, before: number) => Math.max(reach - length - before, 0);
  const none: [number, number] = [0, 0];
  return tf.tidy(() => {
    const padded = tf.pad(x, [
      none,
      [plan.padTop, after(plan.inputHeight, tall + height, plan.padTop)],
      [plan.padLeft, after(plan.inputWidth, wide + width, plan.padLeft)],
      none,
    ]);
    const slopes = tf.reshape(dy, [-1, filters]);
    const parts: TensorFlowTensor[] = [];
    for (let p = 0; p < height; p++) {
      for (let q = 0; q < width; q++) {
        const end = [images, p + tall + 1, q + wide + 1, channels];
        const pixels = tf.stridedSlice(padded, [0, p, q, 0], end, [1, down, across, 1]);
        parts.push(tf.matMul(tf.reshape(pixels, [-1, channels]), slopes, true));
      }
    }
    return tf.reshape(tf.stack(parts), [...attrs.filterShape]);
  });
}
