/**
 * What dense and convolution layers have in common: z = x ∘ W + b for a bilinear ∘, at the double scale, b one number a
 * column. Backward: ∂W from x and ∂z by the map `weights`, ∂b the column sums of ∂z (at the double scale too), ∂x from ∂z
 * and W by the map `inputs`.
 */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Masked, Share } from '../../party/values.js';
import { kernelAndBias, kernelOf, plusRow } from '../../protocol/affine.js';
import { dropFactor, neg } from '../../protocol/linear.js';
import { type Bilinear, product } from '../../protocol/multiply.js';
import { sizeOf } from '../../shape.js';
import {
  type Backward,
  factor,
  gradientFactor,
  type Lack,
  type Parameter,
  type Pass,
  type SecureLayer,
  type Value,
} from './layer.js';

/** The three products of a layer, for a batch. */
export interface AffineMaps {
  /** x, W → z. */
  outputs(rt: Runtime, batch: number): Bilinear;
  /** x, ∂z → ∂W. */
  weights(rt: Runtime, batch: number): Bilinear;
  /** ∂z, W → ∂x. */
  inputs(rt: Runtime, batch: number): Bilinear;
}

export interface AffineShape {
  /** Rows of the kernel. */
  readonly height: number;
  /** Columns of the kernel, the last axis of z. */
  readonly units: number;
  /** Of z, without the batch. */
  readonly output: readonly number[];
  readonly useBias: boolean;
}

/** The layer with `parameter` [height (+ 1 with bias), units]. */
export function affine(
  { height, units, output, useBias }: AffineShape,
  parameter: Parameter,
  maps: AffineMaps,
): SecureLayer {
  let cached: Masked | null = null;
  return {
    parameters: [parameter],
    affine: {
      parameter,
      height,
      units,
      positions: sizeOf(output) / units,
      apply: (rt, x, values) => apply(rt, x, values, true, false),
    },

    forward: (rt: Runtime, input: Value, { training, lack }: Pass): Secure<Value> =>
      apply(rt, input, parameter.value, useBias, training, lack),

    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value | null> {
      const dz = yield* gradientFactor(rt, gradient, flow);
      const x = cached as Masked;
      const batch = x.shape[0];
      let dx: Share | null = null;
      if (flow.inputGradient) {
        const kernel = kernelOf(rt, parameter.value, height);
        dx = product(rt, null, x.shape, dz, kernel, maps.inputs(rt, batch));
      }
      const minus = neg(rt, dz);
      const due = flow.delay ? flow.delay(minus) : { x, minus };
      if (!due) return dx;
      dropFactor(rt, parameter.value); // the update changes it, and takes the room
      const map = maps.weights(rt, due.x.shape[0]);
      flow.descend(parameter, kernelAndBias(rt, due.x, due.minus, [height, units], useBias, map));
      return dx;
    },
  };

  function* apply(
    rt: Runtime,
    input: Value,
    values: Masked,
    hasBias: boolean,
    keep: boolean,
    lack: Lack | null = null,
  ): Secure<Share> {
    const x = yield* factor(rt, input);
    const batch = x.shape[0];
    const kernel = kernelOf(rt, values, height);
    const made = product(rt, null, [batch, ...output], x, kernel, maps.outputs(rt, batch));
    const z = lack?.corrected(made) ?? made;
    if (keep) cached = x;
    return hasBias ? plusRow(rt, z, values, height) : z;
  }
}
