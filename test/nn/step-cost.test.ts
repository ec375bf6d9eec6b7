/**
 * What whole networks cost a step: the summary's rounds and bytes equal the ledger's for every loss, adam, batch
 * normalization and a deep convolutional network, and the paper's second network stays within its bounds.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lenet } from '../../src/jobs/networks.js';
import type { LayerConfig, ModelConfig } from '../../src/model/config.js';
import {
  adam,
  averagePooling2d,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2d,
  maxPooling2d,
  momentum,
  sgd,
} from '../../src/model/describe.js';
import type { LossName } from '../../src/model/losses.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';

import { spansOf } from '../../src/nn/delay.js';
import { DelayedUpdate } from '../../src/nn/delayed-update.js';
import { scalesOf, typicalStep } from '../../src/nn/step-plan.js';
import { formatSummary, type Summary, summarize } from '../../src/nn/summary.js';
import type { Cost } from '../../src/protocol/cost.js';
import { rescaleNarrowCost } from '../../src/protocol/truncate.js';
import { sequential } from '../../src/session/sequential.js';
import { sizeOf } from '../../src/shape.js';
import { drawn, SteppedModel } from '../world/model-steps.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting, partiesOf } from '../world/settings.js';

interface Case {
  readonly config: ModelConfig;
  readonly loss?: LossName;
  readonly optimizer?: OptimizerConfig;
  readonly batchSize: number;
}

const rate = { learningRate: 0.5 };
const images = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [8, 8, 1], layers });
const rows = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [13], layers });
const hidden = dense({ units: 16, activation: 'relu' });

const CASES: Record<string, Case> = {
  'dense layers': {
    config: rows(hidden, dense({ units: 12, activation: 'relu' }), dense({ units: 3 })),
    batchSize: 8,
  },
  'sigmoid, dropout and momentum': {
    config: rows(dense({ units: 16, activation: 'sigmoid' }), dropout({ rate: 0.3 }), dense({ units: 3 })),
    optimizer: momentum({ ...rate, nesterov: true, weightDecay: 0.1, clipValue: 1 }),
    batchSize: 5,
  },
  'softmax cross-entropy': {
    config: rows(hidden, dense({ units: 10, activation: 'softmax' })),
    loss: 'softmaxCrossEntropy',
    batchSize: 6,
  },
  'sigmoid cross-entropy and leaky relu': {
    config: rows(dense({ units: 9, activation: 'leakyRelu' }), dense({ units: 2 })),
    loss: 'sigmoidCrossEntropy',
    batchSize: 7,
  },
  hinge: { config: rows(hidden, dense({ units: 3 })), loss: 'hinge', batchSize: 9 },
  'convolutions and pooling': {
    config: images(
      conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
      averagePooling2d(),
      conv2d({ filters: 4, kernelSize: 2, padding: 'same', activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 3 }),
    ),
    batchSize: 4,
  },
  'the least rate behind guard bits, which takes a round more': {
    config: images(averagePooling2d(), flatten(), dense({ units: 2 }), dropout({ rate: 0.2 })),
    optimizer: sgd({ learningRate: 2 ** -13 }),
    batchSize: 4,
  },
  'weight decay rounded beside the update': {
    config: rows(hidden, dense({ units: 3 })),
    optimizer: sgd({ learningRate: 0.5, weightDecay: 0.5 }),
    batchSize: 8,
  },
  'weight decay rounded with the update': {
    config: rows(hidden, dense({ units: 3 })),
    optimizer: sgd({ learningRate: 0.5, weightDecay: 0.01 }),
    batchSize: 8,
  },
  'batch normalization and global pooling': {
    config: images(
      conv2d({ filters: 3, kernelSize: 3, strides: 2 }),
      batchNormalization(),
      globalAveragePooling2d(),
      dense({ units: 3 }),
    ),
    batchSize: 8,
  },
};

/** What a real step costs, the mean of those whose first layer is updated together, and a real prediction. */
function measure(
  world: Parties,
  { config, loss = 'meanSquaredError', optimizer = sgd(rate), batchSize }: Case,
): { step: Cost; prediction: Cost } {
  const plan = planModel(config);
  const secure = new SteppedModel(world, config, initialWeights(plan, 1));
  const { delay, gradientFraction: gradients } = scalesOf(plan, optimizer, settingOf(world), batchSize);
  const count = delay?.steps ?? 1;
  const total = count * batchSize;
  const x = secure.rows(drawn(world, total * sizeOf(config.inputShape), 1), total, config.inputShape);
  const outputs = plan.outputShape;
  const t = secure.targets(
    Array.from({ length: batchSize * outputs[0] }, (_, i) => (i % outputs[0] === 0 ? 1 : 0)),
    batchSize,
    outputs[0],
    loss,
    gradients,
  );
  const step = typicalStep({ optimizer, loss }, outputs[0], batchSize);
  const pass = { training: true, step: 0, seed: 1 };
  const training = { loss, optimizer, step, pass, gradientFraction: gradients };
  const batches = Array.from({ length: count }, () => new Uint32Array(batchSize));
  const [span] = spansOf(new Array(count).fill(step.exponent), delay);
  assert.is(span.count, count);
  const updates = world.each((rt, role) => new DelayedUpdate(rt, x[role], batches, span));
  const batch = () => world.each((_rt, role) => updates[role].rows(x[role].shape));
  return {
    prediction: world.run((_rt, role) => secure.models[role].forward(batch()[role])).cost,
    step: meanOf(batches.map(() => secure.step(batch(), t, training, count > 1 ? updates : null).cost)),
  };
}

