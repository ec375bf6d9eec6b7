/** Metrics on shares are the counts in clear, exactly: random outputs full of ties, all numbers of rows and units. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricName } from '../../src/model/metrics.js';
import { countHits, roundedLabels } from '../../src/nn/metrics.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

interface Sample {
  readonly y: number[][];
  /** Class of each row. */
  readonly labels: number[];
}

/** Outputs of few different values, so that most rows have ties. */
function draw(world: Parties, rows: number, units: number): Sample {
  const levels = [-30, -1, -(2 ** -world.fraction), 0, 2 ** -world.fraction, 0.5, 30];
  return {
    y: Array.from({ length: rows }, () =>
      Array.from({ length: units }, () => levels[world.random.below(levels.length)]),
    ),
    labels: Array.from({ length: rows }, () => world.random.below(units)),
  };
}

/** The row's classes from the largest output to the smallest, the lower index first among equals. */
const ranking = (row: readonly number[]): number[] =>
  row
    .map((value, index) => ({ value, index }))
    .sort((a, b) => b.value - a.value || a.index - b.index)
    .map(({ index }) => index);

/** Opened count of a metric. */
function count(
  world: Parties,
  metric: MetricName,
  y: readonly (readonly number[])[],
  t: readonly (readonly number[])[],
  threshold = 0.5,
): number {
  const shape = [y.length, y[0].length];
  const scaled = (rows: readonly (readonly number[])[]) =>
    rows.flat().map((x) => BigInt(Math.round(x * 2 ** world.fraction)));
  const outputs = world.masked(scaled(y), world.fraction, shape);
  const targets = world.masked(scaled(t), world.fraction, shape);
  const labels = world.run((rt, role) => roundedLabels(rt, targets[role], 0)).results;
  const sums = world.run((rt, role) => countHits(rt, metric, outputs[role], labels[role], threshold)).results;
  assert.ok(sums[0].settled, 'ready to be revealed');
  assert.is(sums[0].size, 1);
  return Number(world.joined(sums)[0]);
}

const oneHot = ({ y, labels }: Sample): number[][] =>
  y.map((row, r) => row.map((_, j) => (j === labels[r] ? 1 : 0)));

test('one-hot labels become integers without a rounding error', () => {
  inEverySetting((world) => {
    const bits = Array.from({ length: 150 }, () => world.random.below(2));
    const t = world.masked(
      bits.map((bit) => BigInt(bit * 2 ** world.fraction)),
      world.fraction,
      [50, 3],
    );
    const labels = world.run((rt, role) => roundedLabels(rt, t[role], 0)).results;
    assert.is(labels[0].fraction, 0);
    assert.equal(
      world.opened(labels),
      bits.map((bit) => BigInt(bit)),
    );
  });
});

test('accuracy counts rows whose label is the first of the largest outputs', () => {
  inEverySetting((world, where) => {
    for (const [rows, units] of [
      [1, 2],
      [37, 3],
      [128, 10],
      [129, 7],
    ]) {
      const sample = draw(world, rows, units);
      const expected = sample.y.filter((row, r) => ranking(row)[0] === sample.labels[r]).length;
      assert.is(count(world, 'accuracy', sample.y, oneHot(sample)), expected, `${where}: ${rows} × ${units}`);
    }
  });
});

test('topK counts rows whose label is among the k largest outputs', () => {
  inEverySetting((world, where) => {
    for (const [rows, units] of [
      [41, 5],
      [130, 10],
    ]) {
      const sample = draw(world, rows, units);
      for (const k of [1, 2, units - 1, units]) {
        const expected = sample.y.filter((row, r) =>
          ranking(row).slice(0, k).includes(sample.labels[r]),
        ).length;
        const got = count(world, { topK: k }, sample.y, oneHot(sample));
        assert.is(got, expected, `${where}: ${rows} × ${units}, top ${k}`);
      }
    }
  });
});

test('binaryAccuracy counts outputs above the threshold where the label is 1, and not above it where it is 0', () => {
  inEverySetting((world, where) => {
    for (const [rows, units] of [
      [1, 1],
      [43, 3],
      [128, 2],
    ]) {
      for (const threshold of [0.5, 0]) {
        const { y } = draw(world, rows, units);
        const t = y.map((row) => row.map(() => world.random.below(2)));
        const expected = y.flat().filter((value, i) => value > threshold === (t.flat()[i] === 1)).length;
        const what = `${where}: ${rows} × ${units}, threshold ${threshold}`;
        assert.is(count(world, 'binaryAccuracy', y, t, threshold), expected, what);
      }
    }
  });
});

test('accuracy of a single unit is binaryAccuracy', () => {
  inEverySetting((world, where) => {
    const { y } = draw(world, 61, 1);
    const t = y.map(() => [world.random.below(2)]);
    assert.is(count(world, 'accuracy', y, t), count(world, 'binaryAccuracy', y, t), where);
  });
});

test.run();
