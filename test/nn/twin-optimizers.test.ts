/**
 * Every optimizer: steps on shares equal their clear twin's bit for bit. Of adam, 1/√(v̂ + ε²) is held to its error bound
 * and everything else is exact; twins/twin-case.ts says what that means. Adam is refused in ring 32
 * (adam.test.ts).
 */
import { test } from 'uvu';
import { adam, momentum, sgd } from '../../src/model/describe.js';
import { equalsTheTwin, hidden, rate, type TwinCase } from '../twins/twin-case.js';

const CASES: readonly TwinCase[] = [
  { name: 'momentum', config: hidden, optimizer: momentum({ ...rate, momentum: 0.75 }) },
  { name: 'nesterov', config: hidden, optimizer: momentum({ ...rate, momentum: 0.875, nesterov: true }) },
  { name: 'weightDecay, rounded alone', config: hidden, optimizer: sgd({ ...rate, weightDecay: 0.125 }) },
  {
    name: 'weightDecay, rounded with the step',
    config: hidden,
    optimizer: sgd({ ...rate, weightDecay: 0.01 }),
  },
  { name: 'weightDecay of a few units', config: hidden, optimizer: sgd({ ...rate, weightDecay: 2 ** -15 }) },
  {
    name: 'momentum with weightDecay, which the momentum never sees',
    config: hidden,
    optimizer: momentum({ ...rate, momentum: 0.75, weightDecay: 0.25 }),
  },
  {
    name: 'nesterov with weightDecay and clipValue',
    config: hidden,
    optimizer: momentum({ ...rate, nesterov: true, weightDecay: 0.1, clipValue: 0.0625 }),
  },
  { name: 'clipValue', config: hidden, optimizer: sgd({ ...rate, clipValue: 0.03 }) },
  ...[
    adam(rate),
    adam({ ...rate, beta1: 0.5, beta2: 0.75, epsilon: 2 ** -8 }),
    adam({ ...rate, weightDecay: 0.125 }),
    adam({ ...rate, weightDecay: 0.5 }),
    adam({ ...rate, clipValue: 0.03 }),
    adam({ ...rate, weightDecay: 0.3, clipValue: 0.01, beta1: 0 }),
  ].map((optimizer) => ({
    name: JSON.stringify(optimizer),
    config: hidden,
    optimizer,
    ring: 64 as const,
    steps: 3,
  })),
];

for (const made of CASES) {
  test(`${made.name}: steps on shares equal the clear twin's, bit for bit`, () => equalsTheTwin(made));
}

test.run();
