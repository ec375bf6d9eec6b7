/**
 * Activations on shares: a value at the double scale becomes a masked one at the working scale.
 *
 * | activation | forward | backward |
 * |---|---|---|
 * | linear | nothing (the next layer rescales) | nothing |
 * | relu | 4 rounds (k − f ≤ 37, else 5) | 2: select |
 * | square, polynomial | 2 + 2 or more | 2 + 2 |
 * | sigmoid, tanh | 3 | 2 + 2 |
 * | leakyRelu | 2 + 3 (k ≤ 36, else 4), and the next rescale | 2 + 1 |
 */
import type { Words } from '../../../bindings/memory.js';
import { type Activation, leakySlope } from '../../model/activation.js';
import { type Secure, together } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { type Masked, type MaskedBit, Share } from '../../party/values.js';
import { asShare, mapMasked2 } from '../../protocol/linear.js';
import { multiply } from '../../protocol/multiply.js';
import { open } from '../../protocol/open.js';
import { derivative, type Polynomial, polynomial, polynomialPair } from '../../protocol/polynomial.js';
import { isPositive, relu } from '../../protocol/relu.js';
import { multiplyBit, select } from '../../protocol/select.js';
import { sigmoidPair, tanhPair } from '../../protocol/sigmoid.js';
import { type Backward, gradientFactor, masked, type Pass, type SecureLayer, type Value } from './layer.js';
import { softmax } from './softmax.js';

/** The layer for a named activation or a polynomial. */
export function activation(kind: Activation): SecureLayer {
  if (kind === 'linear') return linear();
  if (kind === 'relu') return reluLayer();
  if (kind === 'sigmoid') return smooth(sigmoidPair);
  if (kind === 'tanh') return smooth(tanhPair);
  if (kind === 'softmax') return softmax();
  const slope = leakySlope(kind);
  if (slope !== null) return leakyLayer(slope);
  if (kind === 'square') return polynomialLayer([0, 0, 1]);
  return polynomialLayer((kind as { polynomial: number[] }).polynomial);
}

const linear = (): SecureLayer => ({
  parameters: [],
  handsOn: true,
  // biome-ignore lint/correctness/useYield: local, no round
  *forward(_rt: Runtime, x: Value): Secure<Value> {
    return x;
  },
  // biome-ignore lint/correctness/useYield: local, no round
  *backward(_rt: Runtime, gradient: Value): Secure<Value> {
    return gradient;
  },
});

function reluLayer(): SecureLayer {
  let positive: MaskedBit | null = null;
  return {
    parameters: [],
    *forward(rt: Runtime, x: Value): Secure<Value> {
      if (x instanceof Share && x.fraction > rt.fraction) {
        const result = yield* relu(rt, x);
        positive = result.positive;
        return result.value;
      }
      const y = yield* masked(rt, x);
      positive = yield* isPositive(rt, y);
      return yield* open(rt, multiplyBit(rt, positive, y));
    },
    backward: (rt, gradient, flow) => selectGradient(rt, positive as MaskedBit, gradient, flow),
  };
}

/** The gradient where relu's bit is 1, else 0; rounded where it has to be. */
export function* selectGradient(
  rt: Runtime,
  positive: MaskedBit,
  gradient: Value,
  flow: Backward,
): Secure<Value> {
  if (gradient instanceof Share && gradient.fraction > rt.fraction) {
    return yield* select(rt, positive, gradient, gradient.fraction - flow.fraction);
  }
  return multiplyBit(rt, positive, yield* gradientFactor(rt, gradient, flow, 0));
}

/** z for z ≥ 0, else slope·z: slope·z + (1 − slope)·relu(z), the two sharing their rounds. */
function leakyLayer(slope: number): SecureLayer {
  let positive: MaskedBit | null = null;
  /** slope·whole + (1 − slope)·part, at the double scale. */
  function mix(rt: Runtime, whole: Masked, part: Masked): Share {
    const a = Math.round(slope * 2 ** rt.fraction);
    const weighted = (out: Words, x: Words, y: Words): void => {
      rt.ring.scale(out, x, a);
      const rest = rt.words(y.length);
      rt.ring.scale(rest, y, 2 ** rt.fraction - a);
      rt.ring.add(out, out, rest);
      rt.free(rest);
    };
    const sum = mapMasked2(rt, whole, part, whole.shape, weighted, whole.fraction + rt.fraction);
    const share = asShare(rt, sum);
    rt.free(sum);
    return share;
  }
  return {
    parameters: [],
    *forward(rt: Runtime, input: Value): Secure<Value> {
      const x = yield* masked(rt, input);
      positive = yield* isPositive(rt, x);
      const part = yield* open(rt, multiplyBit(rt, positive, x));
      return mix(rt, x, part);
    },
    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value> {
      const dy = yield* gradientFactor(rt, gradient, flow, 0);
      const part = yield* open(rt, multiplyBit(rt, positive as MaskedBit, dy));
      return mix(rt, dy, part);
    },
  };
}

/** A value and its derivative, both masked at the working scale. */
type Pair = (
  rt: Runtime,
  x: Share,
  slope: boolean,
  guarded: boolean,
) => Secure<{ value: Masked; slope: Masked | null }>;

/** sigmoid and tanh, saturating outside their domain: value and derivative from one opening of the argument. */
function smooth(pair: Pair): SecureLayer {
  let slope: Masked | null = null;
  return {
    parameters: [],
    *forward(rt: Runtime, x: Value, { training }: Pass): Secure<Value> {
      const z = x instanceof Share ? x : asShare(rt, x);
      const result = yield* pair(rt, z, training, true);
      slope = result.slope;
      return result.value;
    },
    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value> {
      return multiply(rt, yield* gradientFactor(rt, gradient, flow, 0), slope as Masked);
    },
  };
}

function polynomialLayer(coefficients: Polynomial): SecureLayer {
  let slope: Masked | null = null;
  return {
    parameters: [],
    *forward(rt: Runtime, x: Value, { training }: Pass): Secure<Value> {
      const y = yield* masked(rt, x);
      if (!training) return yield* masked(rt, yield* polynomial(rt, y, coefficients));
      const [value, prime] = yield* polynomialPair(rt, y, coefficients, derivative(coefficients));
      const [maskedValue, maskedSlope] = yield* together(masked(rt, value), masked(rt, prime));
      slope = maskedSlope;
      return maskedValue;
    },
    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value> {
      return multiply(rt, yield* gradientFactor(rt, gradient, flow, 0), slope as Masked);
    },
  };
}
