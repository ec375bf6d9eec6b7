/**
 * dense: [batch, in] → [batch, units] at the double scale, z = x·W + b. Backward: ∂W = xᵀ·∂z, ∂b = column sums of ∂z,
 * ∂x = ∂z·Wᵀ.
 */
import { matrixProduct } from '../../protocol/multiply.js';
import { affine } from './affine.js';
import type { Parameter, SecureLayer } from './layer.js';

/** The layer with `parameter` [in (+ 1 with bias), units]. */
export const dense = (inputs: number, units: number, useBias: boolean, parameter: Parameter): SecureLayer =>
  affine({ height: inputs, units, output: [units], useBias }, parameter, {
    outputs: (rt, batch) => matrixProduct(rt, 'nn', batch, inputs, units),
    weights: (rt, batch) => matrixProduct(rt, 'tn', inputs, batch, units),
    inputs: (rt, batch) => matrixProduct(rt, 'nt', batch, units, inputs),
  });
