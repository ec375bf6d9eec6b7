/** A model in clear: layers forward, the loss, layers backward. */
import { checkLoss, defaultLoss, foldedActivation, type LossName, layersUnder } from '../model/losses.js';
import type { ModelPlan } from '../model/plan.js';
import { checkWeights } from '../model/weights.js';
import { sizeOf } from '../shape.js';
import { plainLayer } from './layers/index.js';
import type { PlainLayer, TrainingStep } from './layers/layer.js';
import { heads, plainLosses } from './loss.js';

/** A trainable model in clear, single precision. Works on copies of the weights. */
export class PlainModel {
  /** Length of one row of the input and of the output. */
  readonly inputSize: number;
  readonly outputSize: number;
  readonly #layers: PlainLayer[];
  readonly #firstTrained: number;
  readonly #dOutput: Float32Array;
  readonly #head: keyof typeof heads | null;

  /**
   * @param weights as {@link initialWeights} orders them
   * @param maxRows the most rows that a call will bring
   */
  constructor(
    plan: ModelPlan,
    weights: readonly Float32Array[],
    readonly maxRows: number,
    readonly loss: LossName = defaultLoss(plan),
  ) {
    checkWeights(plan, weights);
    checkLoss(plan, loss);
    this.#head = foldedActivation(plan, loss);
    let taken = 0;
    this.#layers = layersUnder(plan, loss).map((layer) => {
      const own = weights.slice(taken, taken + layer.weights.length).map((array) => array.slice());
      taken += own.length;
      return plainLayer(layer, own, maxRows);
    });
    this.#firstTrained = this.#layers.findIndex((layer) => layer.gradients.some((gradient) => gradient));
    this.inputSize = sizeOf(plan.inputShape);
    this.outputSize = plan.units;
    this.#dOutput = new Float32Array(maxRows * this.outputSize);
  }

  /** All weights, layer by layer; live arrays. */
  get weights(): Float32Array[] {
    return this.#layers.flatMap((layer) => layer.weights);
  }

  /** Gradients of the last {@link backward}, in the order of {@link weights}; live arrays, null if not trained. */
  get gradients(): (Float32Array | null)[] {
    return this.#layers.flatMap((layer) => layer.gradients);
  }

  /**
   * x [rows × in] → what the loss takes, [rows × out], in a buffer that the next call overwrites: the outputs, or the
   * logits before a final activation that the loss contains.
   * @param training null in prediction
   */
  forward(x: Float32Array, rows: number, training: TrainingStep | null = null): Float32Array {
    return this.#layers.reduce((value, layer) => layer.forward(value, rows, training), x);
  }

  /** x [rows × in] → outputs [rows × out], in a buffer that the next call overwrites. */
  predict(x: Float32Array, rows: number): Float32Array {
    const y = this.forward(x, rows);
    if (!this.#head) return y;
    heads[this.#head](this.#dOutput, y, rows, this.outputSize);
    return this.#dOutput;
  }

  /**
   * Gradients of the loss's mean over the rows, after a training {@link forward} of the same rows to y.
   * @param weights what each row counts for; all alike where null
   */
  backward(
    y: Float32Array,
    target: Float32Array,
    rows: number,
    weights: ArrayLike<number> | null = null,
  ): void {
    let gradient: Float32Array | undefined = this.#dOutput;
    const units = this.outputSize;
    plainLosses[this.loss].gradient(gradient, y, target, rows, units);
    if (weights) for (let i = 0; i < rows * units; i++) gradient[i] *= weights[Math.floor(i / units)];
    for (let l = this.#layers.length - 1; l >= this.#firstTrained && gradient; l--) {
      gradient = this.#layers[l].backward(gradient, rows, l > this.#firstTrained);
    }
  }
}
