/**
 * The public plan of a training: which rows every step takes and what it does, a function of the settings and of the
 * steps made so far. fit, the dry run and the summary take their steps from here.
 */
import type { RingBits } from '../../bindings/ring.js';
import { epochPermutation } from '../data/random.js';
import type { LossName } from '../model/losses.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import type { ModelPlan } from '../model/plan.js';
import { rateAt } from '../model/schedule.js';
import type { DrySetting } from '../party/dry.js';
import { type Delay, delayOf, type Span, spansOf } from './delay.js';
import { losses } from './loss.js';
import type { TrainingPlan } from './model.js';
import { foldedRate } from './optimizers/descend.js';
import type { StepPlan } from './optimizers/optimizer.js';
import { largestExponent, nearestExponent, PowerOfTwoRates } from './optimizers/rates.js';
import { gradientFraction } from './scales.js';

/** What is the same in all steps of an epoch. */
export interface EpochSettings {
  readonly loss: LossName;
  readonly optimizer: OptimizerConfig;
  readonly batchSize: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** Public seed of the order of rows and of dropout. */
  readonly seed: number;
  /** False to go through the rows as they stand. */
  readonly shuffle: boolean;
  /** Fraction bits of gradients, see nn/scales.ts. */
  readonly gradientFraction: number;
  /** How the first layer's updates are delayed; null where they are not. */
  readonly delay: Delay | null;
}

export interface EpochPlan {
  /** Order of the rows. */
  readonly order: Uint32Array;
  readonly steps: readonly {
    /** The rows that it takes, a part of `order`. */
    readonly rows: Uint32Array;
    readonly plan: TrainingPlan;
  }[];
  /** Steps whose first layer is updated together, in order: all steps, some of them alone. */
  readonly spans: readonly Span[];
}

/**
 * How the updates of a training are delayed, and how many fraction bits its gradients have.
 * @param batch rows of a step
 */
export function scalesOf(
  plan: ModelPlan,
  optimizer: OptimizerConfig,
  setting: DrySetting,
  batch: number,
): Pick<EpochSettings, 'delay' | 'gradientFraction'> {
  const delay = delayOf(plan, optimizer, setting, batch);
  const rows = batch * (delay?.steps ?? 1);
  return { delay, gradientFraction: gradientFraction(setting.ring, setting.fractionBits, rows) };
}

/** What turns the sum of the gradients of a batch into the gradient of the mean loss. */
const meanFactor = (loss: LossName, units: number, batch: number): number =>
  losses[loss].factor(units) / batch;

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

  /** The plan of every step of an epoch over `rows` rows; moves on. The last batch may be smaller. */
  epoch(settings: EpochSettings, rows: number): EpochPlan {
    const { batchSize, shuffle, seed, epoch } = settings;
    const order = shuffle
      ? epochPermutation(seed, epoch, rows)
      : Uint32Array.from({ length: rows }, (_, i) => i);
    const steps = Array.from({ length: Math.ceil(rows / batchSize) }, (_, i) => {
      const batch = order.subarray(i * batchSize, (i + 1) * batchSize);
      return { rows: batch, plan: this.#step(settings, batch.length) };
    });
    return {
      order,
      steps,
      spans: spansOf(
        steps.map(({ plan }) => plan.step.exponent),
        settings.delay,
      ),
    };
  }

  /** Moves on as {@link epoch} does. @returns whether any of the steps changes something */
  skip(settings: EpochSettings, rows: number): boolean {
    let changes = false;
    for (let start = 0; start < rows; start += settings.batchSize) {
      const { step } = this.#step(settings, Math.min(settings.batchSize, rows - start));
      if (step.exponent !== null) changes = true;
    }
    return changes;
  }

  #step({ loss, optimizer, epoch, seed, gradientFraction }: EpochSettings, batch: number): TrainingPlan {
    const rate = rateAt(optimizer.learningRate, this.#steps, epoch);
    const mean = meanFactor(loss, this.units, batch);
    const step = {
      rate,
      previousRate: this.#previousRate ?? rate,
      exponent: this.#rates.next(foldedRate(optimizer, rate, mean)),
      mean,
      count: this.#steps + 1,
    };
    const pass = { training: true, step: this.#steps, seed };
    this.#previousRate = rate;
    this.#steps++;
    return { loss, optimizer, step, pass, gradientFraction };
  }
}

/**
 * The first step of a training, of the power of two that is nearest to its rate, however small that is: a step as a
 * summary counts it.
 */
export function typicalStep(
  { optimizer, loss }: Pick<EpochSettings, 'optimizer' | 'loss'>,
  units: number,
  batch: number,
): StepPlan {
  const rate = rateAt(optimizer.learningRate, 0, 0);
  const mean = meanFactor(loss, units, batch);
  const exponent = nearestExponent(foldedRate(optimizer, rate, mean));
  return { rate, previousRate: rate, exponent, mean, count: 1 };
}
