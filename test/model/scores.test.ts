/** Which metrics evaluate takes, and what follows of a confusion matrix. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classScores } from '../../src/model/class-scores.js';
import { aucThresholds, checkScores, scoreNames } from '../../src/model/scores.js';

test('what the loss or the outputs do not have is refused', () => {
  checkScores('evaluate: metrics', scoreNames, 'meanSquaredError', 1);
  checkScores('evaluate: metrics', scoreNames, 'meanSquaredError', 2);
  checkScores('evaluate: metrics', ['confusionMatrix', 'auc'], 'softmaxCrossEntropy', 2);
  const refused = (
    names: readonly unknown[],
    units: number,
    pattern: RegExp,
    kind: typeof Error = RangeError,
  ) => {
    assert.throws(
      () => checkScores('evaluate: metrics', names, 'hinge', units),
      (error: Error) => error instanceof kind && pattern.test(error.message),
    );
  };
  refused(['accuracy'], 1, /^evaluate: metrics: unknown metric "accuracy"; evaluate knows confusionMatrix, /);
  refused(['auc', 'confusionMatrix', 'auc'], 1, /the metric auc comes twice/);
  refused(['auc'], 3, /auc is of one output or two classes; the model has 3 outputs/);
  refused(['r2'], 1, /r2 is of outputs that are numbers, under meanSquaredError, not hinge/);
  refused(['meanAbsoluteError'], 1, /meanAbsoluteError is of outputs that are numbers/);
  refused([{ topK: 1 }], 1, /a metric is a name, got/, TypeError);
});

test('thresholds are 64, equally spaced, and twice as far for the difference of two outputs', () => {
  const one = aucThresholds('meanSquaredError', 1);
  assert.equal([one.length, one[0], one[1], one[63]], [64, 0, 1 / 64, 63 / 64]);
  const two = aucThresholds('hinge', 2);
  assert.equal([two[0], two[32], two[63]], [-4, 0, 4 - 1 / 8]);
  assert.is(aucThresholds('softmaxCrossEntropy', 2)[0], -8);
});

test('precision, recall and F₁ by class; 0 for a class without rows and one never predicted', () => {
  const scores = classScores([
    [6, 2, 0, 0],
    [1, 3, 0, 0],
    [0, 2, 0, 0],
    [0, 0, 0, 0],
  ]);
  assert.equal(scores, [
    { precision: 6 / 7, recall: 6 / 8, f1: 12 / 15, rows: 8 },
    { precision: 3 / 7, recall: 3 / 4, f1: 6 / 11, rows: 4 },
    { precision: 0, recall: 0, f1: 0, rows: 2 },
    { precision: 0, recall: 0, f1: 0, rows: 0 },
  ]);
});

test('what is no confusion matrix is refused', () => {
  const refused = (matrix: unknown, kind: typeof Error, pattern: RegExp) =>
    assert.throws(
      () => classScores(matrix as number[][]),
      (error: Error) => error instanceof kind && pattern.test(error.message),
    );
  refused(null, TypeError, /classScores: confusionMatrix/);
  refused([1], TypeError, /row 0 must be an array, got/);
  refused([[1, 2]], RangeError, /row 0 must have 1 counts/);
  refused(
    [
      [1, 2],
      [1, -1],
    ],
    RangeError,
    /row 1 must have 2 counts, integers from 0/,
  );
  refused([[0.5]], RangeError, /row 0/);
});

test.run();
