/**
 * What an evaluation alone can measure, beside the metrics of compile, over all rows; t are the labels, y the outputs.
 *
 * | score | is | outputs and labels |
 * |---|---|---|
 * | confusionMatrix | rows by their class and the class of their largest output, counted exactly | one-hot labels, or one output and labels 0 or 1 |
 * | meanAbsoluteError | Σ abs(y − t) over rows and outputs, divided by their number | numbers: the loss meanSquaredError |
 * | r2 | 1 − Σ (y − t)² / Σ (t − mean of its output's labels)², both sums over rows and outputs | the same |
 * | auc | the part of all pairs, one row of each class, that the outputs put in order | one output and labels 0 or 1, or two and one-hot labels |
 *
 * Of equal outputs the one with the lower index counts as larger, as in the metrics; one output says yes above the threshold of
 * binaryAccuracy.
 */
import { kindOf } from '../options.js';
import type { LossName } from './losses.js';

export const scoreNames = ['confusionMatrix', 'meanAbsoluteError', 'r2', 'auc'] as const;

/** A metric that `evaluate` takes: see {@link EvaluateOptions}. */
export type ScoreName = (typeof scoreNames)[number];

/** A score of a model, as roles are asked for it. */
export interface Score {
  readonly name: ScoreName;
  /** Classes that labels are of: 2 for one output. */
  readonly classes: number;
}

/** Whether a score takes labels as classes, at scale 0. */
export const ofClasses = (name: ScoreName): boolean => name === 'confusionMatrix' || name === 'auc';

/** How many numbers each value has that is opened of a score; see nn/scores.ts. */
export const openedOfScore: Readonly<Record<ScoreName, (classes: number) => readonly number[]>> = {
  confusionMatrix: (classes) => [classes * classes],
  meanAbsoluteError: () => [1, 1],
  r2: () => [1, 1],
  auc: () => [3],
};

/** Values between which outputs are not told apart by the area under the curve. */
const THRESHOLDS = 64;

/** Where the outputs of a loss are told apart: from this to that. */
const RANGES: Readonly<Record<LossName, readonly [number, number]>> = {
  meanSquaredError: [0, 1],
  softmaxCrossEntropy: [-4, 4],
  sigmoidCrossEntropy: [-8, 8],
  hinge: [-2, 2],
};

/**
 * The thresholds of the area under the curve, equally spaced in the range of what is compared: of what the loss takes, the one
 * output, or the second of two less the first.
 */
export function aucThresholds(loss: LossName, units: number): number[] {
  const [low, high] = RANGES[loss];
  const [from, to] = units === 1 ? [low, high] : [low - high, high - low];
  return Array.from({ length: THRESHOLDS }, (_, i) => from + (i * (to - from)) / THRESHOLDS);
}

/**
 * @param what of an evaluation, first word of the message
 * @throws TypeError for a wrong kind, RangeError for an unknown name, one that comes twice, and one that the model's outputs or
 *   the loss do not have
 */
export function checkScores(
  what: string,
  names: readonly unknown[],
  loss: LossName,
  units: number,
): asserts names is readonly ScoreName[] {
  for (const [i, name] of names.entries()) {
    if (typeof name !== 'string') throw new TypeError(`${what}: a metric is a name, got ${kindOf(name)}`);
    if (!(scoreNames as readonly string[]).includes(name)) {
      throw new RangeError(
        `${what}: unknown metric "${name}"; evaluate knows ${scoreNames.join(', ')}, beside the metrics of compile`,
      );
    }
    if (names.indexOf(name) !== i) throw new RangeError(`${what}: the metric ${name} comes twice`);
    if (name === 'auc' && units > 2) {
      throw new RangeError(`${what}: auc is of one output or two classes; the model has ${units} outputs`);
    }
    if (!ofClasses(name as ScoreName) && loss !== 'meanSquaredError') {
      throw new RangeError(
        `${what}: ${name} is of outputs that are numbers, under meanSquaredError, not ${loss}`,
      );
    }
  }
}
