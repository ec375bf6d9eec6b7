/** Losses in clear: each formula of model/losses.ts beside its gradient. */
import type { LossName } from '../model/losses.js';

export interface PlainLoss {
  /** The loss summed over the rows. y is what the loss takes: outputs, or logits. Both are [rows × units]. */
  total(y: Float32Array, target: Float32Array, rows: number, units: number): number;
  /** The gradient of the loss's mean over the rows, dL/dy [rows × units], into `out`. */
  gradient(out: Float32Array, y: Float32Array, target: Float32Array, rows: number, units: number): void;
}

/** A loss that is the mean over the units of f(y, t). */
const elementwise = (
  f: (y: number, t: number) => number,
  slope: (y: number, t: number) => number,
): PlainLoss => ({
  total(y, target, rows, units) {
    let sum = 0;
    for (let i = 0; i < rows * units; i++) sum += f(y[i], target[i]);
    return sum / units;
  },
  gradient(out, y, target, rows, units) {
    const count = rows * units;
    for (let i = 0; i < count; i++) out[i] = slope(y[i], target[i]) / count;
  },
});

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** −Σ tⱼ (zⱼ − log Σ e^zᵢ), with the gradient softmax(z) − t. */
const softmaxCrossEntropy: PlainLoss = {
  total(z, target, rows, units) {
    let total = 0;
    for (let row = 0; row < rows; row++) {
      const start = row * units;
      const most = maximum(z, start, units);
      let sum = 0;
      for (let j = 0; j < units; j++) sum += Math.exp(z[start + j] - most);
      for (let j = 0; j < units; j++) total -= target[start + j] * (z[start + j] - most - Math.log(sum));
    }
    return total;
  },
  gradient(out, z, target, rows, units) {
    softmax(out, z, rows, units);
    for (let i = 0; i < rows * units; i++) out[i] = (out[i] - target[i]) / rows;
  },
};

/** Every loss by its name. */
export const plainLosses: Readonly<Record<LossName, PlainLoss>> = {
  meanSquaredError: elementwise(
    (y, t) => (y - t) ** 2,
    (y, t) => 2 * (y - t),
  ),
  softmaxCrossEntropy,
  sigmoidCrossEntropy: elementwise(
    (z, t) => Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z))),
    (z, t) => sigmoid(z) - t,
  ),
  hinge: elementwise(
    (y, t) => Math.max(0, 1 - (2 * t - 1) * y),
    (y, t) => ((2 * t - 1) * y < 1 ? 1 - 2 * t : 0),
  ),
};

/** The final activations that a loss may contain, from logits [rows × units] to outputs. */
export const heads = {
  softmax,
  sigmoid(out: Float32Array, z: Float32Array, rows: number, units: number): void {
    for (let i = 0; i < rows * units; i++) out[i] = sigmoid(z[i]);
  },
};

function softmax(out: Float32Array, z: Float32Array, rows: number, units: number): void {
  for (let row = 0; row < rows; row++) {
    const start = row * units;
    const most = maximum(z, start, units);
    let sum = 0;
    for (let j = 0; j < units; j++) {
      const power = Math.exp(z[start + j] - most);
      out[start + j] = power;
      sum += power;
    }
    for (let j = 0; j < units; j++) out[start + j] /= sum;
  }
}

function maximum(z: Float32Array, start: number, count: number): number {
  let most = z[start];
  for (let j = 1; j < count; j++) most = Math.max(most, z[start + j]);
  return most;
}
