/** Scores on shares are those in clear: counts and sums of distances exactly, deviations as finely as the loss. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LossName } from '../../src/model/losses.js';
import { aucThresholds, openedOfScore, type ScoreName } from '../../src/model/scores.js';
import { joinSum } from '../../src/nn/loss.js';
import { roundedLabels } from '../../src/nn/metrics.js';
import { differenceFraction } from '../../src/nn/scales.js';
import { scoreSums } from '../../src/nn/scores.js';
import type { Share } from '../../src/party/values.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

type Rows = readonly (readonly number[])[];

/** What each role has of the sums that are opened of a score. */
function sumsOf(
  world: Parties,
  name: ScoreName,
  y: Rows,
  t: Rows,
  { loss = 'meanSquaredError' as LossName, threshold = 0.5 } = {},
): { sums: bigint[][]; fractions: number[] } {
  const shape = [y.length, y[0].length];
  const classes = Math.max(2, shape[1]);
  const scaled = (rows: Rows) => rows.flat().map((x) => BigInt(Math.round(x * 2 ** world.fraction)));
  const target = scaled(t);
  const outputs = world.masked(scaled(y), world.fraction, shape);
  const targets = world.masked(target, world.fraction, shape);
  const kept = world.masked(
    scaled(y).map((value, i) => value - target[i]),
    world.fraction,
    shape,
  );
  const ofClasses = name === 'confusionMatrix' || name === 'auc';
  const labels = ofClasses
    ? world.run((rt, role) => roundedLabels(rt, targets[role], 0)).results
    : targets.map(() => null);
  const { results } = world.run((rt, role) =>
    scoreSums(
      rt,
      { name, classes },
      { loss, threshold, outputs: outputs[role], kept: kept[role], t: targets[role], labels: labels[role] },
    ),
  );
  const opened = results[0].map((_, i) => results.map((shares: readonly Share[]) => shares[i]));
  for (const shares of opened) assert.ok(shares[0].settled, 'ready to be revealed');
  assert.equal(
    opened.map(([{ size }]) => size),
    openedOfScore[name](classes),
  );
  return { sums: opened.map((shares) => world.joined(shares)), fractions: opened.map(([s]) => s.fraction) };
}

/** The sum of a wide sum. */
function wide(world: Parties, { sums: [[low], [high]], fractions }: ReturnType<typeof sumsOf>): number {
  return joinSum(world.bits, Number(low), fractions[0], Number(high), fractions[1]);
}

/** Of equal outputs the first is the largest. */
const largest = (row: readonly number[]): number => row.indexOf(Math.max(...row));

const oneHot = (labels: readonly number[], units: number): number[][] =>
  labels.map((label) => Array.from({ length: units }, (_, j) => Number(j === label)));

/** Outputs of few different values, so that most rows have ties; the last class never leads. */
function draw(world: Parties, rows: number, units: number): { y: number[][]; labels: number[] } {
  const levels = [-30, -1, -(2 ** -world.fraction), 0, 2 ** -world.fraction, 0.5, 30];
  return {
    y: Array.from({ length: rows }, () =>
      Array.from({ length: units }, (_, j) =>
        j === units - 1 ? -31 : levels[world.random.below(levels.length)],
      ),
    ),
    labels: Array.from({ length: rows }, () => world.random.below(units)),
  };
}

test('a confusion matrix counts rows by class and largest output, ties to the first, classes never predicted too', () => {
  inEverySetting((world, where) => {
    for (const [rows, units] of [
      [1, 2],
      [37, 3],
      [128, 10],
      [129, 7],
      [20, 40],
    ]) {
      const { y, labels } = draw(world, rows, units);
      const expected = Array.from({ length: units * units }, () => 0n);
      y.forEach((row, r) => {
        expected[labels[r] * units + largest(row)]++;
      });
      const { sums, fractions } = sumsOf(world, 'confusionMatrix', y, oneHot(labels, units));
      assert.equal(sums, [expected], `${where}: ${rows} × ${units}`);
      assert.equal(fractions, [0]);
      for (let i = 0; i < units; i++)
        assert.is(sums[0][i * units + units - 1], 0n, 'the last is never predicted');
    }
  });
});

test('of one output it counts those above the threshold', () => {
  inEverySetting((world, where) => {
    for (const threshold of [0.5, 0]) {
      for (const rows of [1, 128, 131]) {
        const y = draw(world, rows, 2).y.map(([value]) => [value]);
        const t = y.map(() => world.random.below(2));
        const expected = [0n, 0n, 0n, 0n];
        y.forEach(([value], r) => {
          expected[2 * t[r] + Number(value > threshold)]++;
        });
        const { sums } = sumsOf(
          world,
          'confusionMatrix',
          y,
          t.map((label) => [label]),
          { threshold },
        );
        assert.equal(sums, [expected], `${where}: ${rows} rows, threshold ${threshold}`);
      }
    }
  });
});

