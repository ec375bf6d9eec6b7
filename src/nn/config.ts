/**
 * The description of a model: plain JSON, shared by the secure trainer, the plain one and TensorFlow.js.
 *
 * A new kind of layer is a file in kinds/ and a line in {@link layerKinds}; the compiler then asks every trainer
 * for its part.
 */
import { publicRandom, purposes } from '../data/random.js';
import { dense } from './kinds/dense.js';
import type { LayerKind, WeightSpec } from './kinds/kind.js';

export type { Activation, ActivationName } from './activation.js';
export type { DenseConfig } from './kinds/dense.js';

/** Every kind of layer, by the `type` of its description. */
export const layerKinds = { dense };

type ConfigOf<Kind> = Kind extends LayerKind<infer Config> ? Config : never;

/** The description of one layer. */
export type LayerConfig = ConfigOf<(typeof layerKinds)[keyof typeof layerKinds]>;

/** The description of a model: layers in the order in which a value meets them. */
export interface ModelConfig {
  layers: LayerConfig[];
  /** Shape of one row of the input, without the batch. */
  inputShape: number[];
}

/** A layer of a checked model, with what follows from its place. */
export interface LayerPlan {
  readonly config: LayerConfig;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly weights: readonly WeightSpec[];
}

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, length) => product * length, 1);

/**
 * Checks a description, layer by layer, and works out shapes and weights.
 * @throws TypeError or RangeError that names the layer, counted from 0.
 */
export function planModel(config: ModelConfig): LayerPlan[] {
  if (!Array.isArray(config?.layers)) throw new TypeError('model: layers must be an array');
  if (config.layers.length === 0) throw new RangeError('model: no layers');
  let shape = checkShape('model: inputShape', config.inputShape);
  return config.layers.map((layer, i) => {
    const where = `layer ${i} (${layer?.type})`;
    const kind: LayerKind<LayerConfig> | undefined = Object.hasOwn(layerKinds, layer?.type)
      ? layerKinds[layer.type]
      : undefined;
    if (!kind)
      throw new RangeError(`${where}: unknown kind; known are ${Object.keys(layerKinds).join(', ')}`);
    const inputShape = shape;
    if (
      layer.inputShape &&
      String(checkShape(`${where}: inputShape`, layer.inputShape)) !== String(inputShape)
    ) {
      throw new RangeError(
        `${where}: inputShape is [${layer.inputShape}], but its inputs are [${inputShape}]`,
      );
    }
    try {
      kind.check(layer, inputShape);
    } catch (error) {
      if (error instanceof Error) error.message = `${where}: ${error.message}`;
      throw error;
    }
    shape = kind.outputShape(layer, inputShape);
    return { config: layer, inputShape, outputShape: shape, weights: kind.weights(layer, inputShape) };
  });
}

/**
 * Initial weights of every layer, one after another: for dense a kernel [in × units], row-major, then the bias.
 * Layer l draws from a public stream of its own, derived from (seed, l).
 */
export function initialWeights(config: ModelConfig, seed: number): Float32Array[] {
  return planModel(config).flatMap(({ weights }, l) => {
    const random = publicRandom(seed, purposes.weights, l);
    return weights.map((spec) => spec.initialize(random));
  });
}

/** Throws RangeError unless `weights` has the arrays that the model wants, each of the right size. */
export function checkWeights(config: ModelConfig, weights: readonly ArrayLike<number>[]): void {
  const specs = planModel(config).flatMap((plan, l) => plan.weights.map((spec) => ({ l, ...spec })));
  if (weights.length !== specs.length) {
    throw new RangeError(`model: expected ${specs.length} weight arrays, got ${weights.length}`);
  }
  specs.forEach(({ l, name, shape }, i) => {
    if (weights[i].length === sizeOf(shape)) return;
    throw new RangeError(`layer ${l}: expected ${name} [${shape}], got ${weights[i].length} numbers`);
  });
}

function checkShape(name: string, shape: readonly number[]): readonly number[] {
  if (!Array.isArray(shape)) throw new TypeError(`${name} must be an array`);
  if (shape.length === 0 || !shape.every((length) => Number.isInteger(length) && length > 0)) {
    throw new RangeError(`${name} must hold positive integers`);
  }
  return shape;
}
