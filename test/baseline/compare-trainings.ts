import * as assert from 'uvu/assert';
import type { TrainingResult } from '../../src/baseline/training.js';

/** Largest difference between two trainings, over all weights and all numbers of the history. */
export function difference(a: TrainingResult, b: TrainingResult): number {
  const numbers = ({ weights, history }: TrainingResult) => [
    ...weights.flatMap((array) => [...array]),
    ...history.flatMap(({ loss, accuracy, valLoss, valAccuracy }) => [loss, accuracy, valLoss, valAccuracy]),
  ];
  const [left, right] = [numbers(a), numbers(b)];
  assert.is(left.length, right.length);
  return Math.max(...left.map((value = 0, i) => Math.abs(value - (right[i] ?? 0))));
}
