/**
 * Activations on shares: a value at the double scale becomes a masked one at the working scale.
 *
 * | activation | forward | backward |
 * |---|---|---|
 * | linear | nothing (the next layer rescales) | nothing |
 * | relu | 4 rounds (k − f ≤ 37, else 5) | 2: select |
 * | square, polynomial | 2 + 2 or more | 2 + 2 |
 * | sigmoid, tanh | 3 | 2 + 2 |
 */
import type { Secure } from '../../party/program.js';
import { together } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { type Masked, type MaskedBit, Share } from '../../party/values.js';
import { isNegative } from '../../protocol/compare.js';
import { multiply } from '../../protocol/multiply.js';
import { open } from '../../protocol/open.js';
import { derivative, type Polynomial, polynomial, polynomialPair } from '../../protocol/polynomial.js';
import { not, relu } from '../../protocol/relu.js';
import { multiplyBit, select } from '../../protocol/select.js';
import { sigmoidPair, tanhPair } from '../../protocol/sigmoid.js';
import type { Activation } from '../activation.js';
import { masked, type SecureLayer, type Value } from './layer.js';

/** The layer for a named activation or a polynomial. */
export function activation(kind: Activation): SecureLayer {
  if (kind === 'linear') return linear();
  if (kind === 'relu') return reluLayer();
  if (kind === 'sigmoid') return smooth(sigmoidPair);
  if (kind === 'tanh') return smooth(tanhPair);
  const coefficients = kind === 'square' ? [0, 0, 1] : kind.polynomial;
  return polynomialLayer(coefficients);
}

const linear = (): SecureLayer => ({
  parameters: [],
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
      positive = not(rt, yield* isNegative(rt, y));
      return yield* open(rt, multiplyBit(rt, positive, y));
    },
    *backward(rt: Runtime, gradient: Value): Secure<Value> {
      const bit = positive as MaskedBit;
      if (gradient instanceof Share && gradient.fraction > rt.fraction) {
        return yield* select(rt, bit, gradient, gradient.fraction - rt.fraction);
      }
      return multiplyBit(rt, bit, yield* masked(rt, gradient));
    },
  };
}

/** A value and its derivative, both masked at the working scale. */
type Pair = (rt: Runtime, x: Share, training: boolean) => Secure<{ value: Masked; slope: Masked | null }>;

/** sigmoid and tanh: value and derivative from one opening of the argument. */
function smooth(pair: Pair): SecureLayer {
  let slope: Masked | null = null;
  return {
    parameters: [],
    *forward(rt: Runtime, x: Value, training: boolean): Secure<Value> {
      const result = yield* pair(rt, x as Share, training);
      slope = result.slope;
      return result.value;
    },
    *backward(rt: Runtime, gradient: Value): Secure<Value> {
      return multiply(rt, yield* masked(rt, gradient), slope as Masked);
    },
  };
}

function polynomialLayer(coefficients: Polynomial): SecureLayer {
  let slope: Masked | null = null;
  return {
    parameters: [],
    *forward(rt: Runtime, x: Value, training: boolean): Secure<Value> {
      const y = yield* masked(rt, x);
      if (!training) return yield* masked(rt, yield* polynomial(rt, y, coefficients));
      const [value, prime] = yield* polynomialPair(rt, y, coefficients, derivative(coefficients));
      const [maskedValue, maskedSlope] = yield* together(masked(rt, value), masked(rt, prime));
      slope = maskedSlope;
      return maskedValue;
    },
    *backward(rt: Runtime, gradient: Value): Secure<Value> {
      return multiply(rt, yield* masked(rt, gradient), slope as Masked);
    },
  };
}
