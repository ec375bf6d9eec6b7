/**
 * Trainings of several epochs as fit makes them, with a short last batch, equal their clear twin's bit for bit: the roles
 * take their steps from src/nn/step-plan.ts, the twin computes its own (twins/training-twin.ts).
 */
import { test } from 'uvu';
import {
  adam,
  batchNormalization,
  cosineDecay,
  dense,
  dropout,
  exponentialDecay,
  momentum,
  sgd,
  stepDecay,
} from '../../src/model/describe.js';
import { type FitCase, fitEqualsTheTwin } from '../twins/fit-case.js';
import { hidden, rows } from '../twins/twin-case.js';

const decaying = exponentialDecay({ rate: 0.4, decayRate: 0.5, decaySteps: 4 });
const byEpoch = stepDecay({ rate: 0.3, factor: 0.5 });

const CASES: readonly FitCase[] = [
  { name: 'momentum at a rate that decays', config: hidden, optimizer: momentum({ learningRate: decaying }) },
  {
    name: 'nesterov with weight decay at a rate that falls by epochs',
    config: hidden,
    optimizer: momentum({ learningRate: byEpoch, momentum: 0.75, nesterov: true, weightDecay: 0.25 }),
  },
  { name: 'sgd at a rate between powers of two', config: hidden, optimizer: sgd({ learningRate: 0.3 }) },
  {
    name: 'sgd with weight decay and clipping along a cosine',
    config: hidden,
    optimizer: sgd({
      learningRate: cosineDecay({ rate: 0.5, final: 0.01, decaySteps: 7 }),
      weightDecay: 0.125,
      clipValue: 0.0625,
    }),
  },
  {
    name: 'momentum at a rate that ring 32 follows in some steps only',
    config: hidden,
    optimizer: momentum({
      learningRate: exponentialDecay({ rate: 2 ** -12, decayRate: 0.5, decaySteps: 6 }),
    }),
  },
  {
    name: 'dropout in the order of the rows',
    config: rows(dense({ units: 6, activation: 'relu' }), dropout({ rate: 0.5 }), dense({ units: 3 })),
    optimizer: sgd({ learningRate: 0.25 }),
    shuffle: false,
  },
  {
    name: 'batch normalization under a cross-entropy',
    config: rows(dense({ units: 6 }), batchNormalization({ momentum: 0.75 }), dense({ units: 3 })),
    loss: 'hinge',
    optimizer: momentum({ learningRate: byEpoch }),
  },
  {
    name: 'adam at a rate that decays',
    config: hidden,
    optimizer: adam({ learningRate: exponentialDecay({ rate: 0.1, decayRate: 0.5, decaySteps: 4 }) }),
    ring: 64,
  },
  {
    name: 'adam with weight decay and dropout at a rate that falls by epochs',
    config: rows(dense({ units: 6, activation: 'relu' }), dropout({ rate: 0.3 }), dense({ units: 3 })),
    optimizer: adam({ learningRate: stepDecay({ rate: 0.125 }), beta1: 0.5, beta2: 0.75, weightDecay: 0.5 }),
    ring: 64,
  },
];

for (const made of CASES) {
  test(`${made.name}: the same where every epoch is taken up from a saved model`, () =>
    fitEqualsTheTwin({ ...made, resumed: true }));
  test(`${made.name}: a fit on shares equals the clear twin's, bit for bit`, () => fitEqualsTheTwin(made));
}

test.run();
