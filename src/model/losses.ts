/**
 * The losses by name, with their formulas. Every one is a mean over the batch; in a row, y are the model's outputs,
 * t the labels and n the number of outputs:
 *
 * | loss | of one row | labels | TensorFlow.js |
 * |---|---|---|---|
 * | meanSquaredError | Σ (y − t)² / n | any numbers | `'meanSquaredError'` |
 * | softmaxCrossEntropy | −Σ tⱼ log softmax(z)ⱼ | one-hot, or summing to 1 | `tf.losses.softmaxCrossEntropy` of logits, `'categoricalCrossentropy'` of a softmax |
 * | sigmoidCrossEntropy | Σ (max(z, 0) − z·t + log(1 + e^−abs z)) / n | 0..1 | `tf.losses.sigmoidCrossEntropy` of logits, `'binaryCrossentropy'` of a sigmoid |
 * | hinge | Σ max(0, 1 − (2t − 1)·y) / n | 0 or 1 | `tf.losses.hingeLoss` |
 *
 * The cross-entropies are functions of the logits z. One rule says what these are: **when the model ends with the
 * activation that the loss contains (softmax, sigmoid), the loss takes what stands before that activation; else it
 * takes the model's outputs.** So `… dense 10 softmax` and `… dense 10 linear` train alike under
 * softmaxCrossEntropy, with the gradient softmax(z) − t at z; the first predicts probabilities, the second logits.
 */
import { kindOf } from '../options.js';
import type { Activation } from './activation.js';
import { activationOf } from './config.js';
import type { LayerPlan, ModelPlan } from './plan.js';

/** Every loss. */
export const lossNames = ['meanSquaredError', 'softmaxCrossEntropy', 'sigmoidCrossEntropy', 'hinge'] as const;

/** The name of a loss. */
export type LossName = (typeof lossNames)[number];

const HEADS = { softmaxCrossEntropy: 'softmax', sigmoidCrossEntropy: 'sigmoid' } as const;

/** The activation the model ends with. */
const lastActivation = ({ last }: ModelPlan): Activation => activationOf(last.config);

/**
 * The final activation that the loss contains, and that training therefore leaves out of the forward and backward
 * passes; null when the loss takes the model's outputs as they are.
 */
export function foldedActivation(plan: ModelPlan, loss: LossName): 'softmax' | 'sigmoid' | null {
  const head = loss in HEADS ? HEADS[loss as keyof typeof HEADS] : null;
  return head && lastActivation(plan) === head ? head : null;
}

/** The layers of the model that ends with logits: its final activation replaced by 'linear'. */
export function withLogits({ layers, last }: ModelPlan): readonly LayerPlan[] {
  const { config } = last;
  if (!('activation' in config)) return layers;
  return [...layers.slice(0, -1), { ...last, config: { ...config, activation: 'linear' } }];
}

/** The layers that a loss is taken of: up to what it contains itself. */
export const layersUnder = (plan: ModelPlan, loss: LossName): readonly LayerPlan[] =>
  foldedActivation(plan, loss) ? withLogits(plan) : plan.layers;

/**
 * Throws unless the model can be trained with this loss.
 * @throws TypeError for no name, RangeError for an unknown one, for a softmax under another loss than
 *   softmaxCrossEntropy, and for a sigmoid or a single output under softmaxCrossEntropy
 */
export function checkLoss(plan: ModelPlan, loss: unknown): asserts loss is LossName {
  if (typeof loss !== 'string') throw new TypeError(`loss must be a name, got ${kindOf(loss)}`);
  if (!(lossNames as readonly string[]).includes(loss)) {
    throw new RangeError(`unknown loss "${loss}"; known are ${lossNames.join(', ')}`);
  }
  const last = lastActivation(plan);
  if (last === 'softmax' && loss !== 'softmaxCrossEntropy') {
    throw new RangeError(`a model that ends with softmax trains with softmaxCrossEntropy, not with ${loss}`);
  }
  if (last === 'sigmoid' && loss === 'softmaxCrossEntropy') {
    throw new RangeError('softmaxCrossEntropy takes logits or a softmax; the model ends with sigmoid');
  }
  if (loss === 'softmaxCrossEntropy' && plan.units === 1) {
    throw new RangeError(
      'softmaxCrossEntropy needs two outputs or more, since the softmax of one is always 1; ' +
        'for one output use sigmoidCrossEntropy',
    );
  }
}

/** The loss that fits the model's final activation where none is named. */
export const defaultLoss = (plan: ModelPlan): LossName =>
  lastActivation(plan) === 'softmax' ? 'softmaxCrossEntropy' : 'meanSquaredError';

/**
 * The value above which a unit says yes, in binary metrics of what the loss takes: ½ for numbers compared with labels
 * 0 and 1, 0 for logits (where the sigmoid is ½) and for hinge scores.
 */
export const decisionThreshold = (loss: LossName): number => (loss === 'meanSquaredError' ? 0.5 : 0);
