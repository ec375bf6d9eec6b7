/** What all trainers in clear take and give, so that their results can stand side by side. */
import { checkDataset, type Dataset } from '../data/dataset.js';
import { type ModelConfig, planModel, sizeOf } from '../nn/config.js';

/** Settings of a training with stochastic gradient descent on the mean squared error. */
export interface TrainingOptions {
  /** Passes over the data, at least 1. */
  epochs: number;
  /** Rows a step; the last step of an epoch takes what is left. */
  batchSize: number;
  /** The step is rate × the gradient of the loss averaged over units and rows, as in TensorFlow.js. */
  learningRate: number;
  /** Seed of the public order of rows (see epochPermutation). */
  seed?: number;
  /** False to go through the rows as they stand; the default is true. */
  shuffle?: boolean;
  /** Rows to score after each epoch. */
  validation?: Dataset;
}

/** One epoch: loss and accuracy averaged over the rows, each as it was at its own step, before the update. */
export interface EpochResult {
  /** Counted from 0. */
  epoch: number;
  loss: number;
  /** 0..1 */
  accuracy: number;
  valLoss?: number;
  valAccuracy?: number;
}

export interface TrainingResult {
  history: EpochResult[];
  /** Trained weights, in the order of initialWeights. */
  weights: Float32Array[];
  /** Wall-clock time of the training. */
  seconds: number;
}

/** Throws unless model, data and options fit together. */
export function checkTraining(config: ModelConfig, data: Dataset, options: TrainingOptions): void {
  const plans = planModel(config);
  const inputs = sizeOf(plans[0].inputShape);
  const outputs = sizeOf(plans[plans.length - 1].outputShape);
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
  if (!(Number.isFinite(options.learningRate) && options.learningRate > 0)) {
    throw new RangeError('learningRate must be a positive number');
  }
}
