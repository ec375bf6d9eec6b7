/**
 * Every activation but linear and relu, which the layers' tests hold: steps on shares equal their clear twin's bit for
 * bit. Values of sigmoid, tanh and softmax and slopes of the first two are held to their error bounds and everything else
 * is exact; twins/twin-case.ts says what that means.
 */
import { test } from 'uvu';
import type { Activation } from '../../src/model/config.js';
import { activation as activationLayer, dense, leakyRelu } from '../../src/model/describe.js';
import { equalsTheTwin, rows, type TwinCase } from '../twins/twin-case.js';

const CASES: readonly TwinCase[] = [
  {
    name: 'leakyRelu',
    config: rows(
      dense({ units: 6, activation: leakyRelu(0.25) }),
      dense({ units: 5, activation: 'leakyRelu' }),
      dense({ units: 3 }),
    ),
  },
  ...(
    [
      'square',
      { polynomial: [0.5, 0.5, 0.125] },
      { polynomial: [0.3, 0.6, 0.2] },
      { polynomial: [0.1, 0.5, 0.25, -1 / 12] },
      'sigmoid',
      'tanh',
    ] as const satisfies Activation[]
  ).map((activation) => ({
    name: typeof activation === 'string' ? activation : `polynomial ${activation.polynomial}`,
    config: rows(
      dense({ units: 6, activation }),
      dense({ units: 5 }),
      activationLayer({ activation }),
      dense({ units: 3, activation }),
    ),
  })),
  {
    name: 'polynomial of degree 5',
    config: rows(
      dense({ units: 6, activation: { polynomial: [0.1, 0.6, 0.2, -0.05, 0.01, 0.002] } }),
      dense({ units: 3 }),
    ),
    ring: 64,
  },
  {
    name: 'softmax, which training leaves to the loss',
    config: rows(dense({ units: 6, activation: 'tanh' }), dense({ units: 5, activation: 'softmax' })),
    loss: 'softmaxCrossEntropy',
  },
];

for (const made of CASES) {
  test(`${made.name}: steps on shares equal the clear twin's, bit for bit`, () => equalsTheTwin(made));
}

test.run();
