/**
 * The same job in clear, to set its result beside the one on shares: all rows in one place, the same network from the
 * same initial weights, the same batches in the same order. Never part of a real job: it is what the shares avoid.
 */
import { predictPlain, trainPlain } from '../baseline/plain.js';
import { loadTensorFlow, type TensorFlow, trainTensorFlow } from '../baseline/tensorflow.js';
import type { EpochResult, TrainingOptions, TrainingResult } from '../baseline/training.js';
import { type Dataset, joinSets } from '../data/dataset.js';
import { type ColumnStatistics, columnStatistics, standardise } from '../data/scale.js';
import { balancedWeights, countClasses } from '../model/class-weights.js';
import type { ModelPlan } from '../model/plan.js';
import { checkFunction, checkOptions, kindOf } from '../options.js';
import { checkJob } from './check.js';
import { wholeRows } from './columns.js';
import { type OwnedRows, ownedParts, startingWeights, type TrainingJob } from './job.js';
import { plainScores, type RegressionScores, refuseConstant } from './targets.js';

/** How a training in clear ended. */
export interface ClearResult {
  /** On the test rows, after the last epoch; no number for a regression. */
  readonly accuracy: number;
  readonly loss: number;
  /** Seconds of the training with its validation. */
  readonly seconds: number;
  /** Loss and accuracy of each epoch, those of the test rows as valLoss and valAccuracy. */
  readonly epochs: readonly EpochResult[];
  /** Of a regression, on the test rows. */
  readonly regression?: RegressionScores;
}

/** Runs the job in clear with our own float trainer. */
export function runPlain(job: TrainingJob): ClearResult {
  const model = checkJob('runPlain', job);
  const prepared = prepare('runPlain', job, model);
  const { train, options, weights } = prepared;
  return summary(model, prepared, trainPlain(model, weights, train, options));
}

/** How a training with TensorFlow.js ended, and which it was. */
export interface TensorFlowResult extends ClearResult {
  readonly version: string;
  readonly backend: string;
}

/** The module of TensorFlow.js, as `import * as tf from '@tensorflow/tfjs'` has it. */
export interface TensorFlowModule {
  /** Versions by package; `tfjs` is that of the whole. */
  readonly version: Readonly<Record<string, string>>;
  /** The name of the backend in use: `'wasm'`, `'cpu'`, … */
  getBackend(): string;
}

/** Which TensorFlow.js a training uses, and who hears of it. */
export interface TensorFlowOptions {
  /**
   * The module, whose backend has been chosen. Default: what is installed, which is found in Node alone; a page imports it by itself, for
   * its bundler.
   */
  tf?: TensorFlowModule;
  /** An epoch is done. */
  onEpoch?: (result: EpochResult) => void;
}

/**
 * Runs the job in clear with TensorFlow.js; null when it is not installed.
 * @throws TypeError or RangeError for options that it does not know or cannot use
 */
export async function runTensorFlow(
  job: TrainingJob,
  options: TensorFlowOptions = {},
): Promise<TensorFlowResult | null> {
  const model = checkJob('runTensorFlow', job);
  const { onEpoch } = checkTensorFlow(options);
  const tf = (options.tf as TensorFlow | undefined) ?? (await loadTensorFlow());
  if (!tf) return null;
  const prepared = prepare('runTensorFlow', job, model);
  const { train, options: training, weights } = prepared;
  const result = await trainTensorFlow(model, weights, train, {
    ...training,
    tf,
    ...(onEpoch && { onEpoch }),
  });
  return { ...summary(model, prepared, result), version: tf.version.tfjs, backend: tf.getBackend() };
}

function checkTensorFlow(options: TensorFlowOptions): TensorFlowOptions {
  checkOptions('runTensorFlow', options, ['tf', 'onEpoch']);
  if ('onEpoch' in options) checkFunction('runTensorFlow: onEpoch', options.onEpoch);
  const { tf } = options;
  if (tf !== undefined && typeof tf?.getBackend !== 'function') {
    throw new TypeError(`runTensorFlow: tf must be the module of TensorFlow.js, got ${kindOf(tf)}`);
  }
  return options;
}

interface Prepared {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly options: TrainingOptions;
  readonly weights: Float32Array[];
  /** What targets that are numbers were scaled by. */
  readonly targets: ColumnStatistics | null;
}

function prepare(name: string, job: TrainingJob, model: ModelPlan): Prepared {
  const parts = ownedParts(name, job);
  const together = job.divided === 'columns' ? wholeRows : pool;
  const [train, test] = [together(parts, 'train'), together(parts, 'test')];
  const { missing, medians } = job;
  const statistics = job.standardise ? columnStatistics(train.x, train.features, missing, medians) : null;
  const targets = job.task === 'regress' ? columnStatistics(train.y, train.classes) : null;
  if (targets) refuseConstant(targets, train.names?.classes);
  const scaled = (set: Dataset): Dataset => ({
    ...set,
    x: statistics ? standardise(set.x, statistics, missing) : set.x,
    y: targets ? standardise(set.y, targets) : set.y,
  });
  const { epochs, batchSize, optimizer, loss, seed, classWeights } = job;
  const validation = scaled(test);
  const weights =
    classWeights === 'balanced' ? balancedWeights(countClasses(train.y, train.classes)) : classWeights;
  return {
    train: scaled(train),
    test: validation,
    options: {
      epochs,
      batchSize,
      optimizer,
      loss,
      seed,
      validation,
      ...(weights && { classWeights: weights }),
    },
    weights: startingWeights(job, model),
    targets,
  };
}

/** All owners' rows in one data set, one owner after the other. */
export const pool = (parts: readonly OwnedRows[], which: 'train' | 'test'): Dataset =>
  joinSets(parts.map((part) => part[which]));

function summary(model: ModelPlan, { test, targets }: Prepared, result: TrainingResult): ClearResult {
  const { history, seconds, weights } = result;
  const last = history[history.length - 1];
  const loss = last.valLoss as number;
  if (!targets) return { accuracy: last.valAccuracy as number, loss, seconds, epochs: history };
  const regression = plainScores(predictPlain(model, weights, test.x), test.y, loss, targets);
  return { accuracy: Number.NaN, loss, seconds, epochs: history, regression };
}
