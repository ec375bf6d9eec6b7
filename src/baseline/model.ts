/** A model in clear: layers forward, the loss, layers backward, one step of gradient descent. */
import { checkWeights, type LayerConfig, type ModelConfig, planModel, sizeOf } from '../nn/config.js';
import { plainDense } from './layers/dense.js';
import type { PlainLayer, PlainLayerFactory } from './layers/layer.js';

const factories: { [Type in LayerConfig['type']]: PlainLayerFactory<Extract<LayerConfig, { type: Type }>> } =
  {
    dense: plainDense,
  };

/** Loss and number of right answers over some rows, both summed over them. */
export interface Score {
  loss: number;
  right: number;
}

/** A trainable model in clear, single precision. Works on copies of the weights. */
export class PlainModel {
  /** Length of one row of the input and of the output. */
  readonly inputSize: number;
  readonly outputSize: number;
  readonly #layers: PlainLayer[];
  readonly #dOutput: Float32Array;

  /**
   * @param weights as {@link initialWeights} orders them
   * @param maxRows the most rows that a call will bring
   */
  constructor(
    config: ModelConfig,
    weights: readonly Float32Array[],
    readonly maxRows: number,
  ) {
    checkWeights(config, weights);
    const plans = planModel(config);
    let taken = 0;
    this.#layers = plans.map((plan) => {
      const own = weights.slice(taken, taken + plan.weights.length).map((array) => array.slice());
      taken += own.length;
      const factory = factories[plan.config.type] as PlainLayerFactory<LayerConfig>;
      return factory(plan.config, plan, own, maxRows);
    });
    this.inputSize = sizeOf(plans[0].inputShape);
    this.outputSize = sizeOf(plans[plans.length - 1].outputShape);
    this.#dOutput = new Float32Array(maxRows * this.outputSize);
  }

  /** All weights, layer by layer; live arrays. */
  get weights(): Float32Array[] {
    return this.#layers.flatMap((layer) => layer.weights);
  }

  /** Gradients of the last {@link backward}, in the order of {@link weights}; live arrays. */
  get gradients(): Float32Array[] {
    return this.#layers.flatMap((layer) => layer.gradients);
  }

  /** x [rows × in] → y [rows × out], in a buffer that the next call overwrites. */
  forward(x: Float32Array, rows: number): Float32Array {
    return this.#layers.reduce((value, layer) => layer.forward(value, rows), x);
  }

  /**
   * Gradients of the mean squared error after a {@link forward} of the same rows:
   * L = Σ (y − t)² / (units · rows), dL/dy = 2 (y − t) / (units · rows).
   */
  backward(y: Float32Array, target: Float32Array, rows: number): void {
    const count = rows * this.outputSize;
    let gradient: Float32Array | undefined = this.#dOutput;
    for (let i = 0; i < count; i++) gradient[i] = (2 * (y[i] - target[i])) / count;
    for (let l = this.#layers.length - 1; l >= 0 && gradient; l--) {
      gradient = this.#layers[l].backward(gradient, rows, l > 0);
    }
  }

  /** w ← w − rate · dL/dw for every weight. */
  update(rate: number): void {
    for (const { weights, gradients } of this.#layers) {
      for (const [i, array] of weights.entries()) {
        const gradient = gradients[i];
        for (let j = 0; j < array.length; j++) array[j] -= rate * gradient[j];
      }
    }
  }
}

/**
 * The summed mean squared error and the number of right answers among `rows` outputs. An answer is right when its
 * largest unit is the target's; with a single unit, when both are on the same side of ½.
 */
export function score(y: Float32Array, target: Float32Array, rows: number, units: number): Score {
  let loss = 0;
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * units;
    let best = 0;
    let wanted = 0;
    for (let j = 0; j < units; j++) {
      loss += (y[start + j] - target[start + j]) ** 2 / units;
      if (y[start + j] > y[start + best]) best = j;
      if (target[start + j] > target[start + wanted]) wanted = j;
    }
    if (units === 1 ? y[start] > 0.5 === target[start] > 0.5 : best === wanted) right++;
  }
  return { loss, right };
}
