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
 */
import { checkOptions, kindOf } from '../options.js';
import { checkLearningRate, type LearningRate } from './schedule.js';

interface OptimizerBase {
  /** In (0, 1024), or a public schedule. */
  learningRate: LearningRate;
  /** λ ≥ 0, with η·λ ≤ 1; absent: none. */
  weightDecay?: number;
  /** Bound of a gradient's elements, positive; absent: none. */
  clipValue?: number;
}

export interface SgdConfig extends OptimizerBase {
  type: 'sgd';
}

export interface MomentumConfig extends OptimizerBase {
  type: 'momentum';
  /** 0 ≤ momentum < 1. */
  momentum: number;
  nesterov: boolean;
}

export interface AdamConfig extends OptimizerBase {
  type: 'adam';
  /** 0 ≤ beta1 < 1. */
  beta1: number;
  /** 0 ≤ beta2 < 1. */
  beta2: number;
  /** Positive. */
  epsilon: number;
  /**
   * Bound of a gradient's elements, positive and at most √2, since the squares of larger ones leave the ring; absent: 1.
   */
  clipValue?: number;
}

/** The description of an optimizer. */
export type OptimizerConfig = SgdConfig | MomentumConfig | AdamConfig;

/** adam's clipValue where a description has none. */
export const ADAM_CLIP_VALUE = 1;

const COMMON = ['type', 'learningRate', 'weightDecay', 'clipValue'];

const KEYS: Readonly<Record<OptimizerConfig['type'], readonly string[]>> = {
  sgd: COMMON,
  momentum: [...COMMON, 'momentum', 'nesterov'],
  adam: [...COMMON, 'beta1', 'beta2', 'epsilon'],
};

/** The bound that an optimizer clips a gradient's elements to: Infinity where it does not clip. */
export const clipValueOf = ({ type, clipValue }: OptimizerConfig): number =>
  clipValue ?? (type === 'adam' ? ADAM_CLIP_VALUE : Infinity);

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
  if (type !== 'sgd' && type !== 'momentum' && type !== 'adam') {
    throw new RangeError(`unknown optimizer "${type}"; known are sgd, momentum, adam`);
  }
  checkOptions(`optimizer ${type}`, optimizer, KEYS[type]);
  checkLearningRate(learningRate);
  if (weightDecay !== undefined) {
    number('weightDecay', weightDecay);
    const most = typeof learningRate === 'number' ? learningRate : learningRate.rate;
    if (!(weightDecay >= 0 && most * weightDecay <= 1)) {
      throw new RangeError('weightDecay must be 0 or more, and times the learning rate at most 1');
    }
  }
  if (clipValue !== undefined) {
    if (type === 'adam') checkAdamClip(clipValue);
    positive('clipValue', clipValue);
  }
  if (optimizer.type === 'momentum') {
    fraction('momentum', optimizer.momentum);
    if (typeof optimizer.nesterov !== 'boolean') throw new TypeError('nesterov must be true or false');
  } else if (optimizer.type === 'adam') {
    fraction('beta1', optimizer.beta1);
    fraction('beta2', optimizer.beta2);
    positive('epsilon', optimizer.epsilon);
  }
}

/** adam squares the gradient at a scale where only elements up to √2 fit ring 64. */
function checkAdamClip(clipValue: number): void {
  if (!(clipValue > Math.SQRT2)) return;
  throw new RangeError(
    'clipValue must be at most √2 (1.4142) for adam: the squares of larger gradients leave the ring',
  );
}

function number(name: string, value: unknown): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
}

function positive(name: string, value: number): void {
  number(name, value);
  if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name} must be positive`);
}

function fraction(name: string, value: number): void {
  number(name, value);
  if (!(value >= 0 && value < 1)) throw new RangeError(`${name} must be 0 or more and below 1`);
}
