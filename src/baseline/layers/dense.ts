/** A fully connected layer in clear. */
import type { DenseConfig } from '../../nn/config.js';
import { plainActivation } from '../activation.js';
import { matmul, matmulNt, matmulTn } from '../matmul.js';
import type { PlainLayerFactory } from './layer.js';

/** y = f(x·W + b); dz = dy ⊙ f′, dW = xᵀ·dz, db = Σ dz over the rows, dx = dz·Wᵀ. */
export const plainDense: PlainLayerFactory<DenseConfig> = (config, plan, weights, maxRows) => {
  const [inputs] = plan.inputShape;
  const { units } = config;
  const { f, derivative } = plainActivation(config.activation);
  const [kernel, bias] = weights;
  const gradients = weights.map((array) => new Float32Array(array.length));
  const [dKernel, dBias] = gradients;
  const z = new Float32Array(maxRows * units);
  const y = new Float32Array(maxRows * units);
  const dz = new Float32Array(maxRows * units);
  let dx: Float32Array | undefined;
  let input: Float32Array = z;

  return {
    weights,
    gradients,

    forward(x, rows) {
      input = x;
      matmul(z, x, kernel, rows, inputs, units);
      if (bias) for (let i = 0; i < rows * units; i++) z[i] += bias[i % units];
      for (let i = 0; i < rows * units; i++) y[i] = f(z[i]);
      return y;
    },

    backward(dy, rows, wantInput) {
      for (let i = 0; i < rows * units; i++) dz[i] = dy[i] * derivative(z[i], y[i]);
      matmulTn(dKernel, input, dz, rows, inputs, units);
      if (dBias) {
        dBias.fill(0);
        for (let i = 0; i < rows * units; i++) dBias[i % units] += dz[i];
      }
      if (!wantInput) return undefined;
      dx ??= new Float32Array(maxRows * inputs);
      matmulNt(dx, dz, kernel, rows, inputs, units);
      return dx;
    },
  };
};
