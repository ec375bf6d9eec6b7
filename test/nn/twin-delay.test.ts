/**
 * Trainings whose first layer is updated once in several steps equal their clear twin's, which makes its spans from their
 * definition (twins/delay-twin.ts), bit for bit.
 */
import { test } from 'uvu';
import { cosineDecay, dense, flatten, sgd } from '../../src/model/describe.js';
import { type FitCase, fitEqualsTheTwin } from '../twins/fit-case.js';
import { hidden, images, rows } from '../twins/twin-case.js';

const steady = sgd({ learningRate: 0.03125 });

const CASES: readonly FitCase[] = [
  { name: 'two steps together', config: hidden, optimizer: steady, delay: { steps: 2, drop: 0 } },
  { name: 'three, a short one last', config: hidden, optimizer: steady, delay: { steps: 3, drop: 0 } },
  { name: 'inputs rounded', config: hidden, optimizer: steady, delay: { steps: 3, drop: 5 } },
  {
    name: 'rates that alternate between powers of two, in the order of the rows',
    config: hidden,
    optimizer: sgd({ learningRate: 0.045 }),
    shuffle: false,
    delay: { steps: 4, drop: 2 },
  },
  {
    name: 'rates that fall too fast for some steps',
    config: hidden,
    optimizer: sgd({ learningRate: cosineDecay({ rate: 0.0625, final: 0.001, decaySteps: 5 }) }),
    delay: { steps: 3, drop: 1 },
  },
  {
    name: 'no hidden layer, under softmax',
    config: rows(dense({ units: 3, activation: 'softmax' })),
    loss: 'softmaxCrossEntropy',
    optimizer: steady,
    delay: { steps: 3, drop: 3 },
  },
  {
    name: 'images, laid flat',
    config: images(flatten(), dense({ units: 5, activation: 'relu' }), dense({ units: 2 })),
    optimizer: sgd({ learningRate: 0.0078125 }),
    delay: { steps: 2, drop: 4 },
  },
];

for (const made of CASES) {
  test(`${made.name}: a fit on shares equals the clear twin's, bit for bit`, () => fitEqualsTheTwin(made));
  test(`${made.name}: the same where every epoch is taken up from a saved model`, () =>
    fitEqualsTheTwin({ ...made, resumed: true }));
}

test.run();
