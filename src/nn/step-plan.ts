/** The public plan of a training: what every step does, a function of the settings and of the steps made so far. */
import type { RingBits } from '../../bindings/ring.js';
import type { LossName } from '../model/losses.js';
import { rateAt } from '../model/schedule.js';
import { losses } from './loss.js';
import type { TrainingPlan } from './model.js';
import { largestExponent, type OptimizerConfig, PowerOfTwoRates } from './optimizer.js';

/** What is the same in all steps of an epoch. */
export interface EpochSettings {
  readonly loss: LossName;
  readonly optimizer: OptimizerConfig;
  readonly batchSize: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** Public seed of the order of rows and of dropout. */
  readonly seed: number;
  /** Fraction bits of gradients, see nn/scales.ts. */
  readonly gradientFraction: number;
}

/** Where a model's training stands. */
export class Schedule {
  readonly #rates: PowerOfTwoRates;
  #steps = 0;
  #previousRate: number | null = null;

  /** @param units outputs of a row */
  constructor(
    bits: RingBits,
    fraction: number,
    readonly units: number,
  ) {
    this.#rates = new PowerOfTwoRates(largestExponent(bits, fraction));
  }

  /** The plan of every step of an epoch over `rows` rows; moves on. */
  epoch(settings: EpochSettings, rows: number): TrainingPlan[] {
    const { batchSize } = settings;
    return Array.from({ length: Math.ceil(rows / batchSize) }, (_, i) =>
      this.#step(settings, Math.min(batchSize, rows - i * batchSize)),
    );
  }

  #step({ loss, optimizer, epoch, seed, gradientFraction }: EpochSettings, batch: number): TrainingPlan {
    const rate = rateAt(optimizer.learningRate, this.#steps, epoch);
    const mean = losses[loss].factor(this.units) / batch;
    const step = {
      rate,
      previousRate: this.#previousRate ?? rate,
      exponent: this.#rates.next(optimizer.type === 'adam' ? rate : rate * mean),
      mean,
      count: this.#steps + 1,
    };
    const pass = { training: true, step: this.#steps, seed };
    this.#previousRate = rate;
    this.#steps++;
    return { loss, optimizer, step, pass, gradientFraction };
  }
}
