/**
 * Every loss but meanSquaredError, which most other cases train with: steps on shares equal their clear twin's bit for
 * bit. What a cross-entropy takes of softmax or sigmoid is held to its error bound and everything else is exact;
 * support/twin-case.ts says what that means.
 */
import { test } from 'uvu';
import type { Activation } from '../../src/nn/config.js';
import { dense } from '../../src/nn/describe.js';
import { equalsTheTwin, hidden, rows, type TwinCase } from '../support/twin-case.js';

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

test.run();
