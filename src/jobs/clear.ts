/**
 * The same job in clear, to set its result beside the one on shares: all rows in one place, the same network from the
 * same initial weights, the same batches in the same order. Never part of a real job: it is what the shares avoid.
 */
import { trainPlain } from '../baseline/plain.js';
import { loadTensorFlow, trainTensorFlow } from '../baseline/tensorflow.js';
import type { TrainingOptions, TrainingResult } from '../baseline/training.js';
import type { Dataset } from '../data/dataset.js';
import { columnStatistics, standardise } from '../data/scale.js';
import type { ModelPlan } from '../model/plan.js';
import { checkJob } from './check.js';
import { type OwnedRows, ownedParts, startingWeights, type TrainingJob } from './job.js';

/** How a training in clear ended. */
export interface ClearResult {
  /** On the test rows, after the last epoch. */
  readonly accuracy: number;
  readonly loss: number;
  /** Seconds of the training with its validation. */
  readonly seconds: number;
}

/** Runs the job in clear with our own float trainer. */
export function runPlain(job: TrainingJob): ClearResult {
  const model = checkJob('runPlain', job);
  const { train, options, weights } = prepare('runPlain', job, model);
  return summary(trainPlain(model, weights, train, options));
}

/** Runs the job in clear with TensorFlow.js; null when it is not installed. */
export async function runTensorFlow(
  job: TrainingJob,
): Promise<(ClearResult & { version: string; backend: string }) | null> {
  const model = checkJob('runTensorFlow', job);
  const tf = await loadTensorFlow();
  if (!tf) return null;
  const { train, options, weights } = prepare('runTensorFlow', job, model);
  const result = await trainTensorFlow(model, weights, train, { ...options, tf });
  return { ...summary(result), version: tf.version.tfjs, backend: tf.getBackend() };
}

function prepare(
  name: string,
  job: TrainingJob,
  model: ModelPlan,
): {
  train: Dataset;
  options: TrainingOptions;
  weights: Float32Array[];
} {
  const parts = ownedParts(name, job);
  const train = pool(parts, 'train');
  const test = pool(parts, 'test');
  const statistics = job.standardise ? columnStatistics(train.x, train.features) : null;
  const scaled = (set: Dataset): Dataset =>
    statistics ? { ...set, x: standardise(set.x, statistics) } : set;
  const { epochs, batchSize, optimizer, loss, seed } = job;
  return {
    train: scaled(train),
    options: { epochs, batchSize, optimizer, loss, seed, validation: scaled(test) },
    weights: startingWeights(job, model),
  };
}

/** All owners' rows in one data set, one owner after the other. */
export function pool(parts: readonly OwnedRows[], which: 'train' | 'test'): Dataset {
  const sets = parts.map((part) => part[which]);
  const [{ features, classes, names }] = sets;
  const join = (arrays: readonly Float32Array[]): Float32Array => {
    const joined = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0));
    let at = 0;
    for (const array of arrays) {
      joined.set(array, at);
      at += array.length;
    }
    return joined;
  };
  return {
    x: join(sets.map((set) => set.x)),
    y: join(sets.map((set) => set.y)),
    rows: sets.reduce((sum, set) => sum + set.rows, 0),
    features,
    classes,
    ...(names && { names }),
  };
}

function summary({ history, seconds }: TrainingResult): ClearResult {
  const last = history[history.length - 1];
  return { accuracy: last.valAccuracy as number, loss: last.valLoss as number, seconds };
}
