/** What the provider deals goes to the parties in turn: no line carries twice another's bytes, and all of them what one did. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lenet } from '../../src/jobs/networks.js';
import type { ModelConfig } from '../../src/model/config.js';
import { dense, sgd } from '../../src/model/describe.js';
import type { LossName } from '../../src/model/losses.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { gradientFraction } from '../../src/nn/scales.js';
import { typicalStep } from '../../src/nn/step-plan.js';
import { sizeOf } from '../../src/shape.js';
import { drawn, SteppedModel } from '../world/model-steps.js';
import { Parties } from '../world/parties.js';
import { RINGS } from '../world/ring.js';

const ROWS = 8;
const CLASSES = 10;
const optimizer = sgd({ learningRate: 0.125 });

const NETWORKS: Record<string, { config: ModelConfig; loss: LossName }> = {
  LeNet: {
    config: { inputShape: [28, 28, 1], layers: lenet([28, 28, 1], CLASSES) },
    loss: 'softmaxCrossEntropy',
  },
  '784-128-64-10': {
    config: {
      inputShape: [784],
      layers: [...[128, 64].map((units) => dense({ units, activation: 'relu' })), dense({ units: CLASSES })],
    },
    loss: 'meanSquaredError',
  },
};

/** The bytes of some steps on each line from the provider, by its own count and by the parties', and what one step is dealt. */
function linesOf(world: Parties, { config, loss }: (typeof NETWORKS)[string], steps: number) {
  const plan = planModel(config);
  const model = new SteppedModel(world, config, initialWeights(plan, 1));
  const x = model.rows(drawn(world, ROWS * sizeOf(config.inputShape), 1), ROWS, config.inputShape);
  const gradients = gradientFraction(world.bits, world.fraction, ROWS);
  const labels = Array.from({ length: ROWS * CLASSES }, (_, i) => (i % CLASSES === 0 ? 1 : 0));
  const t = model.targets(labels, ROWS, CLASSES, loss, gradients);
  for (const rt of world.roles) rt.lines.fill(0);
  const before = world.parties.map((rt) => rt.ledger.totals().dealt);
  const costs = Array.from({ length: steps }, (_, step) =>
    model.step(x, t, {
      loss,
      optimizer,
      step: typicalStep({ optimizer, loss }, CLASSES, ROWS),
      pass: { training: true, step, seed: 1 },
      gradientFraction: gradients,
    }),
  );
  const received = world.parties.map((rt, i) => rt.ledger.totals().dealt - before[i]);
  assert.equal(received, [...world.provider.lines]);
  return { received, dealt: costs[0].cost.dealt };
}

for (const [name, network] of Object.entries(NETWORKS)) {
  for (const bits of RINGS) {
    for (const parties of [2, 3]) {
      // a dense step is dealt half of its bytes at once, for the first layer's weights
      const steps = parties === 3 && name !== 'LeNet' ? 3 : 1;
      test(`steps of ${name} in ring ${bits}, ${parties} parties: no line carries twice another's bytes`, () => {
        const even = linesOf(new Parties({ parties, bits }), network, steps);
        const one = linesOf(new Parties({ parties, bits, oneLine: true }), network, 1);
        assert.equal(one.received, [...Array(parties - 1).fill(0), one.dealt]);
        assert.is(even.dealt, one.dealt);
        assert.ok(Math.max(...even.received) < 2 * Math.min(...even.received), `${even.received} bytes`);
      });
    }
  }
}

test.run();