test('absolute errors are summed exactly, where the sum leaves the ring too', () => {
  inEverySetting((world, where) => {
    for (const [rows, units, size] of [
      [1, 1, 8],
      [37, 3, 8],
      // 60 · 12000 · 2^12 is more than 2^31
      [6000, 2, 60],
    ]) {
      const number = () => Math.round((world.random.unit() * 2 - 1) * size * 64) / 64;
      const numbers = () => Array.from({ length: rows }, () => Array.from({ length: units }, number));
      const [y, t] = [numbers(), numbers()];
      const target = t.flat();
      const expected = y.flat().reduce((sum, value, i) => sum + Math.abs(value - target[i]), 0);
      assert.is(
        wide(world, sumsOf(world, 'meanAbsoluteError', y, t)),
        expected,
        `${where}: ${rows} × ${units}`,
      );
    }
  });
});

test('squared deviations of labels are from the mean of their own output', () => {
  inEverySetting((world, where) => {
    for (const [rows, units] of [
      [2, 1],
      [37, 3],
      [300, 2],
    ]) {
      const t = Array.from({ length: rows }, () =>
        Array.from({ length: units }, (_, j) => 5 * j + world.random.unit() * 4),
      );
      const means = t[0].map((_, j) => t.reduce((sum, row) => sum + row[j], 0) / rows);
      const expected = t.flat().reduce((sum, value, i) => sum + (value - means[i % units]) ** 2, 0);
      const got = wide(world, sumsOf(world, 'r2', t, t));
      // each difference is off by less than (n + 1)/2 units and one of the mean's
      const unit = 2 ** -differenceFraction(world.bits, world.fraction) * (2 + world.parties.length / 2);
      const bound = t
        .flat()
        .reduce((sum, value, i) => sum + 2 * Math.abs(value - means[i % units]) * unit + unit ** 2, 0);
      assert.ok(Math.abs(got - expected) < bound, `${where}: ${rows} × ${units}: ${got}, not ${expected}`);
    }
  });
});

/** Pairs of a row of class 1 and one of class 0: those in order and those in one bin. */
function pairsOf(
  scores: readonly number[],
  labels: readonly number[],
  thresholds: readonly number[],
): bigint[] {
  const bins = scores.map((score) => thresholds.filter((threshold) => score >= threshold).length);
  let [ordered, level] = [0n, 0n];
  bins.forEach((mine, i) => {
    if (labels[i] !== 1) return;
    bins.forEach((other, j) => {
      if (labels[j] !== 0) return;
      if (mine > other) ordered++;
      if (mine === other) level++;
    });
  });
  return [BigInt(labels.reduce((sum, label) => sum + label, 0)), ordered, level];
}

test('pairs in order and in one bin are counted exactly, for one output and for two', () => {
  inEverySetting((world, where) => {
    for (const loss of ['meanSquaredError', 'sigmoidCrossEntropy', 'hinge', 'softmaxCrossEntropy'] as const) {
      for (const units of loss === 'softmaxCrossEntropy' ? [2] : [1, 2]) {
        for (const rows of [1, 128, 131]) {
          const thresholds = aucThresholds(loss, units);
          // values at, just below, between and beyond thresholds
          const value = () => {
            const at = thresholds[world.random.below(thresholds.length)];
            return [at, at - 2 ** -world.fraction, 3 * at, world.random.unit() * 2 - 1][
              world.random.below(4)
            ];
          };
          const round = (x: number) => Math.round(x * 2 ** world.fraction) / 2 ** world.fraction;
          const y = Array.from({ length: rows }, () => Array.from({ length: units }, () => round(value())));
          const labels = y.map(() => world.random.below(2));
          const scores = y.map(([first, second]) => (units === 1 ? first : second - first));
          const t = units === 1 ? labels.map((label) => [label]) : oneHot(labels, 2);
          const { sums } = sumsOf(world, 'auc', y, t, { loss });
          const what = `${where}: ${loss}, ${rows} × ${units}`;
          assert.equal(sums, [pairsOf(scores, labels, thresholds)], what);
        }
      }
    }
  });
});

test('the area is within its bound of that of all pairs', () => {
  inEverySetting((world, where) => {
    const rows = 200;
    const labels = Array.from({ length: rows }, () => world.random.below(2));
    const y = labels.map((label) => Math.round((label * 0.3 + world.random.unit() * 0.7) * 512) / 512);
    const { sums } = sumsOf(
      world,
      'auc',
      y.map((value) => [value]),
      labels.map((label) => [label]),
    );
    const [ones, right, level] = sums[0].map(Number);
    const pairs = ones * (rows - ones);
    const all = [...new Set(y)].sort((a, b) => a - b);
    const [, exactRight, exactLevel] = pairsOf(y, labels, all).map(Number);
    const difference = Math.abs(right + level / 2 - exactRight - exactLevel / 2) / pairs;
    assert.ok(level > exactLevel, 'some rows in one bin differ');
    assert.ok(difference <= level / 2 / pairs, where);
    assert.ok(level / 2 / pairs < 0.02, `${where}: bound ${level / 2 / pairs}`);
  });
});

test.run();
