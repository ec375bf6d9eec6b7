/**
 * The steps of a training from their definition: which rows each takes, at which rate, as which power of two. Twin to
 * src/nn/step-plan.ts, of which it knows nothing; the order of rows comes from the public generator, as everywhere.
 */
import { epochPermutation } from '../../src/data/random.js';
import type { LossName } from '../../src/model/losses.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import type { LearningRate } from '../../src/model/schedule.js';
import type { StepPlan } from '../../src/nn/optimizers/optimizer.js';
import type { Bits } from '../world/ring.js';
import type { TwinPass } from './twin-types.js';

export interface TrainingOf {
  readonly optimizer: OptimizerConfig;
  readonly loss: LossName;
  readonly rows: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly shuffle: boolean;
}

export interface TwinStep {
  readonly epoch: number;
  readonly rows: readonly number[];
  readonly plan: StepPlan;
  readonly pass: TwinPass;
}

/** A row's loss is a sum over its outputs times this, or half of it where it is a square. */
const perOutput: { [Loss in LossName]: (units: number) => number } = {
  meanSquaredError: (units) => 2 / units,
  softmaxCrossEntropy: () => 1,
  sigmoidCrossEntropy: (units) => 1 / units,
  hinge: (units) => 1 / units,
};

/** Whether an optimizer's step grows with the gradient; adam's has a scale of its own. */
const growsWithGradient: { [Type in OptimizerConfig['type']]: boolean } = {
  sgd: true,
  momentum: true,
  adam: false,
};

/** All steps of a training of a model with so many outputs, in a ring whose values have f fraction bits. */
export function trainingSteps(of: TrainingOf, units: number, bits: Bits, f: number): TwinStep[] {
  const { optimizer, loss, rows, batchSize, epochs, seed, shuffle } = of;
  const batches = Math.ceil(rows / batchSize);
  const rates = Array.from({ length: epochs * batches }, (_, step) =>
    rateOf(optimizer.learningRate, step, Math.floor(step / batches)),
  );
  const power = powersOfTwo(bits - 2 - f - 3);
  return rates.map((rate, step) => {
    const epoch = Math.floor(step / batches);
    const order = shuffle
      ? [...epochPermutation(seed, epoch, rows)]
      : Array.from({ length: rows }, (_, row) => row);
    const from = (step % batches) * batchSize;
    const own = order.slice(from, from + batchSize);
    const mean = perOutput[loss](units) / own.length;
    return {
      epoch,
      rows: own,
      plan: {
        rate,
        previousRate: rates[Math.max(0, step - 1)],
        exponent: power(growsWithGradient[optimizer.type] ? rate * mean : rate),
        mean,
        count: step + 1,
      },
      pass: { training: true, step, seed },
    };
  });
}

/** The table of src/model/schedule.ts. */
function rateOf(learningRate: LearningRate, step: number, epoch: number): number {
  if (typeof learningRate === 'number') return learningRate;
  const { rate } = learningRate;
  switch (learningRate.type) {
    case 'constant':
      return rate;
    case 'exponentialDecay': {
      const halvings = step / learningRate.decaySteps;
      return rate * learningRate.decayRate ** (learningRate.staircase ? Math.trunc(halvings) : halvings);
    }
    case 'step':
      return rate * learningRate.factor ** Math.trunc(epoch / learningRate.every);
    case 'cosine': {
      const { final, decaySteps } = learningRate;
      return final + ((rate - final) * (1 + Math.cos(Math.PI * Math.min(step / decaySteps, 1)))) / 2;
    }
  }
}

/**
 * From each rate to the exponent of the power of two that is used: the rate itself where it is one; else, of the two around
 * it, the one that keeps the sum of those used nearest to the sum of those asked for; below 2^−least nothing (null), until
 * as much as that has come together.
 */
function powersOfTwo(least: number): (rate: number) => number | null {
  let [asked, used] = [0, 0];
  return (rate) => {
    const nearest = Math.round(-Math.log2(rate));
    if (nearest <= least && Math.abs(rate * 2 ** nearest - 1) < 1e-9) return nearest;
    asked += rate;
    const above = Math.ceil(-Math.log2(rate));
    if (above > least) {
      if (asked - used < 2 ** -least) return null;
      used += 2 ** -least;
      return least;
    }
    const distance = (exponent: number) => Math.abs(asked - used - 2 ** -exponent);
    const chosen = distance(above - 1) <= distance(above) ? above - 1 : above;
    used += 2 ** -chosen;
    return chosen;
  };
}
