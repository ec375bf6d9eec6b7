import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  balancedWeights,
  checkClassWeights,
  countClasses,
  MOST_WEIGHT,
  rowWeights,
} from '../../src/model/class-weights.js';

const test = suite('class weights');

test('balanced weights give every class the same sum over its rows but for 64ths, and those of no row 1', () => {
  const counts = [10, 30, 60];
  const weights = balancedWeights(counts);
  weights.forEach((weight, c) => {
    assert.ok(Math.abs(weight - 100 / 3 / counts[c]) <= 1 / 128);
    assert.ok(Number.isInteger(weight * 64));
  });
  assert.equal(balancedWeights([4, 0, 4]), [43 / 64, 1, 43 / 64]);
  assert.equal(balancedWeights([990, 10]), [32 / 64, 50]);
  assert.is(balancedWeights([1, 1, 1, 1, 10_000])[4], 13 / 64);
  assert.is(balancedWeights([1, 9999])[0], MOST_WEIGHT);
});

test('rows are counted and weighted by their class, one-hot or 0 and 1', () => {
  const oneHot = [1, 0, 0, 0, 0, 1, 0, 0, 1];
  assert.equal(countClasses(oneHot, 3), [1, 0, 2]);
  assert.equal([...rowWeights(oneHot, 3, [2, 3, 5])], [2, 5, 5]);
  assert.equal(countClasses([0, 1, 1, 0, 0], 1), [3, 2]);
  assert.equal([...rowWeights([0, 1, 1], 1, [0.5, 4])], [0.5, 4, 4]);
});

test('what are no weights is refused', () => {
  const refused = (weights: unknown, message: RegExp) => {
    try {
      checkClassWeights('weights', weights, 2);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, message);
    }
  };
  refused([1], /weights: expected a weight for each of 2 classes, got 1/);
  refused([1, -1], /numbers from 0 to 60, got -1/);
  refused([1, 61], /numbers from 0 to 60, got 61/);
  refused([1, Number.NaN], /weights/);
  refused([1, '2'], /weights/);
  refused('balanced', /weights/);
  refused([0, 0], /nothing is left to train on/);
  checkClassWeights('weights', [0, 60], 2);
});

test.run();
