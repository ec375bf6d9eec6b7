import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkOptimizer, clipValueOf, type OptimizerConfig } from '../../src/model/optimizers.js';

const sgd = { type: 'sgd', learningRate: 0.5 };
const momentum = { type: 'momentum', learningRate: 0.5, momentum: 0.9, nesterov: false };
const adam = { type: 'adam', learningRate: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

test('descriptions that make sense pass', () => {
  for (const optimizer of [sgd, momentum, adam]) {
    checkOptimizer(optimizer);
    checkOptimizer({ ...optimizer, weightDecay: 0, clipValue: 0.5 });
    checkOptimizer({ ...optimizer, weightDecay: 2 });
    checkOptimizer({ ...optimizer, learningRate: { type: 'constant', rate: 0.5 }, weightDecay: 2 });
  }
});

test('adam clips to 1 where its description says nothing, the others do not clip', () => {
  assert.is(clipValueOf(adam as OptimizerConfig), 1);
  assert.is(clipValueOf({ ...adam, clipValue: 0.5 } as OptimizerConfig), 0.5);
  assert.is(clipValueOf(sgd as OptimizerConfig), Infinity);
});

test('others are refused by kind and by value', () => {
  const refused = (value: unknown, kind: typeof TypeError | typeof RangeError, text: string) => {
    try {
      checkOptimizer(value);
    } catch (error) {
      assert.instance(error, kind);
      assert.match((error as Error).message, text);
      return;
    }
    assert.unreachable(text);
  };
  refused(null, TypeError, 'must be a description');
  refused('sgd', TypeError, 'must be a description');
  refused({ type: 'rmsprop', learningRate: 1 }, RangeError, 'unknown optimizer "rmsprop"; known are sgd');
  refused({ type: 'sgd' }, TypeError, 'learningRate must be a number or a schedule');
  refused({ ...sgd, weightDecay: -1 }, RangeError, 'weightDecay must be 0 or more');
  refused({ ...sgd, weightDecay: 2.5 }, RangeError, 'times the learning rate at most 1');
  refused({ ...sgd, weightDecay: '1' }, TypeError, 'weightDecay must be a number');
  refused({ ...sgd, clipValue: 0 }, RangeError, 'clipValue must be positive');
  refused({ ...sgd, clipValue: Infinity }, RangeError, 'clipValue must be positive');
  refused({ ...adam, clipValue: Infinity }, RangeError, 'clipValue must be at most √2 (1.4142) for adam');
  refused({ ...adam, clipValue: 1.4143 }, RangeError, 'the squares of larger gradients leave the ring');
  refused({ ...adam, clipValue: 0 }, RangeError, 'clipValue must be positive');
  refused({ ...adam, clipValue: null }, TypeError, 'clipValue must not be null');
  refused({ ...adam, clipValue: '1' }, TypeError, 'clipValue must be a number');
  refused({ ...adam, nesterov: true }, TypeError, 'optimizer adam: unknown option "nesterov" (known: type');
  refused({ ...momentum, momentum: 1 }, RangeError, 'momentum must be 0 or more and below 1');
  refused({ ...momentum, nesterov: 1 }, TypeError, 'nesterov must be true or false');
  refused({ ...adam, beta1: 1 }, RangeError, 'beta1 must be 0 or more and below 1');
  refused({ ...adam, beta2: undefined }, TypeError, 'beta2 must be a number');
  refused({ ...adam, epsilon: 0 }, RangeError, 'epsilon must be positive');
});

test.run();
