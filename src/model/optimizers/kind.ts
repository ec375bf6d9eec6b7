/** What every optimizer's description has, and what each says of its own. */
import type { LearningRate } from '../schedule.js';

export interface OptimizerBase {
  /** In (0, 1024), or a public schedule. */
  learningRate: LearningRate;
  /** λ ≥ 0, with η·λ ≤ 1; absent: none. */
  weightDecay?: number;
  /** Bound of a gradient's elements, positive; absent: none. */
  clipValue?: number;
}

/** What every trainer must know of a kind of optimizer: how it fills in and checks its description. */
export interface OptimizerKind<Config extends OptimizerBase> {
  /** What its description holds beside `type` and what all have. */
  readonly keys: readonly string[];
  /** What stands in its description where its author says nothing. */
  readonly defaults: Omit<Config, 'type' | keyof OptimizerBase> & Partial<OptimizerBase>;
  /** The bound that gradients are clipped to where a description has none: Infinity for no bound. */
  readonly clipValue: number;
  /** Throws TypeError or RangeError unless what is its own makes sense. */
  check(config: Config): void;
}

export function checkPositive(name: string, value: number): void {
  checkNumber(name, value);
  if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name} must be positive`);
}

/** Throws unless 0 ≤ value < 1. */
export function checkFraction(name: string, value: number): void {
  checkNumber(name, value);
  if (!(value >= 0 && value < 1)) throw new RangeError(`${name} must be 0 or more and below 1`);
}

export function checkNumber(name: string, value: unknown): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
}
