/**
 * The description of a model: plain JSON, shared by the secure trainer, the plain one and TensorFlow.js.
 *
 * A new kind of layer is a file in kinds/ and a line in {@link layerKinds}; the compiler then asks every trainer
 * for its part.
 */
import { publicRandom, purposes } from '../data/random.js';
import { checkArray, checking, checkOptions, checkShape, kindOf } from '../options.js';
import { sizeOf } from '../shape.js';
import type { Activation } from './activation.js';
import { activation } from './kinds/activation.js';
import { batchNormalization } from './kinds/batch-normalization.js';
import { conv2d } from './kinds/conv2d.js';
import { dense } from './kinds/dense.js';
import { dropout } from './kinds/dropout.js';
import { flatten } from './kinds/flatten.js';
import type { LayerKind, WeightSpec } from './kinds/kind.js';
import { averagePooling2d, globalAveragePooling2d, maxPooling2d } from './kinds/pooling.js';
import { checkSize, parametersOf } from './size.js';

export type { Activation, ActivationName } from './activation.js';
export type { ActivationConfig } from './kinds/activation.js';
export type { BatchNormalizationConfig } from './kinds/batch-normalization.js';
export type { Conv2dConfig } from './kinds/conv2d.js';
export type { DenseConfig } from './kinds/dense.js';
export type { DropoutConfig } from './kinds/dropout.js';
export type { FlattenConfig } from './kinds/flatten.js';
export type { WeightSpec } from './kinds/kind.js';
export type {
  AveragePooling2dConfig,
  GlobalAveragePooling2dConfig,
  MaxPooling2dConfig,
} from './kinds/pooling.js';

/** Every kind of layer, by the `type` of its description. Images are [height, width, channels]. */
export const layerKinds = {
  dense,
  conv2d,
  averagePooling2d,
  maxPooling2d,
  globalAveragePooling2d,
  flatten,
  activation,
  dropout,
  batchNormalization,
};

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
  /** Place in the description, from 0. */
  readonly index: number;
  readonly config: LayerConfig;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly weights: readonly WeightSpec[];
}

/** The activation a layer ends with: its own, or 'linear' where it has none. */
export const activationOf = (layer: LayerConfig): Activation =>
  'activation' in layer ? layer.activation : 'linear';

/**
 * Checks a description, layer by layer, and works out shapes and weights.
 * @throws TypeError or RangeError that names the layer, counted from 0: for what it does not know or cannot use, and for
 *   a model of more than 2^28 parameters or numbers in a row (see size.ts)
 */
export function planModel(config: ModelConfig): LayerPlan[] {
  checkOptions('model', config, ['layers', 'inputShape']);
  checkArray('model: layers', config.layers);
  if (config.layers.length === 0) throw new RangeError('model: no layers');
  checkShape('model: inputShape', config.inputShape);
  let shape: readonly number[] = config.inputShape;
  let parameters = 0;
  return config.layers.map((layer, i) => {
    if (typeof layer !== 'object' || layer === null) {
      throw new TypeError(
        `layer ${i}: expected a description, as dense({ units }) makes it, got ${kindOf(layer)}`,
      );
    }
    const where = `layer ${i} (${layer.type})`;
    const kind: LayerKind<LayerConfig> | undefined = Object.hasOwn(layerKinds, layer.type)
      ? layerKinds[layer.type]
      : undefined;
    if (!kind)
      throw new RangeError(`${where}: unknown kind; known are ${Object.keys(layerKinds).join(', ')}`);
    checkOptions(where, layer, ['type', 'inputShape', ...kind.keys]);
    const inputShape = shape;
    if (layer.inputShape !== undefined) checkShape(`${where}: inputShape`, layer.inputShape);
    if (layer.inputShape && String(layer.inputShape) !== String(inputShape)) {
      throw new RangeError(
        `${where}: inputShape is [${layer.inputShape}], but its inputs are [${inputShape}]`,
      );
    }
    checking(where, layer, () => kind.check(layer, inputShape));
    const outputShape = kind.outputShape(layer, inputShape);
    if (activationOf(layer) === 'softmax' && (i < config.layers.length - 1 || outputShape.length !== 1)) {
      throw new RangeError(`${where}: softmax stands at the end of a model only, on outputs of shape [n]`);
    }
    const plan = {
      index: i,
      config: layer,
      inputShape,
      outputShape,
      weights: kind.weights(layer, inputShape),
    };
    checking(where, plan, () => checkSize(plan, parameters));
    parameters += parametersOf(plan);
    shape = outputShape;
    return plan;
  });
}

/**
 * Initial weights of every layer, one after another, each row-major: kernel and bias for dense ([in, units]) and
 * conv2d ([height, width, in, filters]); gamma, beta, movingMean and movingVariance for batchNormalization.
 * Layer l draws from a public stream of its own, derived from (seed, l).
 */
export function initialWeights(config: ModelConfig, seed: number): Float32Array[] {
  return planModel(config).flatMap(({ weights }, l) => {
    const random = publicRandom(seed, purposes.weights, l);
    return weights.map((spec) => spec.initialize(random));
  });
}

/** What every array of a model's weights is, for messages: 'layer 0: kernel [13,16]'. */
export const weightNames = (config: ModelConfig): string[] =>
  planModel(config).flatMap(({ weights }, l) =>
    weights.map(({ name, shape }) => `layer ${l}: ${name} [${shape}]`),
  );

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
