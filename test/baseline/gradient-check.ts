/** The numeric gradient: the slope of the loss along every weight, against what backward says. */
import * as assert from 'uvu/assert';
import { plainLosses } from '../../src/baseline/loss.js';
import { PlainModel } from '../../src/baseline/model.js';
import { publicRandom } from '../../src/data/random.js';
import type { ModelConfig } from '../../src/model/config.js';
import type { LossName } from '../../src/model/losses.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { sizeOf } from '../../src/shape.js';

export interface GradientCase {
  readonly loss?: LossName;
  readonly rows?: number;
  readonly seed?: number;
  /** Labels [rows × units]; uniform numbers in ±1 by default. */
  readonly labels?: (rows: number, units: number) => Float32Array;
  /** Weights to check of each array, evenly spread; all by default. */
  readonly most?: number;
}

/** `count` numbers uniform in ±1. */
export function uniform(count: number, seed: number): Float32Array {
  const random = publicRandom(seed);
  return Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
}

const anyNumbers = (rows: number, units: number): Float32Array => uniform(rows * units, 12);

/** One-hot labels of random classes. */
export function oneHotLabels(rows: number, units: number): Float32Array {
  const random = publicRandom(11);
  const labels = new Float32Array(rows * units);
  for (let row = 0; row < rows; row++) labels[row * units + random.below(units)] = 1;
  return labels;
}

/**
 * Asserts that the gradients of all trainable weights are the slopes of the loss, in training.
 * @returns how many weights were checked
 */
export function checkGradients(config: ModelConfig, options: GradientCase = {}): number {
  const { loss = 'meanSquaredError', rows = 5, seed = 3, labels = anyNumbers, most = Infinity } = options;
  const plan = planModel(config);
  const { weights: specs, units } = plan;
  const x = uniform(rows * sizeOf(config.inputShape), seed + 1);
  const t = labels(rows, units);
  // biases and statistics off their initial values, so that nothing hides behind a zero or a one
  const weights = initialWeights(plan, seed).map((array, i) =>
    specs[i].name === 'kernel' ? array : array.map((w, j) => w + 0.3 * Math.sin(i + j + 1)),
  );
  const step = { seed: 5, step: 7 };
  const model = new PlainModel(plan, weights, rows, loss);
  model.backward(model.forward(x, rows, step), t, rows);
  let checked = 0;
  for (const [i, array] of weights.entries()) {
    const gradient = model.gradients[i];
    assert.is(gradient !== null, specs[i].trainable);
    if (!gradient) continue;
    const stride = Math.max(1, Math.ceil(array.length / most));
    for (let j = 0; j < array.length; j += stride) {
      const lossAt = (w: number) => {
        const moved = weights.map((values) => values.slice());
        moved[i][j] = w;
        const y = new PlainModel(plan, moved, rows, loss).forward(x, rows, step);
        return plainLosses[loss].total(y, t, rows, units) / rows;
      };
      // fourth order, so that steps large enough for single precision have no bias of their own
      const h = 2 ** -8;
      const near = lossAt(array[j] + h) - lossAt(array[j] - h);
      const far = lossAt(array[j] + 2 * h) - lossAt(array[j] - 2 * h);
      const slope = (8 * near - far) / (12 * h);
      assert.ok(
        Math.abs(gradient[j] - slope) < 2e-4 + 2e-3 * Math.abs(slope),
        `${specs[i].name} (array ${i})[${j}]: backward ${gradient[j]}, slope ${slope}`,
      );
      checked++;
    }
  }
  return checked;
}
