/** Models of TensorFlow.js' layers API, from its own format: a description and weights for `sequential` and `setWeights`. */

import { readAsset, urlOf } from '#host';
import { reasonOf } from '../errors.js';
import type { LayerConfig } from '../model/config.js';
import { planModel } from '../model/plan.js';
import { checkBoolean, checkOptions, kindOf, within } from '../options.js';
import { readLayer } from './keras-layers.js';
import { readTopology } from './keras-topology.js';
import { type Entries, entriesOf, listOf } from './keras-values.js';
import { joinedBytes, readWeights } from './keras-weights.js';
import { assignWeights } from './weight-names.js';

/** Bytes, whole or in pieces that follow each other. */
export type WeightBytes = Uint8Array | ArrayBuffer | readonly (Uint8Array | ArrayBuffer)[];

/** A model of TensorFlow.js: its method `save`, with which it is read here. */
export interface SavableModel {
  save(handler: { save(artifacts: object): Promise<object> }): Promise<unknown>;
}

/** What `fromLayersModel` takes. */
export interface LayersModelOptions {
  /** The bytes of all weight files in the order of the manifest, where the source is the text of model.json. */
  weights?: WeightBytes;
  /**
   * False for a model that only predicts: regularizers, constraints and `trainable: false` are left out then. Default true:
   * they are refused, since a training on shares would not have them.
   */
  training?: boolean;
}

/** A model outside a session: `sequential(layers)`, and then `setWeights(weights)`. */
export interface ModelDescription {
  /** The first names its inputShape. */
  readonly layers: LayerConfig[];
  /** The arrays of all layers in order, each row-major. */
  readonly weights: Float32Array[];
}

/** What model.json holds, or a model that TensorFlow.js hands to whoever saves it. */
interface Artifacts {
  readonly topology: unknown;
  readonly specs: unknown;
  readonly bytes: Uint8Array;
}

/**
 * Reads a model of TensorFlow.js or, converted for it, of Keras 2 or 3: a Sequential model, or a functional one that is a
 * chain of layers, of Dense, Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, Flatten, Activation, ReLU, LeakyReLU,
 * Softmax, Dropout and BatchNormalization. TensorFlow.js itself is not needed. Of the layers that come out, a leaky ReLU is one of
 * its own; quantized weights (uint8, uint16, float16) are decoded.
 * @param source a model of TensorFlow.js; the path or URL of its model.json, beside which its weights lie; the text of
 *   model.json, or what it holds, with the option `weights`; or the artifacts that a save handler is given
 * @throws TypeError or RangeError, by the layer's name, for what has no counterpart on shares or would change the numbers: other
 *   layers, activations and types, data_format channels_first, dilations, groups, and whatever option is not known; for
 *   weights that are missing, of other shapes, or of no layer
 */
export async function fromLayersModel(
  source: string | { readonly href: string } | SavableModel | object,
  options: LayersModelOptions = {},
): Promise<ModelDescription> {
  const name = 'fromLayersModel';
  checkOptions(name, options, ['weights', 'training']);
  const { training = true } = options;
  checkBoolean(`${name}: training`, training);
  const { topology, specs, bytes } = await artifactsOf(name, source, options.weights);
  return within(name, () => {
    const { layers: described, inputShape } = readTopology(topology);
    const read = described.map(({ className, options: own, where }) =>
      within(where, () => readLayer(className, own, training)),
    );
    const [first, ...others] = read.map(({ config }) => config);
    const layers = [{ ...first, inputShape: [...inputShape] }, ...others];
    const plan = planModel({ layers, inputShape: [...inputShape] });
    plan.layers.forEach((layer, i) => {
      within(described[i].where, () => read[i].check?.(layer.inputShape));
    });
    const wanting = plan.layers.flatMap(({ weights }, i) =>
      weights.length > 0 ? [{ name: described[i].name, where: described[i].where, weights }] : [],
    );
    return { layers, weights: assignWeights(wanting, readWeights(specs, bytes)) };
  });
}

