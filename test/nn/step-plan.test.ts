/** The plan of a training's steps is what its definition says (twins/training-twin.ts), in every setting. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adam, cosineDecay, exponentialDecay, momentum, sgd, stepDecay } from '../../src/model/describe.js';
import { lossNames } from '../../src/model/losses.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import type { LearningRate } from '../../src/model/schedule.js';
import { Schedule, typicalStep } from '../../src/nn/step-plan.js';
import { trainingSteps } from '../twins/training-twin.js';
import { type Bits, RINGS } from '../world/ring.js';

const FRACTION = { 32: 12, 64: 20 } as const;
const UNITS = 3;

const RATES: Record<string, LearningRate> = {
  'a power of two': 0.25,
  'a rate between powers of two': 0.3,
  'a rate too small for ring 32': 0.8123 * 2 ** -14,
  'exponential decay': exponentialDecay({ rate: 0.7, decayRate: 0.5, decaySteps: 7 }),
  'exponential decay in stairs': exponentialDecay({
    rate: 0.7,
    decayRate: 0.5,
    decaySteps: 3,
    staircase: true,
  }),
  'steps by epochs': stepDecay({ rate: 0.7, factor: 0.5, every: 2 }),
  'a cosine to nothing': cosineDecay({ rate: 0.5, decaySteps: 17 }),
  'a cosine to a rate': cosineDecay({ rate: 0.5, final: 0.01, decaySteps: 9 }),
};

const OPTIMIZERS: readonly ((learningRate: LearningRate) => OptimizerConfig)[] = [
  (learningRate) => sgd({ learningRate }),
  (learningRate) => momentum({ learningRate }),
  (learningRate) => adam({ learningRate }),
];

for (const [name, learningRate] of Object.entries(RATES)) {
  test(`${name}: every step is planned as defined, over epochs with a short last batch`, () => {
    for (const bits of RINGS) {
      for (const make of OPTIMIZERS) {
        for (const [i, loss] of lossNames.entries()) {
          for (const batchSize of [4, 11]) compare(bits, make(learningRate), loss, batchSize, i % 2 === 0);
        }
      }
    }
  });
}

function compare(
  bits: Bits,
  optimizer: OptimizerConfig,
  loss: (typeof lossNames)[number],
  batchSize: number,
  shuffle: boolean,
): void {
  const training = { optimizer, loss, rows: 11, batchSize, epochs: 6, seed: 7, shuffle };
  const expected = trainingSteps(training, UNITS, bits, FRACTION[bits]);
  const schedule = new Schedule(bits, FRACTION[bits], UNITS);
  const steps = Array.from({ length: training.epochs }, (_, epoch) => {
    const { order, steps } = schedule.epoch(
      { ...training, epoch, gradientFraction: 9, delay: null },
      training.rows,
    );
    assert.equal(
      [...order],
      steps.flatMap(({ rows }) => [...rows]),
    );
    return steps;
  }).flat();
  const where = `ring ${bits}, ${optimizer.type}, ${loss}, batch ${batchSize}`;
  assert.is(steps.length, expected.length);
  for (const [i, { rows, plan }] of steps.entries()) {
    const { step, pass, ...rest } = plan;
    assert.equal(
      { rows: [...rows], plan: step, pass, epoch: expected[i].epoch },
      expected[i],
      `${where}, step ${i}`,
    );
    assert.equal(rest, { loss, optimizer, gradientFraction: 9 });
  }
}

test('where a rate is too small for the ring, steps of the least rate stand among steps that change nothing', () => {
  const optimizer = sgd({ learningRate: 2 ** -14 });
  const schedule = new Schedule(32, 12, UNITS);
  const settings = { optimizer, loss: 'meanSquaredError', epoch: 0, batchSize: 4, seed: 0 } as const;
  const { steps } = schedule.epoch({ ...settings, shuffle: false, gradientFraction: 9, delay: null }, 256);
  const exponents = steps.map(({ plan }) => plan.step.exponent);
  assert.equal([...new Set(exponents)], [null, 15]);
  const powers = new Schedule(32, 12, UNITS).epoch(
    { ...settings, loss: 'softmaxCrossEntropy', shuffle: false, gradientFraction: 9, delay: null },
    16,
  );
  const expected = [null, 15, null, 15]; // 2^−16 each
  assert.equal(
    powers.steps.map(({ plan }) => plan.step.exponent),
    expected,
  );
});

test('a typical step is the first of the power of two nearest to its rate, however small', () => {
  const typical = (optimizer: OptimizerConfig, batch = 8) =>
    typicalStep({ optimizer, loss: 'meanSquaredError' }, 2, batch);
  const mean = 1 / 8;
  const rate = 2 ** -4;
  const rest = { rate, previousRate: rate, mean, count: 1 };
  assert.equal(typical(sgd({ learningRate: rate })), { ...rest, exponent: 7 });
  assert.equal(typical(momentum({ learningRate: rate })), { ...rest, exponent: 7 });
  assert.equal(typical(adam({ learningRate: rate })), { ...rest, exponent: 4 });
  assert.is(typical(sgd({ learningRate: 2 ** -40 })).exponent, 43);
  assert.is(typical(sgd({ learningRate: stepDecay({ rate: 0.3 }) }), 1).exponent, 2);
});

test.run();
