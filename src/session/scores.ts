/** What is revealed of an evaluation's scores, as the owner reads it. */
import type { Score, ScoreName } from '../model/scores.js';
import { joinSum } from '../nn/loss.js';
import { differenceFraction } from '../nn/scales.js';
import type { Agreement } from '../party/agreement.js';
import type { ClearWords } from '../protocol/reveal.js';
import { integersOf } from '../role/clear-words.js';
import { refuseImpossible } from './alarms.js';
import type { SumsOf } from './epoch-log.js';
import type { Evaluation } from './history.js';

/** What a score is made of. */
interface Opened {
  readonly agreement: Agreement;
  readonly words: readonly ClearWords[];
  readonly classes: number;
  readonly rows: number;
  /** Rows times outputs. */
  readonly numbers: number;
  /** The mean loss. */
  readonly loss: number;
}

/** The part of the result, and whether it can be. */
interface Read {
  readonly value: Partial<Evaluation>;
  readonly possible: boolean;
}

const integers = ({ agreement: { ring }, words }: Opened): number[] =>
  words.flatMap((clear) => Array.from(integersOf(ring, clear.words), Number));

/** The mean of a sum in two words (nn/loss.ts). */
function meanOf(opened: Opened): number {
  const { agreement, words, numbers } = opened;
  const [low, high] = integers(opened);
  return joinSum(agreement.ring, low, words[0].fraction, high, words[1].fraction) / numbers;
}

const readers: Readonly<Record<ScoreName, (opened: Opened) => Read>> = {
  confusionMatrix(opened) {
    const { classes, rows } = opened;
    const counts = integers(opened);
    const matrix = Array.from({ length: classes }, (_, i) => counts.slice(i * classes, (i + 1) * classes));
    const all = counts.reduce((sum, count) => sum + count, 0);
    return {
      value: { confusionMatrix: matrix },
      possible: all === rows && counts.every((count) => count >= 0),
    };
  },

  meanAbsoluteError(opened) {
    const meanAbsoluteError = meanOf(opened);
    return { value: { meanAbsoluteError }, possible: meanAbsoluteError >= 0 };
  },

  r2(opened) {
    const { ring, fractionBits, parties } = opened.agreement;
    const deviation = meanOf(opened);
    const resolution = parties.length * 4 ** -differenceFraction(ring, fractionBits);
    const r2 = deviation < resolution ? Number.NaN : 1 - opened.loss / deviation;
    return { value: { r2 }, possible: deviation >= 0 };
  },

  auc(opened) {
    const [second, right, level] = integers(opened);
    const pairs = second * (opened.rows - second);
    const [auc, aucError] =
      pairs === 0 ? [Number.NaN, Number.NaN] : [(right + level / 2) / pairs, level / 2 / pairs];
    const possible =
      second >= 0 && second <= opened.rows && right >= 0 && level >= 0 && right + level <= pairs;
    return { value: { auc, aucError }, possible };
  },
};

/**
 * The scores that were asked for, from what was opened of each.
 * @param loss the mean loss of the same evaluation
 * @throws RangeExceeded for one that no data can have
 */
export function scoresOf(
  agreement: Agreement,
  opened: readonly (readonly ClearWords[])[],
  scores: readonly Score[],
  loss: number,
  { where, y }: SumsOf,
): Partial<Evaluation> {
  const [rows] = y.shape;
  const read = scores.map(({ name, classes }, i) =>
    readers[name]({ agreement, words: opened[i], classes, rows, numbers: y.size, loss }),
  );
  const wrong = scores.filter((_, i) => !read[i].possible).map(({ name }) => name);
  refuseImpossible({ where, ring: agreement.ring }, wrong);
  return Object.assign({}, ...read.map(({ value }) => value));
}
