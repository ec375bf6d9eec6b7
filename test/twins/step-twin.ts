/** A model on plain integers: layers forward, a loss, layers back, an optimizer. Twin to SecureModel. */
import { foldedActivation, type LossName } from '../../src/model/losses.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import type { ModelPlan } from '../../src/model/plan.js';
import type { StepPlan } from '../../src/nn/optimizers/optimizer.js';
import { twinLayers } from './layer-twin.js';
import { lossHeadTwin } from './loss-twin.js';
import { descendTwin } from './optimizer-twin.js';
import type { Rounder, TwinLayer, TwinParameter, TwinPass, TwinValue } from './twin-types.js';

const PREDICTION: TwinPass = { training: false, step: 0, seed: 0 };

export class StepTwin {
  readonly layers: readonly TwinLayer[];

  /** @param weights the model's arrays, as integers at the working scale */
  constructor(
    readonly plan: ModelPlan,
    weights: readonly (readonly bigint[])[],
    readonly at: Rounder,
  ) {
    let taken = 0;
    this.layers = plan.layers.flatMap((layer) => {
      const own = weights.slice(taken, taken + layer.weights.length);
      taken += own.length;
      return twinLayers(layer, own, at);
    });
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
  ): readonly bigint[] {
    const { at } = this;
    const layers = foldedActivation(this.plan, loss) ? this.layers.slice(0, -1) : this.layers;
    const output = this.#pass(layers, x, rows, pass);
    const first = layers.findIndex((layer) => layer.parameters.length > 0);
    const head = lossHeadTwin(loss, output, t, output.data.length / rows, at);
    let { gradient } = head;
    for (let l = layers.length - 1; l >= first; l--) {
      gradient = layers[l].backward(gradient, l > first, (parameter, negative, fraction) =>
        descendTwin(at, optimizer, plan, parameter, negative, fraction),
      );
    }
    return head.kept.data;
  }

  /** The model's outputs. */
  predict(x: readonly bigint[], rows: number): readonly bigint[] {
    return this.at.plain(this.#pass(this.layers, x, rows, PREDICTION)).data;
  }

  #pass(layers: readonly TwinLayer[], x: readonly bigint[], rows: number, pass: TwinPass): TwinValue {
    let value: TwinValue = { rows, data: x, fraction: this.at.f, rounded: true };
    for (const layer of layers) value = layer.forward(value, pass);
    return value;
  }
}
