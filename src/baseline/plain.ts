/** The clear trainer: the same model, batches and update as the secure one, on numbers in clear. */
import { type Dataset, gatherRows } from '../data/dataset.js';
import { epochPermutation } from '../data/random.js';
import { rowWeights } from '../model/class-weights.js';
import type { LossName } from '../model/losses.js';
import type { MetricName } from '../model/metrics.js';
import type { ModelPlan } from '../model/plan.js';
import { rateAt } from '../model/schedule.js';
import { type Scores, Tally } from './metrics.js';
import { PlainModel } from './model.js';
import { plainOptimizer } from './optimizer.js';
import {
  checkTraining,
  type EpochResult,
  type TrainingOptions,
  type TrainingResult,
  validationResults,
} from './training.js';

const SCORING_ROWS = 256;

/**
 * Trains in clear with TensorFlow.js' semantics: losses are means over the rows, the last batch may be smaller.
 * @param weights initial weights; left as they are
 * @throws RangeError when model, weights, data and options do not fit together.
 */
export function trainPlain(
  plan: ModelPlan,
  weights: readonly Float32Array[],
  data: Dataset,
  options: TrainingOptions,
): TrainingResult {
  const { loss, optimizer } = checkTraining(plan, data, options);
  const { epochs, metrics, seed = 0, shuffle = true, validation, classWeights = null } = options;
  const { rows, features, classes } = data;
  const batchSize = Math.min(options.batchSize, rows);
  const model = new PlainModel(plan, weights, Math.max(batchSize, validation ? SCORING_ROWS : 0), loss);
  const { step: descend } = plainOptimizer(optimizer);
  const x = new Float32Array(batchSize * features);
  const y = new Float32Array(batchSize * classes);
  const asTheyStand = Uint32Array.from({ length: rows }, (_, i) => i);
  const history: EpochResult[] = [];
  const start = performance.now();
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle ? epochPermutation(seed, epoch, rows) : asTheyStand;
    const tally = new Tally(loss, classes, metrics);
    for (let from = 0; from < rows; from += batchSize, step++) {
      const batch = order.subarray(from, from + batchSize);
      gatherRows(data.x, features, batch, x);
      gatherRows(data.y, classes, batch, y);
      const output = model.forward(x, batch.length, { seed, step });
      tally.add(output, y, batch.length);
      model.backward(output, y, batch.length, classWeights && rowWeights(y, classes, classWeights));
      descend(model.weights, model.gradients, rateAt(optimizer.learningRate, step, epoch));
    }
    const validated = validation && validationResults(scoreModel(model, validation, metrics));
    history.push({ epoch, ...tally.scores, ...validated });
  }
  return { history, weights: model.weights, seconds: (performance.now() - start) / 1000 };
}

/** The model's outputs [rows × units] for inputs [rows × features]. */
export function predictPlain(
  plan: ModelPlan,
  weights: readonly Float32Array[],
  x: Float32Array,
): Float32Array {
  const model = new PlainModel(plan, weights, SCORING_ROWS);
  const rows = x.length / model.inputSize;
  if (!Number.isInteger(rows))
    throw new RangeError(`predictPlain: ${x.length} numbers are no whole rows of ${model.inputSize}`);
  const out = new Float32Array(rows * model.outputSize);
  forBlocks(rows, (from, count) => {
    const y = model.predict(x.subarray(from * model.inputSize), count);
    out.set(y.subarray(0, count * model.outputSize), from * model.outputSize);
  });
  return out;
}

/** Mean loss, accuracy (0..1) and further metrics of the model on `data`. */
export function evaluatePlain(
  plan: ModelPlan,
  weights: readonly Float32Array[],
  data: Dataset,
  { loss, metrics }: { loss?: LossName; metrics?: readonly MetricName[] } = {},
): Scores {
  return scoreModel(new PlainModel(plan, weights, SCORING_ROWS, loss), data, metrics);
}

function scoreModel(model: PlainModel, data: Dataset, metrics?: readonly MetricName[]): Scores {
  const tally = new Tally(model.loss, data.classes, metrics);
  forBlocks(data.rows, (from, count) => {
    const y = model.forward(data.x.subarray(from * model.inputSize), count);
    tally.add(y, data.y.subarray(from * data.classes), count);
  });
  return tally.scores;
}

/** Goes through `rows` rows in blocks that the model can take. */
function forBlocks(rows: number, visit: (from: number, count: number) => void): void {
  for (let from = 0; from < rows; from += SCORING_ROWS) visit(from, Math.min(SCORING_ROWS, rows - from));
}
