/**
 * A model's plan: its description, checked, with what follows from it. Whoever gets a description plans it once and
 * hands the plan on; there is no other way to a plan than {@link planModel}, so what takes one need not check.
 */
import { checkArray, checking, checkOptions, checkShape, kindOf } from '../options.js';
import { sizeOf } from '../shape.js';
import { activationOf, type LayerConfig, layerKinds, type ModelConfig } from './config.js';
import type { LayerKind, WeightSpec } from './kinds/kind.js';
import { checkSize, parametersOf } from './size.js';

/** A layer of a checked model, with what follows from its place. */
export interface LayerPlan {
  /** Place in the description, from 0. */
  readonly index: number;
  readonly config: LayerConfig;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly weights: readonly WeightSpec[];
  /**
   * relu and the max pooling right behind it commute, and pooling first leaves fewer values for relu: 'later' at the layer
   * whose relu is left to the pooling, 'here' at that pooling.
   */
  readonly relu: 'later' | 'here' | null;
}

/** Private fields make it a type of its own: nothing else of the same shape passes for one. */
class Plan {
  readonly #layers: readonly LayerPlan[];

  constructor(readonly config: ModelConfig) {
    this.#layers = planLayers(config);
  }

  /** In the order in which a value meets them, at least one. */
  get layers(): readonly LayerPlan[] {
    return this.#layers;
  }

  get last(): LayerPlan {
    return this.#layers[this.#layers.length - 1];
  }

  /** Shape of one row of the input. */
  get inputShape(): readonly number[] {
    return this.#layers[0].inputShape;
  }

  /** Shape of one row of the output. */
  get outputShape(): readonly number[] {
    return this.last.outputShape;
  }

  /** Outputs of a row. */
  get units(): number {
    return sizeOf(this.outputShape);
  }

  /** The weights of all layers, one after another, as they stand in files and arrays. */
  get weights(): readonly WeightSpec[] {
    return this.#layers.flatMap((layer) => layer.weights);
  }

  /** Numbers in all weights. */
  get parameters(): number {
    return this.#layers.reduce((sum, layer) => sum + parametersOf(layer), 0);
  }
}

/** A model that has been checked and planned. */
export type ModelPlan = Plan;

/**
 * Checks a description, layer by layer, and works out shapes and weights.
 * @throws TypeError or RangeError that names the layer, counted from 0: for what it does not know or cannot use, and for
 *   a model of more than 2^28 parameters or numbers in a row (see size.ts)
 */
export const planModel = (config: ModelConfig): ModelPlan => new Plan(config);

function planLayers(config: ModelConfig): LayerPlan[] {
  checkOptions('model', config, ['layers', 'inputShape']);
  checkArray('model: layers', config.layers);
  if (config.layers.length === 0) throw new RangeError('model: no layers');
  checkShape('model: inputShape', config.inputShape);
  let shape: readonly number[] = config.inputShape;
  let parameters = 0;
  const plans = config.layers.map((layer, index) => {
    const plan = planLayer(layer, index, shape, index === config.layers.length - 1);
    const where = `layer ${index} (${layer.type})`;
    checking(where, plan, () => checkSize(plan, parameters));
    parameters += parametersOf(plan);
    shape = plan.outputShape;
    return plan;
  });
  const movesRelu = (index: number): boolean =>
    plans[index + 1]?.config.type === 'maxPooling2d' && activationOf(plans[index].config) === 'relu';
  return plans.map((plan, index) => {
    if (movesRelu(index)) return { ...plan, relu: 'later' };
    return index > 0 && movesRelu(index - 1) ? { ...plan, relu: 'here' } : plan;
  });
}

function planLayer(
  layer: LayerConfig,
  index: number,
  inputShape: readonly number[],
  isLast: boolean,
): LayerPlan {
  if (typeof layer !== 'object' || layer === null) {
    throw new TypeError(
      `layer ${index}: expected a description, as dense({ units }) makes it, got ${kindOf(layer)}`,
    );
  }
  const where = `layer ${index} (${layer.type})`;
  const kind: LayerKind<LayerConfig> | undefined = Object.hasOwn(layerKinds, layer.type)
    ? layerKinds[layer.type]
    : undefined;
  if (!kind) throw new RangeError(`${where}: unknown kind; known are ${Object.keys(layerKinds).join(', ')}`);
  checkOptions(where, layer, ['type', 'inputShape', ...kind.keys]);
  if (layer.inputShape !== undefined) checkShape(`${where}: inputShape`, layer.inputShape);
  if (layer.inputShape && String(layer.inputShape) !== String(inputShape)) {
    throw new RangeError(`${where}: inputShape is [${layer.inputShape}], but its inputs are [${inputShape}]`);
  }
  checking(where, layer, () => kind.check(layer, inputShape));
  const outputShape = kind.outputShape(layer, inputShape);
  if (activationOf(layer) === 'softmax' && (!isLast || outputShape.length !== 1)) {
    throw new RangeError(`${where}: softmax stands at the end of a model only, on outputs of shape [n]`);
  }
  return {
    index,
    config: layer,
    inputShape,
    outputShape,
    weights: kind.weights(layer, inputShape),
    relu: null,
  };
}
