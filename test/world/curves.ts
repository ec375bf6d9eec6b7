/** Functions over their whole domain: arguments, and how far what the parties computed is from the truth. */
import type { Masked } from '../../src/party/values.js';
import type { Parties } from './parties.js';

/** `count` integers that stand for numbers from low to high at `fraction` bits, both ends among them. */
export const evenly = (low: number, high: number, count: number, fraction: number): bigint[] =>
  Array.from({ length: count }, (_, i) =>
    BigInt(Math.round((low + ((high - low) * i) / (count - 1)) * 2 ** fraction)),
  );

/** The same with equal ratios between neighbours, 0 < low. */
export const geometrically = (low: number, high: number, count: number, fraction: number): bigint[] =>
  Array.from({ length: count }, (_, i) =>
    BigInt(Math.round(low * (high / low) ** (i / (count - 1)) * 2 ** fraction)),
  );

/** The integers on both sides of each number and itself. */
export const around = (numbers: readonly number[], fraction: number): bigint[] =>
  numbers.flatMap((x) => [-1n, 0n, 1n].map((step) => BigInt(Math.round(x * 2 ** fraction)) + step));

/** Integers as the numbers that they stand for. */
export const numbersOf = (integers: readonly bigint[], fraction: number): number[] =>
  integers.map((integer) => Number(integer) / 2 ** fraction);

export interface Errors {
  /** Largest |difference| / max(1, |truth|). */
  readonly largest: number;
  /** Where that is. */
  readonly at: number;
  /** Mean of difference / max(1, |truth|). */
  readonly mean: number;
}

/** Compares results at the working scale with f of the arguments. */
export function errorsOf(
  world: Parties,
  results: readonly Masked[],
  x: readonly number[],
  f: (x: number) => number,
): Errors {
  let [largest, at, sum] = [0, 0, 0];
  numbersOf(world.opened(results), world.fraction).forEach((got, i) => {
    const truth = f(x[i]);
    const error = (got - truth) / Math.max(1, Math.abs(truth));
    sum += error;
    if (Math.abs(error) > largest) [largest, at] = [Math.abs(error), x[i]];
  });
  return { largest, at, mean: sum / x.length };
}
