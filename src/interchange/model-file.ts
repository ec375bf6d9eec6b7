/**
 * A model as one file: safetensors with a tensor for each weight, called LAYER.NAME (0.kernel), and in the words about the file
 * the description, and what belongs to it: scaling of columns, names of classes.
 */
import type { ColumnStatistics } from '../data/scale.js';
import type { LayerConfig, ModelConfig } from '../model/config.js';
import { type ModelPlan, planModel } from '../model/plan.js';
import { checkArray, checkOptions, checkTexts, kindOf } from '../options.js';
import { sizeOf } from '../shape.js';
import { type NamedTensor, readSafetensors, writeSafetensors } from './safetensors.js';

/** What may be kept beside a model. */
export interface ModelExtras {
  /** Statistics with which the columns of a row were scaled, for `standardise`. */
  readonly scaling?: ColumnStatistics;
  /** Names of the classes, one for each output; of one output, those for 0 and 1. */
  readonly classes?: readonly string[];
}

/** A model as it was saved: `sequential(layers)`, and then `setWeights(weights)`. */
export interface SavedModel {
  /** The first names its inputShape. */
  readonly layers: LayerConfig[];
  /** The arrays of all layers in order, each row-major. */
  readonly weights: Float32Array[];
  /** Null where none was given. */
  readonly scaling: ColumnStatistics | null;
  /** Null where none were given. */
  readonly classes: readonly string[] | null;
}

const FORMAT = 'beaverdam model';
const FORMAT_VERSION = '1';

/** The names of a model's weights in a file. */
const namesOf = ({ layers }: ModelPlan): string[] =>
  layers.flatMap(({ weights }, l) => weights.map(({ name }) => `${l}.${name}`));

/**
 * @throws TypeError or RangeError for statistics that are no finite numbers or do not divide a row, and for classes that are
 *   not as many as the outputs say
 */
export function checkExtras(plan: ModelPlan, { scaling, classes }: ModelExtras): void {
  if (scaling !== undefined) {
    checkOptions('scaling', scaling, ['mean', 'deviation']);
    for (const key of ['mean', 'deviation'] as const) {
      const numbers: unknown = scaling[key];
      if (!(numbers instanceof Float64Array)) {
        throw new TypeError(`scaling: ${key} must be a Float64Array, got ${kindOf(numbers)}`);
      }
      if (!numbers.every(Number.isFinite)) throw new RangeError(`scaling: ${key} must hold finite numbers`);
    }
    const [columns, size] = [scaling.mean.length, sizeOf(plan.inputShape)];
    if (scaling.deviation.length !== columns || columns === 0 || size % columns !== 0) {
      const found = `${columns} means and ${scaling.deviation.length} deviations`;
      throw new RangeError(`scaling: ${found} for rows of ${size} numbers`);
    }
  }
  if (classes === undefined) return;
  checkTexts('classes', classes);
  const wanted = plan.units === 1 ? 2 : plan.units;
  if (classes.length !== wanted) throw new RangeError(`classes: ${classes.length} names, expected ${wanted}`);
}

/** The file of a model; what is given has been checked. */
export function encodeModel(
  plan: ModelPlan,
  weights: readonly Float32Array[],
  { scaling, classes }: ModelExtras,
): Uint8Array {
  const names = namesOf(plan);
  const tensors = plan.weights.map(
    ({ shape }, i): NamedTensor => ({ name: names[i], shape, values: weights[i] }),
  );
  return writeSafetensors(tensors, {
    format: FORMAT,
    version: FORMAT_VERSION,
    model: JSON.stringify(plan.config),
    ...(scaling && {
      scaling: JSON.stringify({ mean: [...scaling.mean], deviation: [...scaling.deviation] }),
    }),
    ...(classes && { classes: JSON.stringify(classes) }),
  });
}

/** @throws Error that says what is wrong with a file */
export function decodeModel(bytes: Uint8Array): SavedModel {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.format !== FORMAT)
    throw new RangeError('no model, but another file in the safetensors format');
  if (metadata.version !== FORMAT_VERSION) {
    throw new RangeError(
      `version ${JSON.stringify(metadata.version)} of the format; this package reads ${FORMAT_VERSION}`,
    );
  }
  const plan = planModel(JSON.parse(metadata.model ?? 'null') as ModelConfig);
  const names = namesOf(plan);
  if (String(tensors.map(({ name }) => name)) !== String(names)) {
    throw new RangeError(`expected the tensors ${names.join(', ')}, in this order`);
  }
  const weights = plan.weights.map(({ shape }, i) => {
    const { values, name, shape: found } = tensors[i];
    if (values instanceof Float32Array && String(found) === String(shape)) return values;
    throw new RangeError(`${name}: expected float32 numbers [${shape}], got [${found}]`);
  });
  const scaling = metadata.scaling === undefined ? undefined : scalingOf(JSON.parse(metadata.scaling));
  const classes: unknown = metadata.classes === undefined ? undefined : JSON.parse(metadata.classes);
  checkExtras(plan, {
    ...(scaling && { scaling }),
    ...(classes !== undefined && { classes: classes as string[] }),
  });
  const [first, ...others] = plan.config.layers;
  return {
    layers: [{ ...first, inputShape: [...plan.inputShape] }, ...others],
    weights,
    scaling: scaling ?? null,
    classes: (classes as string[] | undefined) ?? null,
  };
}

function scalingOf(value: unknown): ColumnStatistics {
  checkOptions('scaling', value, ['mean', 'deviation']);
  const { mean, deviation } = value as Record<'mean' | 'deviation', unknown>;
  checkArray('scaling: mean', mean);
  checkArray('scaling: deviation', deviation);
  return { mean: Float64Array.from(mean as number[]), deviation: Float64Array.from(deviation as number[]) };
}
