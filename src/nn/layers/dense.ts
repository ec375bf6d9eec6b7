/**
 * dense: [batch, in] → [batch, units] at the double scale, z = x·W + b.
 *
 * Kernel and bias are one masked matrix [in + 1, units] (the bias is its last row), so that one opening updates
 * both. Backward: ∂W = xᵀ·∂z, ∂b = column sums of ∂z (at the double scale too), ∂x = ∂z·Wᵀ.
 */
import type { Words } from '../../../bindings/memory.js';
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { Masked, Share } from '../../party/values.js';
import { neg, own, reshape } from '../../protocol/linear.js';
import { matrixProduct, bilinear } from '../../protocol/multiply.js';
import { type Backward, masked, type Parameter, type SecureLayer, type Value } from './layer.js';

/** The layer with `value` [in (+ 1 with bias), units] as its parameters. */
export function dense(inputs: number, units: number, useBias: boolean, parameter: Parameter): SecureLayer {
  let cached: Masked | null = null;
  return {
    parameters: [parameter],

    *forward(rt: Runtime, input: Value, training: boolean): Secure<Value> {
      const x = yield* masked(rt, input);
      const batch = x.shape[0];
      const kernel = rows(rt, parameter.value, inputs, units);
      const product = matrixProduct(rt, 'nn', batch, inputs, units);
      const z = bilinear(rt, null, [batch, units], x, kernel, product);
      if (useBias) addBias(rt, z, parameter.value, inputs);
      if (training) cached = x;
      return z;
    },

    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value | null> {
      const dz = yield* masked(rt, gradient);
      const x = cached as Masked;
      const batch = x.shape[0];
      let dx: Share | null = null;
      if (flow.inputGradient) {
        const kernel = rows(rt, parameter.value, inputs, units);
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
    if (useBias) {
      const bias = tail(rt, words, inputs * units, units);
      const summand = rt.isProvider ? dz.mask : rt.first ? dz.delta : null;
      if (summand) {
        rt.ring.sumRows(bias, summand, batch, units, 0);
        rt.ring.shl(bias, bias, x.fraction);
        if (rt.isProvider) rt.ring.neg(bias, bias);
      } else rt.ring.fill(bias, 0);
    }
    return new Share(words, [height, units], x.fraction + dz.fraction, false);
  }
}

/** z += b at the scale of z, for the bias in row `row` of the parameters: P₀ adds Δ, the provider −δ. */
function addBias(rt: Runtime, z: Share, parameters: Masked, row: number): void {
  const [batch, units] = z.shape;
  const source = rt.isProvider ? parameters.mask : rt.first ? parameters.delta : null;
  if (!source) return;
  const bias = rt.words(units);
  rt.ring.shl(bias, tail(rt, source, row * units, units), z.fraction - parameters.fraction);
  if (rt.isProvider) rt.ring.neg(bias, bias);
  const words = z.words as Words;
  rt.ring.addRow(words, words, bias, batch, units);
  rt.free(bias);
}

const head = (words: Words, length: number): Words => ({ ptr: words.ptr, length });

const tail = (rt: Runtime, words: Words, start: number, length: number): Words => ({
  ptr: words.ptr + start * rt.ring.bytes,
  length,
});

/** The first `count` rows of a masked matrix, as a view that owns nothing. */
function rows(rt: Runtime, x: Masked, count: number, columns: number): Masked {
  if (x.shape[0] === count) return x;
  const length = count * columns;
  const view = new Masked(x.delta && head(x.delta, length), head(x.mask, length), [count, columns], x.fraction);
  if (!rt.isProvider) view.own = head(own(rt, x), length);
  return view;
}

/** [batch, …] → [batch, size]. */
export function flatten(size: number): SecureLayer {
  let shape: readonly number[] = [];
  const as = (rt: Runtime, x: Value, to: readonly number[]): Value =>
    x instanceof Masked ? reshape(rt, x, to) : new Share(x.words, to, x.fraction, x.settled);
  return {
    parameters: [],
    // biome-ignore lint/correctness/useYield: local, no round
    *forward(rt: Runtime, x: Value): Secure<Value> {
      shape = x.shape;
      return as(rt, x, [x.shape[0], size]);
    },
    // biome-ignore lint/correctness/useYield: local, no round
    *backward(rt: Runtime, gradient: Value): Secure<Value> {
      return as(rt, gradient, shape);
    },
  };
}
