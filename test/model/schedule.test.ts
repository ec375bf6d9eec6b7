import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkLearningRate, rateAt } from '../../src/model/schedule.js';

test('a number and a constant stay what they are', () => {
  assert.is(rateAt(0.5, 1000, 10), 0.5);
  assert.is(rateAt({ type: 'constant', rate: 0.25 }, 1000, 10), 0.25);
});

test('exponential decay multiplies by decayRate every decaySteps steps, smoothly or in stairs', () => {
  const smooth = {
    type: 'exponentialDecay',
    rate: 8,
    decayRate: 0.25,
    decaySteps: 10,
    staircase: false,
  } as const;
  const stairs = { ...smooth, staircase: true };
  assert.equal(
    [0, 5, 10, 20].map((step) => rateAt(smooth, step, 0)),
    [8, 4, 2, 0.5],
  );
  assert.equal(
    [0, 5, 9, 10, 19, 20].map((step) => rateAt(stairs, step, 0)),
    [8, 8, 8, 2, 2, 0.5],
  );
});

test('step decay follows the epochs, not the steps', () => {
  const schedule = { type: 'step', rate: 1, factor: 0.5, every: 2 } as const;
  assert.equal(
    [0, 1, 2, 3, 4].map((epoch) => rateAt(schedule, 999, epoch)),
    [1, 1, 0.5, 0.5, 0.25],
  );
});

test('the cosine falls from rate to final and stays there', () => {
  const schedule = { type: 'cosine', rate: 1, final: 0.5, decaySteps: 100 } as const;
  const rates = Array.from({ length: 121 }, (_, step) => rateAt(schedule, step, 0));
  assert.is(rates[0], 1);
  assert.ok(Math.abs(rates[50] - 0.75) < 1e-12);
  assert.equal([rates[100], rates[120]], [0.5, 0.5]);
  for (let step = 1; step <= 100; step++) assert.ok(rates[step] < rates[step - 1]);
});

test('what is no learning rate is refused', () => {
  const refused = (value: unknown, kind: typeof TypeError | typeof RangeError, text: string) => {
    try {
      checkLearningRate(value);
    } catch (error) {
      assert.instance(error, kind);
      assert.match((error as Error).message, text);
      return;
    }
    assert.unreachable(text);
  };
  checkLearningRate(0.5);
  checkLearningRate({ type: 'cosine', rate: 1, final: 0, decaySteps: 1 });
  for (const rate of [0, -1, NaN, Infinity, 1024]) refused(rate, RangeError, 'learningRate must be positive');
  refused('0.5', TypeError, 'a number or a schedule');
  refused(null, TypeError, 'a number or a schedule');
  refused({ type: 'linear', rate: 1 }, RangeError, 'unknown schedule "linear"');
  refused({ type: 'constant', rate: 0 }, RangeError, 'rate must be positive');
  refused({ type: 'constant' }, TypeError, 'rate must be a number');
  const decay = { type: 'exponentialDecay', rate: 1, decayRate: 0.5, decaySteps: 10, staircase: false };
  checkLearningRate(decay);
  refused({ ...decay, decayRate: 1.5 }, RangeError, 'decayRate must be positive and at most 1');
  refused({ ...decay, decaySteps: 0 }, RangeError, 'decaySteps must be positive');
  refused({ ...decay, staircase: 1 }, TypeError, 'staircase must be true or false');
  refused(
    { type: 'step', rate: 1, factor: 2, every: 1 },
    RangeError,
    'factor must be positive and at most 1',
  );
  refused({ type: 'step', rate: 1, factor: 0.5, every: 0.5 }, RangeError, 'every must be a positive integer');
  refused({ type: 'cosine', rate: 1, final: 2, decaySteps: 1 }, RangeError, 'final must lie in 0..rate');
});

test.run();