const meanOf = (costs: readonly Cost[]): Cost => {
  const mean = (of: 'rounds' | 'online' | 'dealt') =>
    costs.reduce((sum, cost) => sum + cost[of], 0) / costs.length;
  return { rounds: mean('rounds'), online: mean('online'), dealt: mean('dealt') };
};

const settingOf = ({ bits, fraction, parties }: Parties) => ({
  ring: bits,
  fractionBits: fraction,
  parties: parties.length,
});

const summaryOf = (world: Parties, { config, loss, optimizer, batchSize }: Case): Summary =>
  summarize(planModel(config), {
    ...settingOf(world),
    batchSize,
    loss: loss ?? 'meanSquaredError',
    optimizer: optimizer ?? sgd(rate),
  });

const bytesOf = ({ rounds, online, dealt }: Cost): Cost => ({ rounds, online, dealt });

for (const [name, made] of Object.entries(CASES)) {
  test(`${name}: the summary's step and prediction equal the ledger`, () => {
    inEverySetting((world, where) => {
      const { step, prediction } = measure(world, made);
      const summary = summaryOf(world, made);
      assert.equal(bytesOf(summary.step), step, `${where}: step`);
      assert.equal(bytesOf(summary.prediction), prediction, `${where}: prediction`);
    });
  });
}

test('adam in ring 64: the summary equals the ledger', () => {
  for (const parties of [2, 3]) {
    const world = partiesOf(parties, 64);
    world.scoped(() => {
      for (const optimizer of [adam(), adam({ clipValue: 0.25, weightDecay: 0.1 })]) {
        const made: Case = { config: rows(hidden, dense({ units: 3 })), optimizer, batchSize: 8 };
        const { step } = measure(world, made);
        assert.equal(bytesOf(summaryOf(world, made).step), step, `${parties} parties`);
        // 7 forward, 2 back to the first layer, whose update takes 4 for the clip and 15 (16 from the second step on)
        assert.is(step.rounds, 28);
      }
    });
  }
});

test('weight decay takes no round more: a word online, a word and B(d) dealt a weight, or nothing at all', () => {
  inEverySetting((world, where) => {
    const { fraction, setting } = world;
    const made: Case = { config: rows(dense({ units: 3 })), batchSize: 8 };
    const costOf = (weightDecay: number) =>
      measure(world, { ...made, optimizer: sgd({ learningRate: 0.5, weightDecay }) }).step;
    const plain = costOf(0);
    assert.equal(costOf(0.01), plain, `${where}: with the update`);
    const weights = 14 * 3;
    const beside = rescaleNarrowCost(setting, weights, fraction + 2);
    // ηλ is 2^-2, so that the factor is 2^f at the shift f + 2
    assert.equal(
      costOf(0.5),
      {
        rounds: plain.rounds,
        online: plain.online + beside.online,
        dealt: plain.dealt + beside.dealt,
      },
      `${where}: beside it`,
    );
  });
});

const dense784 = (...hiddenUnits: number[]): ModelConfig => ({
  inputShape: [784],
  layers: [...hiddenUnits.map((units) => dense({ units, activation: 'relu' })), dense({ units: 10 })],
});

/** The network of the paper's second experiment. */
const wide: Case = { config: dense784(128, 64), batchSize: 64 };

