/** A model on shares at one role: layers in order, built from its public description. */
import { withBackground } from '../party/background.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked } from '../party/values.js';
import { type LayerPlan, type ModelConfig, planModel } from './config.js';
import { buildLayer } from './layers/build.js';
import {
  masked,
  type Parameter,
  type Pass,
  PREDICTION,
  type SecureLayer,
  type Value,
} from './layers/layer.js';
import { type LossName, losses } from './loss.js';
import { foldedActivation } from './loss-names.js';
import { descend, type OptimizerConfig, type StepPlan } from './optimizer.js';

/** What a step of training needs beside its rows. */
export interface TrainingPlan {
  readonly loss: LossName;
  readonly optimizer: OptimizerConfig;
  readonly step: StepPlan;
  readonly pass: Pass;
}

export class SecureModel {
  readonly plans: readonly LayerPlan[];
  readonly layers: readonly SecureLayer[];

  /** @param weights initial weights, public: the arrays of every layer one after the other; null in a dry run */
  constructor(
    readonly rt: Runtime,
    readonly config: ModelConfig,
    weights: readonly ArrayLike<number>[] | null,
  ) {
    this.plans = planModel(config);
    let next = 0;
    this.layers = this.plans.flatMap((plan, index) => {
      const own = weights?.slice(next, next + plan.weights.length) ?? null;
      next += plan.weights.length;
      return buildLayer(rt, plan, index, own);
    });
  }

  /** Everything that training changes, in the order of the weight arrays. */
  get kept(): readonly Parameter[] {
    return this.layers.flatMap((layer) => [...layer.parameters, ...(layer.statistics ?? [])]);
  }

  /** Layers that a loss works on: without the final activation that it contains. */
  #upTo(loss: LossName | null): readonly SecureLayer[] {
    return loss && foldedActivation(this.config, loss) ? this.layers.slice(0, -1) : this.layers;
  }

  /**
   * ⟨x⟩ [batch, …] → ⟨y⟩ [batch, …].
   * @param loss where given, y is what that loss takes: logits, when it contains the final activation
   */
  *forward(x: Masked, loss: LossName | null = null, pass: Pass = PREDICTION): Secure<Masked> {
    let value: Value = x;
    for (const layer of this.#upTo(loss)) value = yield* layer.forward(this.rt, value, pass);
    return yield* masked(this.rt, value);
  }

  /** One step of training; returns what the loss took, ⟨y⟩, as it was before the step. */
  *step(x: Masked, t: Masked, plan: TrainingPlan): Secure<Masked> {
    const { rt } = this;
    const { loss, optimizer, step, pass } = plan;
    const layers = this.#upTo(loss);
    const y = yield* this.forward(x, loss, pass);
    const firstTrained = layers.findIndex((layer) => layer.parameters.length > 0);
    yield* withBackground(function* (start): Secure<void> {
      let gradient: Value | null = yield* losses[loss].gradient(rt, y, t);
      for (let l = layers.length - 1; l >= firstTrained && gradient; l--) {
        gradient = yield* layers[l].backward(rt, gradient, {
          inputGradient: l > firstTrained,
          descend: (parameter, negative) => start(descend(rt, optimizer, parameter, negative, step)),
        });
      }
    });
    return y;
  }

  /** Blocks that must outlive a step's scope. */
  *blocks(): Iterable<number> {
    for (const { value, state } of this.kept) {
      for (const held of [value, ...state.values()]) {
        const words = 'delta' in held ? [held.delta, held.mask, held.own] : [held.words];
        for (const block of words) if (block) yield block.ptr;
      }
    }
  }

  /** Frees the parameters. */
  free(): void {
    for (const { value, state } of this.kept) this.rt.free(value, ...state.values());
  }
}
