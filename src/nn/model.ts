/** A model on shares at one role: layers in order, built from its public description. */
import type { Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import { withBackground } from '../party/background.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked } from '../party/values.js';
import { constant } from '../protocol/linear.js';
import { type LayerPlan, type ModelConfig, planModel } from './config.js';
import { activation } from './layers/activation.js';
import { dense } from './layers/dense.js';
import { masked, type Parameter, type SecureLayer, type Value } from './layers/layer.js';
import { type LossName, losses } from './loss.js';
import { descend } from './optimizer.js';

/** Reads a public array of numbers, encoded at the working scale. */
function encode(rt: Runtime, values: ArrayLike<number>): Words {
  const words = rt.words(values.length);
  const input = rt.heap.alloc(values.length * 8);
  rt.heap.f64(input, values.length).set(values);
  const bad = rt.ring.encode(words, input, rt.fraction);
  rt.heap.free(input);
  if (bad >= 0) throw new RangeError(`weights: number ${bad} does not fit the ring`);
  return words;
}

export class SecureModel {
  readonly layers: readonly SecureLayer[];
  readonly plans: readonly LayerPlan[];

  /** @param weights initial weights, public: the arrays of every layer one after the other */
  constructor(
    readonly rt: Runtime,
    config: ModelConfig,
    weights: readonly ArrayLike<number>[],
  ) {
    this.plans = planModel(config);
    let next = 0;
    this.layers = this.plans.flatMap((plan, l) => {
      const arrays = weights.slice(next, next + plan.weights.length);
      next += plan.weights.length;
      return this.#build(plan, arrays, l);
    });
  }

  #build(plan: LayerPlan, arrays: readonly ArrayLike<number>[], l: number): SecureLayer[] {
    const { config } = plan;
    const [inputs] = plan.inputShape;
    const flat = Float64Array.from(arrays.flatMap((array) => Array.from(array)));
    const shape = [flat.length / config.units, config.units];
    const parameter: Parameter = {
      name: `layer ${l} (${config.type})`,
      value: constant(this.rt, encode(this.rt, flat), shape, this.rt.fraction),
      state: new Map(),
    };
    return [dense(inputs, config.units, config.useBias, parameter), activation(config.activation)];
  }

  get parameters(): readonly Parameter[] {
    return this.layers.flatMap((layer) => layer.parameters);
  }

  /** ⟨x⟩ [batch, …] → ⟨y⟩ [batch, …]. */
  *forward(x: Masked, training: boolean): Secure<Masked> {
    let value: Value = x;
    for (const layer of this.layers) value = yield* layer.forward(this.rt, value, training);
    return yield* masked(this.rt, value);
  }

  /**
   * One step of gradient descent; returns the outputs ⟨y⟩ it was made with.
   * @param exponent the rate is 2^−exponent times the sum of the rows' gradients
   */
  *step(x: Masked, t: Masked, loss: LossName, exponent: number): Secure<Masked> {
    const { rt, layers } = this;
    const y = yield* this.forward(x, true);
    const firstTrained = layers.findIndex((layer) => layer.parameters.length > 0);
    yield* withBackground(function* (start): Secure<void> {
      let gradient: Value | null = losses[loss].gradient(rt, y, t);
      for (let l = layers.length - 1; l >= firstTrained && gradient; l--) {
        gradient = yield* layers[l].backward(rt, gradient, {
          inputGradient: l > firstTrained,
          descend: (parameter, negative) => start(descend(rt, parameter, negative, exponent)),
        });
      }
    });
    return y;
  }

  /** Blocks that must outlive a step's scope. */
  *blocks(): Iterable<number> {
    for (const { value, state } of this.parameters) {
      for (const kept of [value, ...state.values()]) {
        for (const words of [kept.delta, kept.mask, kept.own]) if (words) yield words.ptr;
      }
    }
  }

  /** Frees the parameters. */
  free(): void {
    for (const { value, state } of this.parameters) this.rt.free(value, ...state.values());
  }
}
