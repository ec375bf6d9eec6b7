/**
 * The description of a model: plain JSON, shared by the secure trainer, the plain one and TensorFlow.js.
 *
 * A new kind of layer is a file in kinds/ and a line in {@link layerKinds}; the compiler then asks every trainer
 * for its part.
 */
import type { Activation } from './activation.js';
import { activation } from './kinds/activation.js';
import { batchNormalization } from './kinds/batch-normalization.js';
import { conv2d } from './kinds/conv2d.js';
import { dense } from './kinds/dense.js';
import { dropout } from './kinds/dropout.js';
import { flatten } from './kinds/flatten.js';
import type { LayerKind } from './kinds/kind.js';
import { averagePooling2d, globalAveragePooling2d, maxPooling2d } from './kinds/pooling.js';

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

/** The activation a layer ends with: its own, or 'linear' where it has none. */
export const activationOf = (layer: LayerConfig): Activation =>
  'activation' in layer ? layer.activation : 'linear';
