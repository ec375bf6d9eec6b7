import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Activation, ModelConfig } from '../../src/model/config.js';
import { activation, dense, flatten } from '../../src/model/describe.js';
import {
  checkLoss,
  decisionThreshold,
  foldedActivation,
  lossNames,
  withLogits,
} from '../../src/model/losses.js';
import { planModel } from '../../src/model/plan.js';

const ending = (last: Activation): ModelConfig => ({
  inputShape: [4],
  layers: [dense({ units: 3, activation: 'relu' }), dense({ units: 3, activation: last })],
});

test('a cross-entropy contains the activation it is made for, and no other', () => {
  assert.is(foldedActivation(planModel(ending('softmax')), 'softmaxCrossEntropy'), 'softmax');
  assert.is(foldedActivation(planModel(ending('sigmoid')), 'sigmoidCrossEntropy'), 'sigmoid');
  assert.is(foldedActivation(planModel(ending('linear')), 'softmaxCrossEntropy'), null);
  assert.is(foldedActivation(planModel(ending('sigmoid')), 'meanSquaredError'), null);
  assert.is(foldedActivation(planModel(ending('sigmoid')), 'hinge'), null);
});

test('the activation may be a layer of its own; a model without one at its end takes no part', () => {
  const config = ending('linear');
  const own = { ...config, layers: [...config.layers, activation({ activation: 'softmax' })] };
  assert.is(foldedActivation(planModel(own), 'softmaxCrossEntropy'), 'softmax');
  assert.equal(withLogits(planModel(own))[2].config, activation({ activation: 'linear' }));
  assert.is(foldedActivation(planModel({ ...config, layers: [flatten()] }), 'softmaxCrossEntropy'), null);
});

test('logits are the model with a linear end, the description itself left as it is', () => {
  const config = ending('softmax');
  const logits = withLogits(planModel(config)).map((layer) => layer.config);
  assert.equal(logits, ending('linear').layers);
  assert.equal(config, ending('softmax'));
});

test('losses that do not fit the end of a model are refused', () => {
  for (const loss of lossNames) checkLoss(planModel(ending('linear')), loss);
  for (const loss of ['meanSquaredError', 'sigmoidCrossEntropy', 'hinge']) {
    assert.throws(
      () => checkLoss(planModel(ending('softmax')), loss),
      /ends with softmax trains with softmaxCross/,
    );
  }
  assert.throws(
    () => checkLoss(planModel(ending('sigmoid')), 'softmaxCrossEntropy'),
    /the model ends with sigmoid/,
  );
  assert.throws(
    () => checkLoss(planModel(ending('linear')), 'mse'),
    /unknown loss "mse"; known are meanSquaredError/,
  );
  assert.throws(() => checkLoss(planModel(ending('linear')), undefined), /loss must be a name/);
});

test('a unit says yes above ½, above 0 for logits and scores', () => {
  assert.equal(lossNames.map(decisionThreshold), [0.5, 0, 0, 0]);
});

test.run();
