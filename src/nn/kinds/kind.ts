import type { PublicRandom } from '../../data/random.js';

/** One array of trainable numbers of a layer. */
export interface WeightSpec {
  readonly name: 'kernel' | 'bias';
  readonly shape: readonly number[];
  /** Its initial values, row-major. */
  initialize(random: PublicRandom): Float32Array;
}

/** What every trainer must know of a kind of layer: how it checks its description, shapes, weights. */
export interface LayerKind<Config> {
  /** Throws TypeError or RangeError unless the description makes sense for inputs of this shape (without batch). */
  check(config: Config, inputShape: readonly number[]): void;
  /** Shape of one row's output. */
  outputShape(config: Config, inputShape: readonly number[]): number[];
  /** Its weights, in the order in which they stand in files and arrays. */
  weights(config: Config, inputShape: readonly number[]): WeightSpec[];
}
