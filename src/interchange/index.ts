/**
 * beaverdam/interchange: models in and out, in the formats of others: TensorFlow.js' layers models, and safetensors.
 *
 *     const { layers, weights } = await fromLayersModel('digits/model.json');
 *     const model = sequential(layers);
 *     model.setWeights(weights);
 *
 * Nothing of TensorFlow.js is loaded; a model of it can be given as it is.
 */

export type { WeightSpec } from './keras-weights.js';
export {
  fromLayersModel,
  type LayersModelOptions,
  type ModelDescription,
  type SavableModel,
  type WeightBytes,
} from './layers-model.js';
export {
  type DescribedModel,
  type LayersModelArtifacts,
  saveLayersModel,
  toLayersModel,
} from './layers-model-writer.js';
export { type NamedTensor, readSafetensors, type Safetensors, writeSafetensors } from './safetensors.js';
