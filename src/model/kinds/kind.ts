import type { PublicRandom } from '../../data/random.js';

/** What every layer's description may carry beside its own. */
export interface LayerBase {
  /** Shape of one row of the input; needed at a model's first layer by `sequential`, checked when present. */
  inputShape?: number[];
}

/** One array of numbers of a layer. */
export interface WeightSpec {
  readonly name: 'kernel' | 'bias' | 'gamma' | 'beta' | 'movingMean' | 'movingVariance';
  readonly shape: readonly number[];
  /** False for running statistics, which no optimizer touches. */
  readonly trainable: boolean;
  /** Its initial values, row-major. */
  initialize(random: PublicRandom): Float32Array;
}

/** What every trainer must know of a kind of layer: how it checks its description, shapes, weights. */
export interface LayerKind<Config> {
  /** What its description holds beside `type` and `inputShape`. */
  readonly keys: readonly string[];
  /** Throws TypeError or RangeError unless the description makes sense for inputs of this shape (without batch). */
  check(config: Config, inputShape: readonly number[]): void;
  /** Shape of one row's output. */
  outputShape(config: Config, inputShape: readonly number[]): number[];
  /** Its weights, in the order in which they stand in files and arrays. */
  weights(config: Config, inputShape: readonly number[]): WeightSpec[];
}

/** Throws unless inputs are images [height, width, channels]. */
export function checkImages(inputShape: readonly number[]): void {
  if (inputShape.length !== 3) {
    throw new RangeError(`expected inputs of shape [height,width,channels], got [${inputShape}]`);
  }
}
