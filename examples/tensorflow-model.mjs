/** A model of TensorFlow.js comes in, is asked on shares, trains on, and goes out again. */
import * as tf from '@tensorflow/tfjs';
import { createSession, sequential, sgd } from 'beaverdam';
import { fromLayersModel, toLayersModel } from 'beaverdam/interchange';

// made by somebody else; a path or a URL of a model.json does as well
const theirs = tf.sequential({
  layers: [tf.layers.dense({ units: 4, inputShape: [2], activation: 'relu' }), tf.layers.dense({ units: 1 })],
});
const { layers, weights } = await fromLayersModel(theirs);
const model = sequential(layers);
model.compile({ optimizer: sgd({ learningRate: 0.0625 }), loss: 'meanSquaredError' });

const session = await createSession();
// the weights are the owner's secret: the parties get shares of them
model.setWeights(weights, { owner: 'owner' });

const inputs = Array.from({ length: 16 }, (_, i) => [(i % 4) / 2 - 1, Math.floor(i / 4) / 2 - 1]);
const x = session.share(inputs, { owner: 'alice' });
const asked = await model.predict(x).reveal({ to: 'alice' });
const inClear = /** @type {tf.Tensor} */ (theirs.predict(tf.tensor2d(inputs))).dataSync();
console.log(asked.every((value, i) => Math.abs(value - inClear[i]) < 1e-3)); // true

// bob's answers teach it
const y = session.share(
  inputs.map(([a, b]) => [a - b]),
  { owner: 'bob' },
);
const { epochs } = await model.fit(x, y, { epochs: 20, batchSize: 4 });
console.log(epochs[19].loss < epochs[0].loss); // true

// and back: what TensorFlow.js loads
const trained = await model.weights({ to: 'owner' });
const artifacts = toLayersModel(model, trained ?? []);
const ours = await tf.loadLayersModel(tf.io.fromMemory(/** @type {tf.io.ModelArtifacts} */ (artifacts)));
console.log(ours.outputs[0].shape); // [ null, 1 ]

await session.close();
