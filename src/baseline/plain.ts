/** The clear trainer: the same model, batches and update as the secure one, on numbers in clear. */
import { type Dataset, gatherRows } from '../data/dataset.js';
import { epochPermutation } from '../data/random.js';
import type { ModelConfig } from '../nn/config.js';
import { PlainModel, type Score, score } from './model.js';
import { checkTraining, type EpochResult, type TrainingOptions, type TrainingResult } from './training.js';

const SCORING_ROWS = 256;

/**
 * Trains in clear with TensorFlow.js' semantics: mean squared error over units and rows, plain gradient descent,
 * the last batch may be smaller.
 * @param weights initial weights; left as they are
 * @throws RangeError when model, weights, data and options do not fit together.
 */
export function trainPlain(
  config: ModelConfig,
  weights: readonly Float32Array[],
  data: Dataset,
  options: TrainingOptions,
): TrainingResult {
  checkTraining(config, data, options);
  const { epochs, learningRate, seed = 0, shuffle = true, validation } = options;
  const { rows, features, classes } = data;
  const batchSize = Math.min(options.batchSize, rows);
  const model = new PlainModel(config, weights, Math.max(batchSize, validation ? SCORING_ROWS : 0));
  const x = new Float32Array(batchSize * features);
  const y = new Float32Array(batchSize * classes);
  const asTheyStand = Uint32Array.from({ length: rows }, (_, i) => i);
  const history: EpochResult[] = [];
  const start = performance.now();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle ? epochPermutation(seed, epoch, rows) : asTheyStand;
    const total: Score = { loss: 0, right: 0 };
    for (let from = 0; from < rows; from += batchSize) {
      const batch = order.subarray(from, from + batchSize);
      gatherRows(data.x, features, batch, x);
      gatherRows(data.y, classes, batch, y);
      const output = model.forward(x, batch.length);
      const { loss, right } = score(output, y, batch.length, classes);
      total.loss += loss;
      total.right += right;
      model.backward(output, y, batch.length);
      model.update(learningRate);
    }
    const validated = validation && scoreModel(model, validation);
    history.push({
      epoch,
      loss: total.loss / rows,
      accuracy: total.right / rows,
      ...(validated && { valLoss: validated.loss, valAccuracy: validated.accuracy }),
    });
  }
  return { history, weights: model.weights, seconds: (performance.now() - start) / 1000 };
}

/** The model's outputs [rows × units] for inputs [rows × features]. */
export function predictPlain(
  config: ModelConfig,
  weights: readonly Float32Array[],
  x: Float32Array,
): Float32Array {
  const model = new PlainModel(config, weights, SCORING_ROWS);
  const rows = x.length / model.inputSize;
  if (!Number.isInteger(rows))
    throw new RangeError(`predictPlain: ${x.length} numbers are no whole rows of ${model.inputSize}`);
  const out = new Float32Array(rows * model.outputSize);
  forBlocks(model, x, rows, (y, from, count) => {
    out.set(y.subarray(0, count * model.outputSize), from * model.outputSize);
  });
  return out;
}

/** Mean squared error and accuracy (0..1) of the model on `data`. */
export function evaluatePlain(
  config: ModelConfig,
  weights: readonly Float32Array[],
  data: Dataset,
): { loss: number; accuracy: number } {
  return scoreModel(new PlainModel(config, weights, SCORING_ROWS), data);
}

function scoreModel(model: PlainModel, data: Dataset): { loss: number; accuracy: number } {
  const total: Score = { loss: 0, right: 0 };
  forBlocks(model, data.x, data.rows, (y, from, count) => {
    const { loss, right } = score(y, data.y.subarray(from * data.classes), count, data.classes);
    total.loss += loss;
    total.right += right;
  });
  return { loss: total.loss / data.rows, accuracy: total.right / data.rows };
}

/** Runs the model on `rows` rows of x, block by block. */
function forBlocks(
  model: PlainModel,
  x: Float32Array,
  rows: number,
  visit: (y: Float32Array, from: number, count: number) => void,
): void {
  for (let from = 0; from < rows; from += SCORING_ROWS) {
    const count = Math.min(SCORING_ROWS, rows - from);
    visit(model.forward(x.subarray(from * model.inputSize), count), from, count);
  }
}
