/** A fully connected layer in clear. */
import type { DenseConfig } from '../../model/config.js';
import { elementwise } from '../activation.js';
import { addBias, sumColumns } from '../bias.js';
import { matmul, matmulNt, matmulTn } from '../matmul.js';
import type { PlainLayerFactory } from './layer.js';

/** y = f(x·W + b); dz = dy ⊙ f′, dW = xᵀ·dz, db = Σ dz over the rows, dx = dz·Wᵀ. */
export const plainDense: PlainLayerFactory<DenseConfig> = (config, plan, weights, maxRows) => {
  const [inputs] = plan.inputShape;
  const { units } = config;
  const f = elementwise(config.activation, maxRows * units);
  const [kernel, bias] = weights;
  const gradients = weights.map((array) => new Float32Array(array.length));
  const [dKernel, dBias] = gradients;
  const z = new Float32Array(maxRows * units);
  let dx: Float32Array | undefined;
  let input: Float32Array = z;

  return {
    weights,
    gradients,

    forward(x, rows) {
      input = x;
      matmul(z, x, kernel, rows, inputs, units);
      if (bias) addBias(z, bias, rows);
      return f.forward(z, rows * units);
    },

    backward(dy, rows, wantInput) {
      const dz = f.backward(dy, rows * units);
      matmulTn(dKernel, input, dz, rows, inputs, units);
      if (dBias) sumColumns(dBias, dz, rows);
      if (!wantInput) return undefined;
      dx ??= new Float32Array(maxRows * inputs);
      matmulNt(dx, dz, kernel, rows, inputs, units);
      return dx;
    },
  };
};
