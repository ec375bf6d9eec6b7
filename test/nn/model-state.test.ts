/** What a model's state is, what saving and restoring it costs, and what is refused. That trainings go on bit for bit: twin-fit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ModelConfig } from '../../src/model/config.js';
import { adam, batchNormalization, dense, momentum, sgd } from '../../src/model/describe.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { restoreState, type SavedState, saveState } from '../../src/nn/model-state.js';
import type { Masked, Share } from '../../src/party/values.js';
import { restoreCost, saveCost } from '../../src/protocol/saved.js';
import { drawn, drawnWeights, SteppedModel } from '../world/model-steps.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

const config: ModelConfig = {
  inputShape: [3],
  layers: [dense({ units: 4, activation: 'relu' }), batchNormalization(), dense({ units: 2 })],
};
/** Trained numbers of the model, and all that it has. */
const [TRAINED, ALL] = [16 + 8 + 10, 16 + 16 + 10];

const OPTIMIZERS: Record<string, { optimizer: OptimizerConfig; shares: number; masked: number; ring?: 64 }> =
  {
    sgd: { optimizer: sgd({ learningRate: 0.5 }), shares: 0, masked: 0 },
    momentum: { optimizer: momentum({ learningRate: 0.5 }), shares: TRAINED, masked: 0 },
    nesterov: { optimizer: momentum({ learningRate: 0.5, nesterov: true }), shares: TRAINED, masked: 0 },
    adam: { optimizer: adam({ learningRate: 0.5 }), shares: 0, masked: 2 * TRAINED, ring: 64 },
  };

/** A model after two steps. */
function trained(world: Parties, optimizer: OptimizerConfig): SteppedModel {
  const model = new SteppedModel(world, config, drawnWeights(world, config, 0.5));
  const x = model.rows(drawn(world, 12, 1), 4, [3]);
  const g = world.fraction - 3;
  const t = model.targets(drawn(world, 8, 1), 4, 2, 'meanSquaredError', g);
  for (const count of [1, 2]) {
    const step = { rate: 0.5, previousRate: 0.5, exponent: 3, mean: 1 / 8, count };
    const pass = { training: true, step: count - 1, seed: 1 };
    model.step(x, t, { loss: 'meanSquaredError', optimizer, step, pass, gradientFraction: g });
  }
  return model;
}

/** All that a model holds, by place, as integers. */
function contents({ models, world }: SteppedModel): Record<string, bigint[]> {
  const all: Record<string, bigint[]> = {};
  models[0].kept.forEach(({ name, state }, p) => {
    const at = models.map((model) => model.kept[p]);
    all[name] = world.opened(at.map(({ value }) => value));
    for (const key of state.keys()) {
      const values = at.map((parameter) => parameter.state.get(key));
      const read =
        values[0]?.kind === 'share' ? world.joined(values as Share[]) : world.opened(values as Masked[]);
      all[`${name}: ${key}`] = read;
    }
  });
  return all;
}

const save = ({ models, world }: SteppedModel) => world.run((rt, role) => saveState(rt, models[role]));
const restore = (
  { models, world }: SteppedModel,
  optimizer: OptimizerConfig | null,
  states: readonly (SavedState | null)[],
) => world.run((rt, role) => restoreState(rt, models[role], optimizer, states[role]));

for (const [name, { optimizer, shares, masked, ring }] of Object.entries(OPTIMIZERS)) {
  test(`${name}: values and state are bit for bit what they were, at the declared cost`, () => {
    inEverySetting((world, where) => {
      if (ring && world.bits !== ring) return;
      const model = trained(world, optimizer);
      const before = contents(model);
      const { results: states, cost } = save(model);
      assert.equal(cost, saveCost(world.setting, shares), `${where}: saving`);
      assert.equal(contents(model), before, 'and saving changes nothing');
      assert.is(states[world.parties.length], null, 'the provider keeps nothing');
      const made = new SteppedModel(world, config, drawnWeights(world, config, 0.5));
      const back = restore(made, optimizer, states);
      assert.equal(back.cost, restoreCost(world.setting, ALL + masked), `${where}: restoring`);
      assert.equal(contents(made), before, where);
      assert.equal(Object.keys(before).length > 4, name !== 'sgd');
      // over a model that has come another way, too
      const other = trained(world, optimizer);
      restore(other, optimizer, states);
      assert.equal(contents(other), before, where);
    });
  });
}

test('what another optimizer left is part of the state, and comes back with it', () => {
  inEverySetting((world, where) => {
    const { optimizer } = OPTIMIZERS.momentum;
    const model = trained(world, optimizer);
    const { results: states } = save(model);
    const before = contents(model);
    const other = trained(world, optimizer);
    restore(other, sgd({ learningRate: 0.1 }), states); // a training by sgd behind one with momentum
    assert.equal(contents(other), before, where);
  });
});

test('what was saved of another model, or of another run, is refused', () => {
  inEverySetting((world) => {
    const model = trained(world, sgd({ learningRate: 0.5 }));
    const { results: states } = save(model);
    const short = states.map((state) => state && { ...state, words: state.words.subarray(4) });
    const [party] = world.parties;
    const restoring = (state: SavedState | null) => () =>
      restoreState(party, model.models[0], null, state).next();
    assert.throws(restoring(short[0]), /alice brought \d+ bytes, not \d+/);
    assert.throws(restoring(null), /alice brought 0 bytes/);
  });
});

test.run();