const slow = sgd({ learningRate: 0.125 });

/** What a step takes by the ledger, two parties, ring 32. */
for (const [name, made, expected] of [
  [
    '784-128-64-10 at batch 16',
    { config: dense784(128, 64), optimizer: slow, batchSize: 16 },
    { rounds: 15, online: 181_289, dealt: 364_870 },
  ],
  [
    '784-128-64-10 at batch 64',
    { config: dense784(128, 64), optimizer: slow, batchSize: 64 },
    { rounds: 16, online: 419_369, dealt: 923_846 },
  ],
  [
    '784-128-128-10 at batch 128',
    { config: dense784(128, 128), optimizer: slow, batchSize: 128 },
    { rounds: 16, online: 937_000, dealt: 2_151_750 },
  ],
  [
    'LeNet at batch 32',
    {
      config: { inputShape: [28, 28, 1], layers: lenet([28, 28, 1], 10) },
      loss: 'softmaxCrossEntropy',
      optimizer: slow,
      batchSize: 32,
    },
    { rounds: 53, online: 2_567_129, dealt: 6_362_582 },
  ],
] as readonly [string, Case, Cost][]) {
  test(`what a step of ${name} sends to a peer and is dealt`, () => {
    const world = partiesOf(2, 32);
    world.scoped(() => {
      const { step } = measure(world, made);
      assert.equal(step, expected);
      assert.equal(bytesOf(summaryOf(world, made).step), step);
    });
  });
}

test('layers: shapes, parameters, and costs that add up to the step, but for the rounds that updates share', () => {
  const world = partiesOf(2, 32);
  const summary = summaryOf(world, wide);
  assert.equal(
    summary.layers.map(({ outputShape }) => [...outputShape]),
    [[128], [64], [10]],
  );
  assert.equal(
    summary.layers.map(({ parameters }) => parameters),
    [785 * 128, 129 * 64, 65 * 10],
  );
  assert.is(summary.parameters, 785 * 128 + 129 * 64 + 65 * 10);
  for (const key of ['dealt', 'multiplyAdds'] as const) {
    const sum = summary.layers.reduce(
      (total, { forward, backward }) => total + forward[key] + backward[key],
      0,
    );
    // the outputs are rescaled for the loss after the last layer
    assert.ok(
      sum <= summary.step[key] && sum > 0.95 * summary.step[key],
      `${key}: ${sum}, ${summary.step[key]}`,
    );
  }
});

test('multiply-adds: a product a party (of three parties, two) forward, and as many for the gradients of weights and of inputs', () => {
  const products = [784 * 128, 128 * 64, 64 * 10].map((n) => 64 * n);
  // two parties update the first layer every other step, in which the rows meet those of the step before
  const blocks = (64 * 64) / 2;
  for (const [parties, each] of [
    [2, 1],
    [3, 2],
  ] as const) {
    const summary = summaryOf(partiesOf(parties, 32), wide);
    assert.equal(
      summary.layers.map(({ forward }) => forward.multiplyAdds),
      products.map((n, l) => each * n + (l === 0 && parties === 2 ? blocks * 128 : 0)),
    );
    assert.equal(
      summary.layers.map(({ backward }) => backward.multiplyAdds),
      products.map((n, l) => (l === 0 ? each * n + (parties === 2 ? blocks * 784 : 0) : 2 * each * n)),
    );
  }
});

test('summary() of a model is a table with a line for each layer, the step and the prediction', () => {
  const model = sequential([dense({ units: 16, inputShape: [13], activation: 'relu' }), dense({ units: 3 })]);
  const summary = model.summary({ batchSize: 8, ring: 32 });
  const table = String(summary);
  assert.is(table, formatSummary(summary));
  assert.match(table, /batch 8, ring 32 with 12 fraction bits, 2 parties/);
  assert.is(table.split('\n').filter((line) => line.startsWith('dense')).length, 2);
  assert.match(table, /a step +275 +10 /);
  assert.match(table, /a prediction +275 +6 /);
});

test('what a ring cannot hold is refused with what to change', () => {
  const model = sequential([dense({ units: 3, inputShape: [13] })]);
  model.compile({ optimizer: adam(), loss: 'meanSquaredError' });
  assert.throws(
    () => model.summary({ ring: 32 }),
    (error: unknown) => error instanceof RangeError && /ring: 64/.test(error.message),
  );
  assert.ok(model.summary({ ring: 64 }).step.rounds > 0);
});

test.run();
