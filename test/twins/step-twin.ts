/** A model on plain integers: layers forward, a loss, layers back, an optimizer. Twin to SecureModel. */
import type { LayerConfig } from '../../src/model/config.js';
import { foldedActivation, type LossName } from '../../src/model/losses.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import type { ModelPlan } from '../../src/model/plan.js';
import type { StepPlan } from '../../src/nn/optimizers/optimizer.js';
import { sizeOf } from '../../src/shape.js';
import { twinLayers } from './layer-twin.js';
import { lossHeadTwin } from './loss-twin.js';
import { descendTogether, descendTwin, type TwinUpdate } from './optimizer-twin.js';
import type {
  Descend,
  Rounder,
  TwinLayer,
  TwinParameter,
  TwinPass,
  TwinSpan,
  TwinValue,
} from './twin-types.js';

/** Whether a layer of its own is an activation that changes nothing. */
const isLinear = (config: LayerConfig): boolean =>
  config.type === 'activation' && config.activation === 'linear';

const PREDICTION: TwinPass = { training: false, step: 0, seed: 0 };

export class StepTwin {
  readonly layers: readonly TwinLayer[];
  /** Of each of them the layer of the plan, and the numbers in that layer's kernel and bias. */
  readonly #places: readonly number[];
  readonly #arrays: readonly (readonly [kernel: number, bias: number])[];
  /** From a layer of sums to the normalization of exactly these. */
  readonly #folds = new Map<number, number>();

  /** @param weights the model's arrays, as integers at the working scale */
  constructor(
    readonly plan: ModelPlan,
    weights: readonly (readonly bigint[])[],
    readonly at: Rounder,
  ) {
    let taken = 0;
    const built = plan.layers.map((layer) => {
      const own = weights.slice(taken, taken + layer.weights.length);
      taken += own.length;
      const [kernel, bias] = own;
      const layers = twinLayers(layer, own, at);
      return { layer, layers, sizes: [kernel?.length ?? 0, bias?.length ?? 0] as const };
    });
    this.layers = built.flatMap(({ layers }) => layers);
    this.#places = built.flatMap(({ layer, layers }) => layers.map(() => layer.index));
    this.#arrays = built.flatMap(({ layers, sizes }) => layers.map(() => sizes));
    for (const { layer } of built) {
      const behind = built.slice(layer.index + 1);
      const next = behind.find(({ layer: { config } }) => config.type !== 'dropout' && !isLinear(config));
      const { config } = layer;
      const sums = (config.type === 'dense' || config.type === 'conv2d') && config.activation === 'linear';
      if (sums && next?.layer.config.type === 'batchNormalization') {
        this.#folds.set(this.#places.indexOf(layer.index), this.#places.indexOf(next.layer.index));
      }
    }
  }

  /** Everything that training changes, in the order of the weights. */
  get kept(): readonly TwinParameter[] {
    return this.layers.flatMap((layer) => [...layer.parameters, ...(layer.statistics ?? [])]);
  }

  /** One step; what the loss keeps of the outputs before it. */
  step(
    x: readonly bigint[],
    t: readonly bigint[],
    rows: number,
    loss: LossName,
    optimizer: OptimizerConfig,
    plan: StepPlan,
    pass: TwinPass,
    span: TwinSpan | null = null,
  ): readonly bigint[] {
    const { at } = this;
    const layers = foldedActivation(this.plan, loss) ? this.layers.slice(0, -1) : this.layers;
    const output = this.#pass(layers, x, rows, pass, span);
    const first = layers.findIndex((layer) => layer.parameters.length > 0);
    const head = lossHeadTwin(loss, output, t, output.data.length / rows, at);
    let { gradient } = head;
    /** By the gradients' fraction bits: adam takes all numbers of one scale at once. */
    const updates = new Map<number, TwinUpdate[]>();
    for (let l = layers.length - 1; l >= first; l--) {
      const late = l === first ? span : null;
      const { exponent } = plan;
      const take = late && exponent !== null ? (dz: TwinValue) => late.take(dz, exponent) : null;
      const step = late ? { ...plan, exponent: late.exponent } : plan;
      const descend: Descend = (parameter, negative, fraction) => {
        if (optimizer.type === 'adam') {
          updates.set(fraction, [...(updates.get(fraction) ?? []), { parameter, negative }]);
        } else descendTwin(at, optimizer, step, parameter, negative, fraction);
      };
      gradient = layers[l].backward(gradient, l > first, descend, take);
    }
    for (const [fraction, group] of updates) descendTogether(at, optimizer, plan, group, fraction);
    return head.kept.data;
  }

  /** The model's outputs. */
  predict(x: readonly bigint[], rows: number): readonly bigint[] {
    return this.at.plain(this.#pass(this.layers, x, rows, PREDICTION)).data;
  }

  #pass(
    layers: readonly TwinLayer[],
    x: readonly bigint[],
    rows: number,
    pass: TwinPass,
    span: TwinSpan | null = null,
  ): TwinValue {
    const first = layers.findIndex((layer) => layer.parameters.length > 0);
    let value: TwinValue = { rows, data: x, fraction: this.at.f, rounded: true };
    for (let l = 0; l < layers.length; l++) {
      const last = pass.training ? null : (this.#folds.get(l) ?? null);
      const folded = last === null ? null : this.#folded(l, last, rows);
      value =
        folded && last !== null ? folded(value) : layers[l].forward(value, pass, l === first ? span : null);
      if (folded && last !== null) l = last;
    }
    return value;
  }

  /**
   * A layer x·W + b and the normalization behind it as one: W′ = W·slope and b′ = (b − mean)·slope + beta, rounded. Null where
   * W′ and b′ are more numbers than the sums that would be rounded.
   */
  #folded(l: number, last: number, rows: number): ((x: TwinValue) => TwinValue) | null {
    const { affine, parameters } = this.layers[l];
    const { at } = this;
    if (!affine) throw new TypeError('no layer x·W + b');
    const { columns, apply } = affine;
    const [{ values }] = parameters;
    const [kernel, bias] = this.#arrays[l];
    if (kernel + columns >= rows * sizeOf(this.plan.layers[this.#places[l]].outputShape)) return null;
    const { mean, slope, beta } = this.layers[last].lines?.() ?? { mean: [], slope: [], beta: [] };
    const products = Array.from({ length: kernel + columns }, (_, i) => {
      const c = i % columns;
      if (i < kernel) return values[i] * slope[c];
      return ((bias > 0 ? values[i] : 0n) - mean[c]) * slope[c] + ((beta[c] ?? 0n) << BigInt(at.f));
    });
    const made = at.round(products, at.f);
    return (x) => apply(x, made);
  }
}
