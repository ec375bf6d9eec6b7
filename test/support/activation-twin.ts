/** Activations on plain integers. */
import { leakySlope } from '../../src/nn/activation.js';
import type { Activation, LayerPlan } from '../../src/nn/config.js';
import { max0 } from './clear.js';
import type { Rounder, TwinLayer, TwinValue } from './twin-types.js';

/** @param plan of the layer that ends with the activation */
export function activationTwin(activation: Activation, _plan: LayerPlan, at: Rounder): TwinLayer {
  if (activation === 'linear') return linear;
  if (activation === 'relu') return bent(0, at);
  const slope = leakySlope(activation);
  if (slope !== null) return bent(slope, at);
  throw new TypeError('no twin for this activation');
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
    backward: (dy) => bend(at.plain(dy)),
  };
}
