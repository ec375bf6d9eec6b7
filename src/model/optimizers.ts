/**
 * The description of an optimizer. One step, for every trainable weight w with the gradient g of the loss (the mean
 * over the batch) and the rate η of the step:
 *
 * 1. clipValue c: g ← min(max(g, −c), c), element by element; adam always has one ({@link clipValueOf});
 * 2. weightDecay λ: w ← w·(1 − η·λ), on kernels and biases alike (decoupled: I. Loshchilov, F. Hutter, ICLR 2019);
 * 3. the optimizer's own step, by the formulas that TensorFlow.js uses:
 *
 * | optimizer | step |
 * |---|---|
 * | sgd | w ← w − η·g |
 * | momentum | v ← momentum·v + g;  w ← w − η·v, or with `nesterov` w ← w − η·(g + momentum·v) |
 * | adam | m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  w ← w − η·m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), t from 1 |
 *
 * v and m start at 0.
 *
 * A new optimizer is a file in optimizers/ and a line in {@link optimizerKinds}; the compiler then asks every trainer
 * for its part.
 */
import { checkOptions, kindOf } from '../options.js';
import { adam } from './optimizers/adam.js';
import { checkNumber, checkPositive, type OptimizerKind } from './optimizers/kind.js';
import { momentum } from './optimizers/momentum.js';
import { sgd } from './optimizers/sgd.js';
import { checkLearningRate } from './schedule.js';

export type { AdamConfig } from './optimizers/adam.js';
export type { MomentumConfig } from './optimizers/momentum.js';
export type { SgdConfig } from './optimizers/sgd.js';

/** Every optimizer, by the `type` of its description. */
export const optimizerKinds = { sgd, momentum, adam };

type ConfigOf<Kind> = Kind extends OptimizerKind<infer Config> ? Config : never;

/** The description of an optimizer. */
export type OptimizerConfig = ConfigOf<(typeof optimizerKinds)[keyof typeof optimizerKinds]>;

/** The description of one kind of optimizer. */
export type OptimizerOf<Type extends OptimizerConfig['type']> = Extract<OptimizerConfig, { type: Type }>;

/** What every description may hold beside `type`. */
export const COMMON_KEYS = ['learningRate', 'weightDecay', 'clipValue'] as const;

/** The bound that an optimizer clips a gradient's elements to: Infinity where it does not clip. */
export const clipValueOf = ({ type, clipValue }: OptimizerConfig): number =>
  clipValue ?? optimizerKinds[type].clipValue;

/**
 * Throws unless `value` describes an optimizer.
 * @throws TypeError for a wrong kind, RangeError for a value out of range or an unknown optimizer
 */
export function checkOptimizer(value: unknown): asserts value is OptimizerConfig {
  const optimizer = value as OptimizerConfig | null;
  if (typeof optimizer !== 'object' || optimizer === null) {
    throw new TypeError(
      `optimizer must be a description, as sgd({ learningRate }) makes it, got ${kindOf(optimizer)}`,
    );
  }
  const { type, learningRate, weightDecay, clipValue } = optimizer;
  if (!Object.hasOwn(optimizerKinds, type)) {
    throw new RangeError(`unknown optimizer "${type}"; known are ${Object.keys(optimizerKinds).join(', ')}`);
  }
  const kind: OptimizerKind<OptimizerConfig> = optimizerKinds[type];
  checkOptions(`optimizer ${type}`, optimizer, ['type', ...COMMON_KEYS, ...kind.keys]);
  checkLearningRate(learningRate);
  if (weightDecay !== undefined) {
    checkNumber('weightDecay', weightDecay);
    const most = typeof learningRate === 'number' ? learningRate : learningRate.rate;
    if (!(weightDecay >= 0 && most * weightDecay <= 1)) {
      throw new RangeError('weightDecay must be 0 or more, and times the learning rate at most 1');
    }
  }
  kind.check(optimizer);
  if (clipValue !== undefined) checkPositive('clipValue', clipValue);
}
