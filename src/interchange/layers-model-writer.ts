/** Models for TensorFlow.js' layers API, in its own format. */
import { files } from '#host';
import { JobError, reasonOf } from '../errors.js';
import type { LayerConfig, ModelConfig } from '../model/config.js';
import { type ModelPlan, planModel } from '../model/plan.js';
import { checkWeights } from '../model/weights.js';
import { checkArray, checkText, kindOf, within } from '../options.js';
import { VERSION } from '../version.js';
import type { WeightSpec } from './keras-weights.js';
import { writeLayer } from './keras-writer.js';
import { kerasNames } from './weight-names.js';

/** A model as TensorFlow.js takes it: `tf.loadLayersModel(tf.io.fromMemory(artifacts))`. */
export interface LayersModelArtifacts {
  readonly format: 'layers-model';
  readonly generatedBy: string;
  readonly convertedBy: null;
  /** A Sequential model. */
  readonly modelTopology: object;
  readonly weightSpecs: WeightSpec[];
  /** The numbers of all weights in the order of weightSpecs: float32, little-endian. */
  readonly weightData: ArrayBuffer;
}

/** What a model is described by: a model of `sequential`, or its layers. */
export type DescribedModel = { readonly config: ModelConfig } | readonly LayerConfig[];

/**
 * A model and its weights in the format of TensorFlow.js, which predicts alike. Layers are called dense_1, conv2d_2 and so on,
 * by kind and place; a leaky ReLU becomes a layer of its own.
 * @param weights as `model.weights()` reveals them and `fromLayersModel` returns them
 * @throws RangeError for what TensorFlow.js does not have, square and polynomial activations, and for weights that do not fit
 *   the model; TypeError for what is no model
 */
export function toLayersModel(model: DescribedModel, weights: readonly Float32Array[]): LayersModelArtifacts {
  return within('toLayersModel', () => {
    const plan = planOf(model);
    checkArray('weights', weights);
    for (const [i, array] of weights.entries()) {
      if (!(array instanceof Float32Array))
        throw new TypeError(`array ${i} must be a Float32Array, got ${kindOf(array)}`);
    }
    checkWeights(plan, weights);
    const names = plan.layers.map(({ config: { type } }, i) => `${snake(type)}_${i + 1}`);
    const layers = plan.layers.flatMap((layer, i) => {
      const written = within(`layer ${i} (${layer.config.type})`, () => writeLayer(layer));
      return written.map(({ class_name, config }, part) => ({
        class_name,
        config: {
          name: part === 0 ? names[i] : `${names[i]}_activation`,
          trainable: true,
          dtype: 'float32',
          ...(i === 0 && part === 0 && { batch_input_shape: [null, ...plan.inputShape] }),
          ...config,
        },
      }));
    });
    const weightSpecs = plan.layers.flatMap((layer, i) =>
      layer.weights.map(
        ({ name, shape }): WeightSpec => ({
          name: `${names[i]}/${kerasNames[name]}`,
          shape: [...shape],
          dtype: 'float32',
        }),
      ),
    );
    return {
      format: 'layers-model',
      generatedBy: `beaverdam ${VERSION}`,
      convertedBy: null,
      modelTopology: {
        class_name: 'Sequential',
        config: { name: 'sequential', layers },
        keras_version: '2.15.0', // whose words these are
        backend: 'tensorflow',
      },
      weightSpecs,
      weightData: bytesOf(weights),
    };
  });
}

/**
 * Writes a model for TensorFlow.js into a folder: weights.bin, then model.json, each as a whole, for the user alone to read.
 * `tf.loadLayersModel` and {@link fromLayersModel} take the path of model.json.
 * @throws as {@link toLayersModel}, and JobError where there are no files or they cannot be written
 */
export async function saveLayersModel(
  dir: string,
  model: DescribedModel,
  weights: readonly Float32Array[],
): Promise<void> {
  checkText('saveLayersModel: dir', dir);
  if (dir === '') throw new RangeError('saveLayersModel: dir is empty');
  const { weightSpecs, weightData, ...described } = toLayersModel(model, weights);
  const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
  if (!files) throw new JobError('saveLayersModel needs a folder of files, which a browser does not have');
  const json = new TextEncoder().encode(JSON.stringify({ ...described, weightsManifest }));
  try {
    await files.replace(dir, 'weights.bin', new Uint8Array(weightData));
    await files.replace(dir, 'model.json', json);
  } catch (error) {
    const reason = reasonOf(error);
    throw new JobError(`saveLayersModel: cannot write to ${dir}: ${reason}`, { cause: error });
  }
}

function planOf(model: DescribedModel): ModelPlan {
  if (typeof model !== 'object' || model === null) {
    throw new TypeError(`expected a model or its layers, got ${kindOf(model)}`);
  }
  if ('config' in model) return planModel(model.config);
  checkArray('layers', model);
  const inputShape = model[0]?.inputShape;
  if (!inputShape) throw new TypeError('the first layer needs an inputShape');
  return planModel({ layers: [...model], inputShape });
}

/** 'averagePooling2d' as 'average_pooling2d'. */
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function bytesOf(weights: readonly Float32Array[]): ArrayBuffer {
  const numbers = new Float32Array(weights.reduce((sum, { length }) => sum + length, 0));
  weights.reduce((at, array) => {
    numbers.set(array, at);
    return at + array.length;
  }, 0);
  return numbers.buffer;
}
