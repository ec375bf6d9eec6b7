/**
 * Every loss: steps on shares (meanSquaredError: in all other twins' tests) and the sum over an epoch's rows equal their
 * clear twin's bit for bit. What a cross-entropy takes of softmax, sigmoid and ln is held to the function's error bound
 * and everything else is exact; twins/twin-case.ts says what that means.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Activation } from '../../src/model/config.js';
import { dense } from '../../src/model/describe.js';
import { type LossName, lossNames } from '../../src/model/losses.js';
import { joinSum, losses, type WideSum } from '../../src/nn/loss.js';
import { open } from '../../src/protocol/open.js';
import { rowLosses } from '../twins/float-loss.js';
import { lossTotalTwin } from '../twins/loss-twin.js';
import { Outside } from '../twins/oracle.js';
import { equalsTheTwin, hidden, rows, type TwinCase } from '../twins/twin-case.js';
import { Rounder } from '../twins/twin-types.js';
import { drawn, encoded } from '../world/model-steps.js';
import { watchOpenings } from '../world/openings.js';
import { inEverySetting } from '../world/settings.js';

/** Of a loss that is summed up. */
const ROWS = 9;

const endingWith = (activation: Activation, units = 3) =>
  rows(dense({ units: 6, activation: 'relu' }), dense({ units, activation }));

const CASES: readonly TwinCase[] = [
  { name: 'hinge', config: hidden, loss: 'hinge' },
  { name: 'softmaxCrossEntropy of logits', config: hidden, loss: 'softmaxCrossEntropy' },
  { name: 'softmaxCrossEntropy of a softmax', config: endingWith('softmax'), loss: 'softmaxCrossEntropy' },
  {
    name: 'softmaxCrossEntropy of 18 classes',
    config: endingWith('softmax', 18),
    loss: 'softmaxCrossEntropy',
  },
  { name: 'sigmoidCrossEntropy of logits', config: hidden, loss: 'sigmoidCrossEntropy' },
  { name: 'sigmoidCrossEntropy of a sigmoid', config: endingWith('sigmoid'), loss: 'sigmoidCrossEntropy' },
];

for (const made of CASES) {
  test(`${made.name}: steps on shares equal the clear twin's, bit for bit`, () => equalsTheTwin(made));
}

/** Labels of the kind that a loss takes. */
const labelsFor = (loss: LossName, unit: number, units: number): number => {
  if (loss === 'hinge') return Math.round(unit);
  return loss === 'softmaxCrossEntropy' ? unit / units : unit;
};

/** The sum in double precision. */
function float(loss: LossName, y: readonly number[], t: readonly bigint[], units: number, f: number): number {
  const rows = (numbers: readonly number[]) =>
    Array.from({ length: ROWS }, (_, r) => numbers.slice(r * units, (r + 1) * units));
  const labels = rows(t.map((label) => Number(label) / 2 ** f));
  const perRow = losses[loss].rowCount(units);
  return rows(y).reduce((sum, row, r) => sum + perRow * rowLosses[loss](row, labels[r]), 0);
}

const TOTALS = [
  ...lossNames.map((loss) => ({ loss, units: 3 })),
  { loss: 'softmaxCrossEntropy', units: 18 },
] as const;

for (const { loss, units } of TOTALS) {
  test(`${loss} over rows of ${units}, summed as it is reported, equals the clear twin's, bit for bit`, () => {
    inEverySetting((world, where) => {
      const y = drawn(world, ROWS * units, 5);
      const labels = encoded(
        world,
        y.map(() => labelsFor(loss, world.random.unit(), units)),
      );
      const outputs = world.share(encoded(world, y), world.fraction, true, [ROWS, units]);
      const ts = world.masked(labels, world.fraction, [ROWS, units]);
      const totals: WideSum[] = [];
      const openings = watchOpenings(world, () => {
        const { results } = world.run((rt, role) => open(rt, outputs[role]));
        totals.push(
          ...world.run((rt, role) => {
            const kept = losses[loss].keep(rt, results[role], ts[role]);
            return losses[loss].total(rt, kept, ts[role]);
          }).results,
        );
      });
      const outside = new Outside(openings, world.bits, world.fraction);
      const expected = lossTotalTwin(loss, encoded(world, y), labels, units, new Rounder(outside));
      const [low, high] = [totals.map((total) => total.low), totals.map((total) => total.high)];
      assert.equal(world.joined(low), [expected.low], where);
      assert.equal(world.joined(high), [expected.high], where);
      const words = [Number(expected.low), low[0].fraction, Number(expected.high), high[0].fraction] as const;
      const sum = joinSum(world.bits, ...words);
      assert.ok(Math.abs(sum - float(loss, y, labels, units, world.fraction)) < 0.05, `${where}: ${sum}`);
      assert.is(outside.left, 0, `${where}: the twin has rounded all that the roles have rounded`);
    });
  });
}

test.run();
