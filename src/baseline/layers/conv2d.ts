/** A convolution in clear: for every image, its windows as a matrix times the kernel. */
import type { Conv2dConfig } from '../../model/config.js';
import { planWindows } from '../../model/window.js';
import { sizeOf } from '../../shape.js';
import { elementwise } from '../activation.js';
import { addBias, sumColumns } from '../bias.js';
import { matmul, matmulNt, matmulTn } from '../matmul.js';
import { imageToWindows, windowsToImage } from '../patches.js';
import type { PlainLayerFactory } from './layer.js';

/**
 * With X the windows of an image [positions × area] and W the kernel [area × filters]:
 * y = f(X·W + b); dz = dy ⊙ f′, dW = Σ Xᵀ·dz over the images, db = Σ dz, dx = the windows' sum of dz·Wᵀ.
 */
export const plainConv2d: PlainLayerFactory<Conv2dConfig> = (config, plan, weights, maxRows) => {
  const { filters, kernelSize, strides, padding } = config;
  const windows = planWindows(plan.inputShape, kernelSize, strides, padding);
  const positions = windows.outputHeight * windows.outputWidth;
  const area = windows.kernelHeight * windows.kernelWidth * windows.channels;
  const [inputs, outputs] = [sizeOf(plan.inputShape), positions * filters];
  const f = elementwise(config.activation, maxRows * outputs);
  const [kernel, bias] = weights;
  const gradients = weights.map((array) => new Float32Array(array.length));
  const [dKernel, dBias] = gradients;
  const z = new Float32Array(maxRows * outputs);
  const patches = new Float32Array(positions * area);
  const ofOneImage = new Float32Array(area * filters);
  let dx: Float32Array | undefined;
  let input: Float32Array = z;
  const image = (x: Float32Array, row: number, size: number) => x.subarray(row * size, (row + 1) * size);

  return {
    weights,
    gradients,

    forward(x, rows) {
      input = x;
      for (let row = 0; row < rows; row++) {
        imageToWindows(patches, image(x, row, inputs), windows);
        matmul(image(z, row, outputs), patches, kernel, positions, area, filters);
      }
      if (bias) addBias(z, bias, rows * positions);
      return f.forward(z, rows * outputs);
    },

    backward(dy, rows, wantInput) {
      const dz = f.backward(dy, rows * outputs);
      if (dBias) sumColumns(dBias, dz, rows * positions);
      if (wantInput) dx ??= new Float32Array(maxRows * inputs);
      dKernel.fill(0);
      for (let row = 0; row < rows; row++) {
        const dzRow = image(dz, row, outputs);
        imageToWindows(patches, image(input, row, inputs), windows);
        matmulTn(ofOneImage, patches, dzRow, positions, area, filters);
        for (let i = 0; i < dKernel.length; i++) dKernel[i] += ofOneImage[i];
        if (!wantInput || !dx) continue;
        matmulNt(patches, dzRow, kernel, positions, area, filters);
        windowsToImage(image(dx, row, inputs), patches, windows);
      }
      return wantInput ? dx : undefined;
    },
  };
};
