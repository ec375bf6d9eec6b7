/** Weights of classes: what a row's loss counts for, by its class. */
import { checkArray, checkNumber } from '../options.js';

/** The largest weight, below what ring 32 can hold … */
export const MOST_WEIGHT = 60;
/** … and what all are multiples of. */
const UNIT = 1 / 64;

/**
 * Weights under which all classes count alike in all: rows / (classes · rows of the class), rounded to 64ths, from 1/64 to
 * {@link MOST_WEIGHT}; 1 for a class without a row.
 * @param counts rows of each class
 */
export function balancedWeights(counts: readonly number[]): number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const balanced = (count: number) => Math.round(rows / (counts.length * count) / UNIT) * UNIT;
  return counts.map((count) => (count > 0 ? Math.min(MOST_WEIGHT, Math.max(UNIT, balanced(count))) : 1));
}

/** How many classes labels of so many outputs tell apart: 0 and 1 where there is one. */
export const classesOf = (units: number): number => Math.max(2, units);

/** Rows of each class. @param y one-hot labels [rows, units], or 0 and 1 where there is one output */
export function countClasses(y: ArrayLike<number>, units: number): number[] {
  const counts = new Array<number>(classesOf(units)).fill(0);
  for (let row = 0; row < y.length / units; row++) counts[classAt(y, row, units)]++;
  return counts;
}

/** The weight of each row, by its class. @param y as in {@link countClasses} */
export function rowWeights(
  y: ArrayLike<number>,
  units: number,
  weights: readonly number[],
): Float32Array<ArrayBuffer> {
  const of = new Float32Array(y.length / units);
  for (let row = 0; row < of.length; row++) of[row] = weights[classAt(y, row, units)];
  return of;
}

function classAt(y: ArrayLike<number>, row: number, units: number): number {
  if (units === 1) return y[row] > 0.5 ? 1 : 0;
  let most = 0;
  for (let j = 1; j < units; j++) if (y[row * units + j] > y[row * units + most]) most = j;
  return most;
}

/** @throws TypeError or RangeError unless there is a number from 0 to {@link MOST_WEIGHT} for each class, and not all are 0 */
export function checkClassWeights(name: string, weights: unknown, classes: number): void {
  checkArray(name, weights);
  const numbers = weights as readonly unknown[];
  if (numbers.length !== classes) {
    throw new RangeError(`${name}: expected a weight for each of ${classes} classes, got ${numbers.length}`);
  }
  for (const weight of numbers) {
    checkNumber(name, weight);
    if (!((weight as number) >= 0 && (weight as number) <= MOST_WEIGHT)) {
      throw new RangeError(`${name}: weights are numbers from 0 to ${MOST_WEIGHT}, got ${weight}`);
    }
  }
  if (numbers.every((weight) => weight === 0)) throw new RangeError(`${name}: nothing is left to train on`);
}
