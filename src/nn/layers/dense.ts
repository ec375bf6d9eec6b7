/**
 * dense: [batch, in] → [batch, units] at the double scale, z = x·W + b.
 *
 * Kernel and bias are one masked matrix [in + 1, units] (the bias is its last row), so that one opening updates
 * both. Backward: ∂W = xᵀ·∂z, ∂b = column sums of ∂z (at the double scale too), ∂x = ∂z·Wᵀ.
 */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { type Masked, Share } from '../../party/values.js';
import { neg } from '../../protocol/linear.js';
import { bilinear, matrixProduct } from '../../protocol/multiply.js';
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

/** The layer with `value` [in (+ 1 with bias), units] as its parameters. */
export function dense(inputs: number, units: number, useBias: boolean, parameter: Parameter): SecureLayer {
  let cached: Masked | null = null;
  return {
    parameters: [parameter],

    *forward(rt: Runtime, input: Value, { training }: Pass): Secure<Value> {
      const x = yield* factor(rt, input);
      const batch = x.shape[0];
      const kernel = kernelRows(parameter.value, inputs, units);
      const product = matrixProduct(rt, 'nn', batch, inputs, units);
      const z = bilinear(rt, null, [batch, units], x, kernel, product);
      if (useBias) addBias(rt, z, parameter.value, inputs, batch);
      if (training) cached = x;
      return z;
    },

    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value | null> {
      const dz = yield* gradientFactor(rt, gradient, flow);
      const x = cached as Masked;
      const batch = x.shape[0];
      let dx: Share | null = null;
      if (flow.inputGradient) {
        const kernel = kernelRows(parameter.value, inputs, units);
        const product = matrixProduct(rt, 'nt', batch, units, inputs);
        dx = bilinear(rt, null, [batch, inputs], dz, kernel, product);
      }
      flow.descend(parameter, negativeGradient(rt, x, neg(rt, dz)));
      return dx;
    },
  };

  /** [−∂W; −∂b] from ⟨x⟩ and ⟨−∂z⟩, at the double scale. */
  function negativeGradient(rt: Runtime, x: Masked, dz: Masked): Share {
    const batch = x.shape[0];
    const height = useBias ? inputs + 1 : inputs;
    const words = rt.words(height * units);
    const product = matrixProduct(rt, 'tn', inputs, batch, units);
    bilinear(rt, head(words, inputs * units), [inputs, units], x, dz, product);
    if (useBias) biasGradient(rt, words, inputs * units, dz, batch, units, x.fraction);
    return new Share(words, [height, units], x.fraction + dz.fraction, false);
  }
}
