/** Metrics in clear, by the definitions of model/metrics.ts. */
import { decisionThreshold, type LossName } from '../model/losses.js';
import { type MetricName, metricKey } from '../model/metrics.js';
import { plainLosses } from './loss.js';

/** The mean loss, accuracy, and other metrics by their keys. */
export interface Scores {
  loss: number;
  accuracy: number;
  [metric: string]: number;
}

/** Loss and metrics over rows that come in parts. */
export class Tally {
  readonly #loss: LossName;
  readonly #units: number;
  readonly #metrics: readonly MetricName[];
  readonly #sums: number[];
  #lossSum = 0;
  #rows = 0;

  /** Accuracy is always counted; `metrics` may name more. */
  constructor(loss: LossName, units: number, metrics: readonly MetricName[] = []) {
    this.#loss = loss;
    this.#units = units;
    this.#metrics = ['accuracy', ...metrics.filter((metric) => metric !== 'accuracy')];
    this.#sums = this.#metrics.map(() => 0);
  }

  /** Counts rows: y is what the loss takes, [rows × units] like the labels. */
  add(y: Float32Array, target: Float32Array, rows: number): void {
    const units = this.#units;
    this.#lossSum += plainLosses[this.#loss].total(y, target, rows, units);
    for (const [i, metric] of this.#metrics.entries()) {
      const binary = metric === 'binaryAccuracy' || (metric === 'accuracy' && units === 1);
      this.#sums[i] += binary
        ? sameSide(y, target, rows * units, decisionThreshold(this.#loss)) / units
        : amongLargest(y, target, rows, units, typeof metric === 'object' ? metric.topK : 1);
    }
    this.#rows += rows;
  }

  /** Means over all rows counted. */
  get scores(): Scores {
    const means = this.#metrics.map((metric, i) => [metricKey(metric), this.#sums[i] / this.#rows]);
    return { loss: this.#lossSum / this.#rows, ...Object.fromEntries(means) } as Scores;
  }
}

/** How many outputs lie on the same side of the threshold as their labels of ½. */
function sameSide(y: Float32Array, target: Float32Array, count: number, threshold: number): number {
  let same = 0;
  for (let i = 0; i < count; i++) if (y[i] > threshold === target[i] > 0.5) same++;
  return same;
}

/**
 * In how many rows the largest label's output is among the k largest; of equal ones the first is the larger. An output
 * that is not a number is never among them.
 */
function amongLargest(y: Float32Array, target: Float32Array, rows: number, units: number, k: number): number {
  let right = 0;
  for (let start = 0; start < rows * units; start += units) {
    let wanted = 0;
    for (let j = 1; j < units; j++) if (target[start + j] > target[start + wanted]) wanted = j;
    const own = y[start + wanted];
    let larger = 0;
    for (let j = 0; j < units; j++) {
      if (y[start + j] > own || (y[start + j] === own && j < wanted)) larger++;
    }
    if (larger < k && !Number.isNaN(own)) right++;
  }
  return right;
}
