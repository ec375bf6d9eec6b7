/** Optimizers and learning-rate schedules as users write them, in the words of TensorFlow.js and Keras. */
import { checking, checkOptions } from '../options.js';
import {
  type AdamConfig,
  COMMON_KEYS,
  checkOptimizer,
  type MomentumConfig,
  type OptimizerConfig,
  type OptimizerOf,
  optimizerKinds,
  type SgdConfig,
} from './optimizers.js';
import { checkLearningRate, type LearningRate, type Schedule } from './schedule.js';

/** What all optimizers take. */
export interface OptimizerOptions {
  /**
   * A rate in (0, 1024) or a schedule. On shares a power of two (over batch size and the loss's factor) costs
   * nothing extra; others are followed on the average of a few steps.
   */
  learningRate: LearningRate;
  /** λ: every step multiplies all trainable weights by 1 − learningRate·λ. Default none. */
  weightDecay?: number;
  /** Clips every element of the gradient, a mean over the batch, to ±clipValue. Default none. */
  clipValue?: number;
}

/** What `momentum` takes beside what all optimizers do. */
export interface MomentumOptions extends OptimizerOptions {
  /** Default 0.9. */
  momentum?: number;
  /** Default false. */
  nesterov?: boolean;
}

/** What `adam` takes beside what all optimizers do. */
export interface AdamOptions extends Omit<OptimizerOptions, 'learningRate' | 'clipValue'> {
  /** Default 0.001. */
  learningRate?: LearningRate;
  /** Default 0.9. */
  beta1?: number;
  /** Default 0.999. */
  beta2?: number;
  /** Default 10⁻⁷. */
  epsilon?: number;
  /**
   * Clips every element of the gradient, a mean over the batch, to ±clipValue. Default 1, at most √2 (half of that for
   * each fraction bit above 20): the squares of larger gradients leave the ring.
   */
  clipValue?: number;
}

/** Stochastic gradient descent: w ← w − learningRate · gradient. */
export const sgd = (options: OptimizerOptions): SgdConfig => described('sgd', options);

/** Gradient descent with momentum: v ← momentum·v + gradient, w ← w − learningRate · v. */
export const momentum = (options: MomentumOptions): MomentumConfig => described('momentum', options);

/** Adam: D. Kingma, J. Ba, ICLR 2015, with TensorFlow.js' place of epsilon, on clipped gradients. Ring 64 only. */
export const adam = (options: AdamOptions = {}): AdamConfig => described('adam', options);

/** The same rate for the whole training. */
export function constantRate(options: { rate: number }): Schedule {
  checkOptions('constantRate', options, ['rate']);
  const { rate } = options;
  return scheduled('constantRate', { type: 'constant', rate });
}

/** rate · decayRate^(step / decaySteps); `staircase` (default false) rounds the exponent down. */
export function exponentialDecay(options: {
  rate: number;
  decayRate: number;
  decaySteps: number;
  staircase?: boolean;
}): Schedule {
  checkOptions('exponentialDecay', options, ['rate', 'decayRate', 'decaySteps', 'staircase']);
  const { rate, decayRate, decaySteps, staircase = false } = options;
  return scheduled('exponentialDecay', { type: 'exponentialDecay', rate, decayRate, decaySteps, staircase });
}

/** rate · factor^⌊epoch / every⌋: times `factor` (default ½) after every `every` epochs (default 1). */
export function stepDecay(options: { rate: number; factor?: number; every?: number }): Schedule {
  checkOptions('stepDecay', options, ['rate', 'factor', 'every']);
  const { rate, factor = 0.5, every = 1 } = options;
  return scheduled('stepDecay', { type: 'step', rate, factor, every });
}

/** Half a cosine from `rate` down to `final` (default 0) within `decaySteps` steps. */
export function cosineDecay(options: { rate: number; decaySteps: number; final?: number }): Schedule {
  checkOptions('cosineDecay', options, ['rate', 'decaySteps', 'final']);
  const { rate, decaySteps, final = 0 } = options;
  return scheduled('cosineDecay', { type: 'cosine', rate, final, decaySteps });
}

/** The description of an optimizer: what is given, and its kind's defaults for the rest. */
function described<Type extends OptimizerConfig['type']>(type: Type, options: object): OptimizerOf<Type> {
  const { keys, defaults } = optimizerKinds[type];
  checkOptions(type, options, [...COMMON_KEYS, ...keys]);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const config: unknown = { type, ...defaults, ...Object.fromEntries(given) };
  return checking(type, config as OptimizerOf<Type>, checkOptimizer);
}

const scheduled = (name: string, schedule: Schedule): Schedule => checking(name, schedule, checkLearningRate);
