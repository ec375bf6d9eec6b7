/** What all trainers in clear take and give, so that their results can stand side by side. */
import { checkDataset, type Dataset } from '../data/dataset.js';
import { checkLoss, defaultLoss, type LossName } from '../model/losses.js';
import { checkMetric, type MetricName } from '../model/metrics.js';
import { checkOptimizer, type OptimizerConfig } from '../model/optimizers.js';
import type { ModelPlan } from '../model/plan.js';
import { checkLearningRate, type LearningRate } from '../model/schedule.js';
import { sizeOf } from '../shape.js';
import type { Scores } from './metrics.js';

/** Settings of a training in clear. */
export interface TrainingOptions {
  /** Passes over the data, at least 1. */
  epochs: number;
  /** Rows a step; the last step of an epoch takes what is left. */
  batchSize: number;
  /** Rate of stochastic gradient descent; the gradient is the loss's mean over the rows. Or give an optimizer. */
  learningRate?: LearningRate;
  /** In place of `learningRate`. */
  optimizer?: OptimizerConfig;
  /** Default: softmaxCrossEntropy for a model that ends with softmax, else meanSquaredError. */
  loss?: LossName;
  /** Metrics beside accuracy. */
  metrics?: readonly MetricName[];
  /** Public seed of the order of rows (see epochPermutation) and of dropout. Default 0. */
  seed?: number;
  /** False to go through the rows as they stand; the default is true. */
  shuffle?: boolean;
  /** Rows to score after each epoch. */
  validation?: Dataset;
  /** What the rows of each class count for: a row's gradient is multiplied by its class's weight. Default: 1. */
  classWeights?: readonly number[];
}

/**
 * One epoch: loss, accuracy (0..1) and further metrics averaged over the rows, each as it was at its own step, before
 * the update; those of the validation data as valLoss, valAccuracy, valTop5 …
 */
export interface EpochResult {
  /** Counted from 0. */
  epoch: number;
  loss: number;
  accuracy: number;
  valLoss?: number;
  valAccuracy?: number;
  [metric: string]: number | undefined;
}

export interface TrainingResult {
  history: EpochResult[];
  /** Trained weights, in the order of initialWeights. */
  weights: Float32Array[];
  /** Wall-clock time of the training. */
  seconds: number;
}

/** Options with what they leave open filled in. */
export interface ResolvedOptions {
  readonly optimizer: OptimizerConfig;
  readonly loss: LossName;
}

/** Throws unless model, data and options fit together. */
export function checkTraining(plan: ModelPlan, data: Dataset, options: TrainingOptions): ResolvedOptions {
  const inputs = sizeOf(plan.inputShape);
  const outputs = plan.units;
  for (const [name, set] of Object.entries({ data, validation: options.validation })) {
    if (!set) continue;
    checkDataset(set);
    if (set.features !== inputs || set.classes !== outputs) {
      throw new RangeError(
        `${name}: the model maps ${inputs} features to ${outputs} units, the data set has ${set.features} and ${set.classes}`,
      );
    }
  }
  for (const name of ['epochs', 'batchSize'] as const) {
    if (!Number.isInteger(options[name]) || options[name] < 1) {
      throw new RangeError(`${name} must be a positive integer`);
    }
  }
  if (!plan.weights.some((spec) => spec.trainable)) {
    throw new RangeError('model: no layer has weights to train');
  }
  for (const metric of options.metrics ?? []) checkMetric(metric, outputs);
  const loss = options.loss ?? defaultLoss(plan);
  checkLoss(plan, loss);
  return { loss, optimizer: optimizerOf(options) };
}

function optimizerOf({ optimizer, learningRate }: TrainingOptions): OptimizerConfig {
  if (optimizer === undefined) {
    checkLearningRate(learningRate);
    return { type: 'sgd', learningRate };
  }
  if (learningRate !== undefined) throw new TypeError('give an optimizer or a learningRate, not both');
  checkOptimizer(optimizer);
  return optimizer;
}

/** The scores of validation data under their names in a history: valLoss, valAccuracy … */
export const validationResults = (scores: Scores): Record<string, number> =>
  Object.fromEntries(
    Object.entries(scores).map(([key, value]) => [`val${key[0].toUpperCase()}${key.slice(1)}`, value]),
  );
