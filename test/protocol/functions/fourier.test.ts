/** Trigonometric sums: the tables are as good as they say, and on shares a sum is what it is in clear. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Share } from '../../../src/party/values.js';
import {
  dealWaves,
  evaluate,
  harmonicsOf,
  mirrored,
  periodIn,
  stretched,
  sumWaves,
  type TrigonometricSum,
  waveScale,
} from '../../../src/protocol/fourier.js';
import * as tables from '../../../src/protocol/fourier-tables.js';
import { evenly, numbersOf } from '../../world/curves.js';
import { inEverySetting } from '../../world/settings.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const slope = (x: number): number => sigmoid(x) * (1 - sigmoid(x));

/** What each table stands for, where, and how well (the numbers in the tables' comments, rounded up). */
const FITS: readonly [string, (x: number) => number, number, number, number][] = [
  ['SIGMOID_32', (x) => sigmoid(x) - 0.5, -12, 12, 1.3e-4],
  ['SIGMOID_64', (x) => sigmoid(x) - 0.5, -13, 13, 1.3e-6],
  ['SIGMOID_SLOPE_32', slope, -12, 12, 3e-4],
  ['SIGMOID_SLOPE_64', slope, -13, 13, 3.5e-6],
  ['EXP_32', Math.exp, -21, 0.1, 2.5e-5],
  ['EXP_64', Math.exp, -22, 0.1, 1.4e-7],
  ['LOG_SUM_32', Math.log, 0.99, 16.1, 3.3e-5],
  ['LOG_SUM_64', Math.log, 0.99, 16.1, 1e-7],
  ['RECIPROCAL_32', (x) => 1 / x, 0.99, 4.04, 4e-5],
  ['RECIPROCAL_64', (x) => 1 / x, 0.99, 4.04, 4e-7],
  ['INVERSE_SQRT_32', (x) => 1 / Math.sqrt(x), 0.99, 4.04, 1.2e-5],
  ['INVERSE_SQRT_64', (x) => 1 / Math.sqrt(x), 0.99, 4.04, 2.3e-7],
  ['SQRT_32', Math.sqrt, 0.99, 4.04, 3.4e-5],
  ['SQRT_64', Math.sqrt, 0.99, 4.04, 4e-8],
  ['LOG_32', Math.log, 0.99, 4.04, 1.3e-5],
  ['LOG_64', Math.log, 0.99, 4.04, 8e-8],
];

const tableOf: Readonly<Record<string, TrigonometricSum>> = { ...tables };

test('every table is there and fits its function on its domain', () => {
  assert.equal(Object.keys(tableOf).sort(), FITS.map(([name]) => name).sort());
  for (const [name, f, low, high, error] of FITS) {
    let largest = 0;
    for (let i = 0; i <= 50_000; i++) {
      const x = low + ((high - low) * i) / 50_000;
      largest = Math.max(largest, Math.abs(evaluate(tableOf[name], x) - f(x)));
    }
    assert.ok(largest < error, `${name}: off by ${largest}`);
    assert.ok(largest > error / 2, `${name}: much better (${largest}) than claimed`);
  }
});

test('mirrored and stretched sums are the functions of the mirrored and stretched argument', () => {
  for (const x of [-7.25, -1, 0, 0.3, 5]) {
    const sum = tables.EXP_32;
    assert.ok(Math.abs(evaluate(mirrored(sum), x) - evaluate(sum, -x)) < 1e-9);
    assert.ok(Math.abs(evaluate(stretched(sum, 2, -3, 0.5), x) - (0.5 - 3 * evaluate(sum, x / 4))) < 1e-9);
  }
});

test('a sum on shares is the sum in clear, over its whole period, but for the rounding of its factors', () => {
  const cases: TrigonometricSum[] = [
    tables.SQRT_64,
    tables.EXP_32,
    tables.SIGMOID_32,
    tables.SIGMOID_SLOPE_64,
  ];
  inEverySetting((world, where) => {
    for (const sum of cases) {
      const half = 2 ** (sum.period - 1);
      const words = evenly(-half, half, 2001, world.fraction);
      const masked = world.masked(words);
      const dealt = waveScale(world.bits);
      const scale = dealt - 3; // values far outside a fit's domain are larger
      const { results } = world.run(function* (rt, role) {
        yield* [];
        const x = masked[role];
        const opened = x.delta ?? x.mask;
        const waves = dealWaves(rt, opened, x.fraction, sum.period, harmonicsOf(sum));
        return new Share(sumWaves(rt, waves, opened, sum, scale), x.shape, dealt + scale, true);
      });
      const size = [...sum.cosines, ...sum.sines].reduce((total, c) => total + Math.abs(c), 0);
      const most = (2 * harmonicsOf(sum) + 1) * 2 ** -(scale + 1) + 2 * size * 2 ** -(dealt + 1);
      const unit = 2 ** (dealt + scale);
      const x = numbersOf(words, world.fraction);
      world.joined(results).forEach((word, i) => {
        const error = Math.abs(Number(word) / unit - evaluate(sum, x[i]));
        assert.ok(error < most, `${where}: off by ${error} at ${x[i]}`);
      });
    }
  });
});

test('a period that is not a number of ring units from 2 to 2^k is refused with what to change', () => {
  assert.is(periodIn(32, 27, 5), 32);
  assert.throws(() => periodIn(32, 28, 5), /use ring 64, or fewer fraction bits/);
  assert.throws(() => periodIn(64, 4, -4), /use more fraction bits/);
});

test.run();
