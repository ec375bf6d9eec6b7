/** The scores of an evaluation with their costs. They deal and open a few words only, whatever the number of values. */
import type { Score, ScoreName } from '../../src/model/scores.js';
import { scoreSums } from '../../src/nn/scores.js';
import type { Runtime } from '../../src/party/runtime.js';
import { Masked } from '../../src/party/values.js';
import { isNegativeCost } from '../../src/protocol/compare.js';
import { type Cost, dealing, free, type Setting, sequence, wordBytes } from '../../src/protocol/cost.js';
import { maxCost } from '../../src/protocol/max.js';
import { meanCost } from '../../src/protocol/mean.js';
import { openCost } from '../../src/protocol/open.js';
import { orderedPairs, orderedPairsCost } from '../../src/protocol/ordered-pairs.js';
import { concat } from '../../src/protocol/rearrange.js';
import { multiplyBitCost } from '../../src/protocol/select.js';
import { rescaleNarrowCost, truncateCost } from '../../src/protocol/truncate.js';
import { type Operation, ofMasked } from './operations.js';

const view = (x: Masked, columns: number, fraction = x.fraction): Masked =>
  new Masked(x.delta, x.mask, [x.size / columns, columns], fraction);

/** A score of outputs that are their own labels. */
const ofScore = (
  name: ScoreName,
  columnsOf: (count: number) => number,
  cost: (at: Setting, rows: number, columns: number, fraction: number) => Cost,
  fraction?: number,
): Operation => {
  const score = (columns: number): Score => ({ name, classes: Math.max(2, columns) });
  return ofMasked(
    `${name} of ${columnsOf(60) === 1 ? 'one output' : 'several outputs'}`,
    function* (rt: Runtime, x: Masked) {
      const columns = columnsOf(x.size);
      const outputs = view(x, columns);
      const labels = view(x, columns, 0);
      const of = {
        loss: 'meanSquaredError' as const,
        threshold: 0.5,
        outputs,
        kept: outputs,
        t: outputs,
        labels,
      };
      const sums = yield* scoreSums(rt, score(columns), of);
      rt.free(outputs.own, labels.own);
      return [...sums];
    },
    (at, count, f) => cost(at, count / columnsOf(count), columnsOf(count), fraction ?? f),
    fraction,
  );
};

const one = () => 1;
const several = (count: number): number => [4, 3, 2].find((columns) => count % columns === 0) ?? 1;

/** Σ to two settled words. */
const wideCost = (at: Setting, count: number): Cost => {
  const s = Math.ceil(Math.log2(count)) - 1;
  return sequence(s > 0 ? truncateCost(at, count, s) : free);
};

const comparedCost = (at: Setting, rows: number): Cost =>
  sequence(isNegativeCost(at, rows, at.bits), dealing(wordBytes(at, rows)), openCost(at, rows, true));

export const scoreOperations: readonly Operation[] = [
  ofScore('confusionMatrix', one, (at, rows) => sequence(comparedCost(at, rows), dealing(wordBytes(at, 4)))),
  ofScore('confusionMatrix', several, (at, rows, columns) =>
    columns === 1
      ? sequence(comparedCost(at, rows), dealing(wordBytes(at, 4)))
      : sequence(
          maxCost(at, rows, columns, { value: false, mark: true }),
          dealing(wordBytes(at, columns * columns)),
        ),
  ),
  ofScore('meanAbsoluteError', one, (at, rows) =>
    sequence(
      isNegativeCost(at, rows, at.bits),
      multiplyBitCost(at, rows, true),
      wideCost(at, rows),
      dealing(wordBytes(at, rows > 2 ? 1 : 0)),
    ),
  ),
  ofScore(
    'r2',
    several,
    (at, rows, columns, f) => {
      const extra = Math.max(0, f - (at.bits === 32 ? 9 : 16));
      return sequence(
        meanCost(at, rows, columns, f),
        extra > 0 ? rescaleNarrowCost(at, rows * columns, extra) : free,
        wideCost(at, rows * columns),
        dealing(2 * wordBytes(at, 1)),
      );
    },
    // so that four differences, rounded by 4 bits, fill bytes: what is left of the last byte is 0
    13,
  ),
  ofMasked(
    'pairs in order',
    function* (rt, x) {
      const flat = new Masked(x.delta, x.mask, [x.size], 0);
      const classes = concat(rt, [flat, flat], [2, x.size]);
      const sums = yield* orderedPairs(rt, x, classes, [-100, 0, 5, 6, 1000]);
      rt.free(classes);
      return [sums];
    },
    (at, count) => orderedPairsCost(at, count, 5),
  ),
];
