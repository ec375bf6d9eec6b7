/**
 * Sessions that ask for few rounds: the same steps as the clear twin's, bit for bit, in as many rounds less as there are relus on
 * the way.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { activation, conv2d, dense, flatten, maxPooling2d, momentum, sgd } from '../../src/model/describe.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';
import { summarize } from '../../src/nn/summary.js';
import { fitEqualsTheTwin } from '../twins/fit-case.js';
import { equalsTheTwin, hidden, images, rows, type TwinCase } from '../twins/twin-case.js';
import { RINGS } from '../world/ring.js';

const relu = (units: number) => dense({ units, activation: 'relu' });
const pooled = [maxPooling2d(), flatten(), dense({ units: 3 })];

const CASES: readonly TwinCase[] = [
  { name: 'relu of a dense layer', config: hidden },
  { name: 'two relus', config: rows(relu(6), relu(5), dense({ units: 3 })), steps: 3 },
  {
    name: 'relu under max pooling',
    config: images(conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' }), ...pooled),
  },
  {
    name: 'relu of values that are masked already, which takes as many rounds as ever',
    config: images(
      conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
      activation({ activation: 'relu' }),
      ...pooled,
    ),
  },
];

for (const made of CASES) {
  test(`${made.name}: steps on shares equal the clear twin's, bit for bit`, () =>
    equalsTheTwin({ ...made, fewRounds: true }));
}

test('a fit with delayed updates equals the clear twin’s, bit for bit, taken up or not', () => {
  const made = {
    name: 'delayed',
    config: hidden,
    optimizer: sgd({ learningRate: 0.03125 }),
    delay: { steps: 3, drop: 5 },
    fewRounds: true,
  };
  fitEqualsTheTwin(made);
  fitEqualsTheTwin({ ...made, resumed: true });
});

test('a step of 784-128-64-10 takes 14 rounds instead of 16, or 13 on the average with delayed updates', () => {
  const plan = planModel({ inputShape: [784], layers: [relu(128), relu(64), dense({ units: 10 })] });
  const [plain, heavy] = [sgd({ learningRate: 0.0625 }), momentum({ learningRate: 0.0625 })];
  const costs = (ring: 32 | 64, parties: number, optimizer: OptimizerConfig) =>
    [false, true].map((fewRounds) => {
      const setting = { ring, fractionBits: ring === 32 ? 12 : 20, parties, batchSize: 16, fewRounds };
      return summarize(plan, { ...setting, loss: 'meanSquaredError', optimizer });
    });
  const rounds = (optimizer: OptimizerConfig) => costs(32, 2, optimizer).map(({ step }) => step.rounds);
  assert.equal(
    [rounds(heavy), rounds(plain)],
    [
      [16, 14],
      [15, 13],
    ],
  );
  for (const ring of RINGS) {
    for (const parties of [2, 3]) {
      const [usual, few] = costs(ring, parties, plain);
      const where = `ring ${ring}, ${parties} parties`;
      assert.is(few.together, usual.together, where);
      assert.is(usual.step.rounds - few.step.rounds, 2, where);
      assert.is(usual.prediction.rounds - few.prediction.rounds, 2, where);
      const dealt = (few.step.dealt - usual.step.dealt) / (16 * (128 + 64));
      assert.ok(dealt > 72 && dealt < 95, `${where}: ${dealt} bytes more a value`);
    }
  }
});

test.run();