async function artifactsOf(name: string, source: unknown, weights: unknown): Promise<Artifacts> {
  if (typeof source === 'string' && source.trimStart().startsWith('{')) {
    return within(name, () => artifactsIn(jsonOf(source), weights));
  }
  if (typeof source === 'string') return artifactsAt(name, urlOf(source));
  if (typeof source !== 'object' || source === null) {
    throw new TypeError(
      `${name}: expected a model, the path of its model.json or what that holds, got ${kindOf(source)}`,
    );
  }
  if ('save' in source && typeof source.save === 'function') {
    const saved = await savedBy(source as SavableModel);
    return within(name, () => artifactsIn(saved, weights));
  }
  if ('href' in source && typeof source.href === 'string') return artifactsAt(name, new URL(source.href));
  return within(name, () => artifactsIn(entriesOf('the model', source), weights));
}

/** What a model of TensorFlow.js hands to a save handler. */
async function savedBy(model: SavableModel): Promise<Entries> {
  let artifacts: object = {};
  const modelArtifactsInfo = { dateSaved: new Date(), modelTopologyType: 'JSON' };
  await model.save({
    async save(given) {
      artifacts = given;
      return { modelArtifactsInfo };
    },
  });
  return entriesOf('the model', artifacts);
}

function jsonOf(text: string): Entries {
  try {
    return entriesOf('model.json', JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new RangeError('model.json is no JSON');
    throw error;
  }
}

/** Of an object in memory: artifacts with their weights, or what a model.json holds, whose weights are given apart. */
function artifactsIn(model: Entries, weights: unknown): Artifacts {
  const { modelTopology: topology, weightSpecs, weightData } = model;
  checkFormat(model);
  const bytes = weights ?? weightData;
  if (bytes === undefined)
    throw new TypeError('the option weights is missing: the bytes that weightsManifest speaks of');
  const specs = weightSpecs ?? listOf('weightsManifest', model.weightsManifest).flatMap(specsOf);
  return { topology, specs, bytes: joinedBytes('weights', bytes) };
}

function checkFormat({ format = 'layers-model' }: Entries): void {
  if (format !== 'layers-model')
    throw new RangeError(`format ${JSON.stringify(format)} is not read, only "layers-model" is`);
}

const specsOf = (group: unknown, i: number): readonly unknown[] =>
  listOf('weights', entriesOf(`weightsManifest ${i}`, group).weights);

/** Of a model.json and the files beside it. */
async function artifactsAt(name: string, url: URL): Promise<Artifacts> {
  const text = new TextDecoder().decode(await fileAt(name, url));
  const model = within(name, () => jsonOf(text));
  const groups = within(name, () => {
    checkFormat(model);
    return listOf('weightsManifest', model.weightsManifest).map((group, i) => ({
      specs: specsOf(group, i),
      paths: listOf('paths', entriesOf(`weightsManifest ${i}`, group).paths).map(checkPath),
    }));
  });
  const files: Uint8Array[] = [];
  for (const path of groups.flatMap(({ paths }) => paths)) files.push(await fileAt(name, new URL(path, url)));
  const specs = groups.flatMap((group) => group.specs);
  return {
    topology: model.modelTopology,
    specs,
    bytes: joinedBytes('weights', files.length > 0 ? files : new Uint8Array()),
  };
}

/** A file below model.json's folder, and nowhere else. */
function checkPath(path: unknown): string {
  const parts = typeof path === 'string' ? path.split('/') : [];
  if (parts.length === 0 || parts.some((part) => ['', '.', '..'].includes(part) || part.includes('\\'))) {
    throw new RangeError(
      `weightsManifest: ${JSON.stringify(path)} is no path below the folder of model.json`,
    );
  }
  return `./${parts.map(encodeURIComponent).join('/')}`;
}

async function fileAt(name: string, url: URL): Promise<Uint8Array> {
  try {
    return await readAsset(url);
  } catch (error) {
    const told = reasonOf(error);
    const reason = told.startsWith('EISDIR') ? 'it is a folder; name the model.json in it' : told;
    throw new RangeError(`${name}: cannot read ${url.pathname}: ${reason}`, { cause: error });
  }
}
