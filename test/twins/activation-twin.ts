/** Activations on plain integers. */
import { leakySlope } from '../../src/model/activation.js';
import type { Activation } from '../../src/model/config.js';
import type { LayerPlan } from '../../src/model/plan.js';
import { sizeOf } from '../../src/shape.js';
import type { CurveName } from './approximations.js';
import { max0 } from './clear.js';
import { polynomialTwin } from './polynomial-twin.js';
import type { Rounder, TwinLayer, TwinValue, ValueAndSlope } from './twin-types.js';

/** @param plan of the layer that ends with the activation */
export function activationTwin(activation: Activation, plan: LayerPlan, at: Rounder): TwinLayer {
  switch (activation) {
    case 'linear':
      return linear;
    case 'relu':
      return bent(0, at);
    case 'square':
      return smooth((x, training) => polynomialTwin([0, 0, 1], x, training, at), at);
    case 'sigmoid':
    case 'tanh':
      return smooth((x, training) => curveOf(activation, x, training, at), at);
    case 'softmax':
      return softmax(sizeOf(plan.outputShape), at);
  }
  const slope = leakySlope(activation);
  if (slope !== null) return bent(slope, at);
  const { polynomial } = activation as { polynomial: number[] };
  return smooth((x, training) => polynomialTwin(polynomial, x, training, at), at);
}

const linear: TwinLayer = { parameters: [], forward: (x) => x, backward: (dy) => dy };

/** slope·x below zero, x above; without a slope the scale stays. */
function bent(slope: number, at: Rounder): TwinLayer {
  let positive: boolean[] = [];
  const bend = (x: TwinValue): TwinValue => {
    if (slope === 0) return { ...x, data: x.data.map((value, i) => (positive[i] ? value : 0n)) };
    return at.times(x, (i) => (positive[i] ? 1 : slope));
  };
  return {
    parameters: [],
    forward(value) {
      const x = at.plain(value);
      positive = x.data.map((number) => max0(number) > 0n);
      return bend(x);
    },
    backward: (dy) => bend(at.gradient(dy)),
  };
}

/** Gradients are multiplied with the slope of the forward pass. */
function smooth(pair: (x: TwinValue, training: boolean) => ValueAndSlope, at: Rounder): TwinLayer {
  let slope: readonly bigint[] = [];
  return {
    parameters: [],
    forward(x, { training }) {
      const found = pair(x, training);
      slope = found.slope;
      return { ...x, data: found.value, fraction: at.f, rounded: true };
    },
    backward(gradient) {
      const dy = at.gradient(gradient);
      const data = dy.data.map((d, i) => d * slope[i]);
      return { ...dy, data, fraction: dy.fraction + at.f, rounded: false };
    },
  };
}

/** The argument is not rounded first. */
function curveOf(name: CurveName, x: TwinValue, training: boolean, at: Rounder): ValueAndSlope {
  const { value, slope } = at.outside.curve(name, x.data, x.fraction, training);
  return { value, slope: slope ?? [] };
}

/** For predictions alone: training leaves it to the loss. */
const softmax = (classes: number, at: Rounder): TwinLayer => ({
  parameters: [],
  forward(value) {
    const x = at.plain(value);
    return { ...x, data: at.outside.softmax(x.data, classes) };
  },
  backward() {
    throw new TypeError('softmax has no way back of its own');
  },
});
