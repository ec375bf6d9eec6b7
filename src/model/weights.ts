/** A model's weights as arrays: one after another for all layers, each row-major, in the order of its plan. */
import { publicRandom, purposes } from '../data/random.js';
import { sizeOf } from '../shape.js';
import type { ModelPlan } from './plan.js';

/**
 * Initial weights of every layer, one after another, each row-major: kernel and bias for dense ([in, units]) and
 * conv2d ([height, width, in, filters]); gamma, beta, movingMean and movingVariance for batchNormalization.
 * Layer l draws from a public stream of its own, derived from (seed, l).
 */
export function initialWeights({ layers }: ModelPlan, seed: number): Float32Array[] {
  return layers.flatMap(({ weights }, l) => {
    const random = publicRandom(seed, purposes.weights, l);
    return weights.map((spec) => spec.initialize(random));
  });
}

/** What every array of a model's weights is, for messages: 'layer 0: kernel [13,16]'. */
export const weightNames = ({ layers }: ModelPlan): string[] =>
  layers.flatMap(({ weights }, l) => weights.map(({ name, shape }) => `layer ${l}: ${name} [${shape}]`));

/** Throws RangeError unless `weights` has the arrays that the model wants, each of the right size. */
export function checkWeights({ layers }: ModelPlan, weights: readonly ArrayLike<number>[]): void {
  const specs = layers.flatMap((plan, l) => plan.weights.map((spec) => ({ l, ...spec })));
  if (weights.length !== specs.length) {
    throw new RangeError(`model: expected ${specs.length} weight arrays, got ${weights.length}`);
  }
  specs.forEach(({ l, name, shape }, i) => {
    if (weights[i].length === sizeOf(shape)) return;
    throw new RangeError(`layer ${l}: expected ${name} [${shape}], got ${weights[i].length} numbers`);
  });
}
