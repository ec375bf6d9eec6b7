/** Our descriptions in the words of TensorFlow.js: layers and losses. */
import { type Activation, activationName, leakySlope } from '../model/activation.js';
import type { LayerConfig } from '../model/config.js';
import { decisionThreshold, type LossName, layersUnder } from '../model/losses.js';
import type { LayerPlan, ModelPlan } from '../model/plan.js';
import type { TensorFlow, TensorFlowLayer, TensorFlowModel, TensorFlowTensor } from './tensorflow-module.js';

/** A model in TensorFlow.js that ends with what the loss takes, and how to move our weights in and out. */
export interface BuiltModel {
  readonly model: TensorFlowModel;
  setWeights(weights: readonly Float32Array[]): void;
  weights(): Promise<Float32Array[]>;
}

/**
 * The same layers in a `tf.sequential`. Where the loss contains the final activation the model ends with logits.
 * @throws RangeError for what TensorFlow.js does not have: square and polynomial activations, batch normalization
 *   that trains without gamma or beta
 */
export function buildModel(tf: TensorFlow, plan: ModelPlan, loss: LossName): BuiltModel {
  const inputShape = [...plan.inputShape];
  const plans = layersUnder(plan, loss);
  const model = tf.sequential();
  const layers = plans.map(({ config }, i) => {
    const [layer, ...more] = build(tf, config, i === 0 ? { inputShape } : {});
    for (const added of [layer, ...more]) model.add(added);
    return layer;
  });
  return {
    model,
    setWeights(weights) {
      let next = 0;
      for (const [i, plan] of plans.entries()) {
        if (plan.weights.length > 0) setLayer(tf, layers[i], plan, weights.slice(next));
        next += plan.weights.length;
      }
    },
    async weights() {
      const tensors = layers.flatMap((layer) => layer.getWeights());
      return Promise.all(tensors.map(async (tensor) => Float32Array.from(await tensor.data())));
    },
  };
}

function setLayer(
  tf: TensorFlow,
  layer: TensorFlowLayer,
  plan: LayerPlan,
  weights: readonly Float32Array[],
): void {
  const tensors = plan.weights.map(({ shape }, i) => tf.tensor(weights[i], [...shape]));
  layer.setWeights(tensors);
  for (const tensor of tensors) tensor.dispose();
}

type First = { readonly inputShape?: number[] };

/** The layers for one of ours: a leaky ReLU is a layer of its own there. */
function build(tf: TensorFlow, layer: LayerConfig, first: First): TensorFlowLayer[] {
  const { layers } = tf;
  if (layer.type === 'activation' || layer.type === 'dense' || layer.type === 'conv2d') {
    const { type, activation, inputShape: _, ...config } = layer;
    const alpha = leakySlope(activation);
    if (alpha !== null) {
      if (layer.type === 'activation') return [layers.leakyReLU({ alpha, ...first })];
      return [layers[type]({ ...config, ...first }), layers.leakyReLU({ alpha })];
    }
    return [layers[type]({ ...config, activation: knownActivation(activation), ...first })];
  }
  if (layer.type === 'batchNormalization' && !(layer.center && layer.scale)) {
    throw new RangeError('TensorFlow.js does not train a batchNormalization without gamma or beta');
  }
  const { type, inputShape: _, ...config } = layer;
  return [layers[type]({ ...config, ...first })];
}

function knownActivation(activation: Activation): string {
  if (typeof activation !== 'string' || activation === 'square') {
    throw new RangeError(`TensorFlow.js has no ${activationName(activation)} activation`);
  }
  return activation;
}

type Compare = (labels: TensorFlowTensor, outputs: TensorFlowTensor) => TensorFlowTensor;

/** The loss of model/losses.ts, of what the model ends with. @param ofRows row by row, for rows that count for more or less */
export function lossOf(tf: TensorFlow, loss: LossName, ofRows = false): string | Compare {
  const { softmaxCrossEntropy, sigmoidCrossEntropy, hingeLoss } = tf.losses;
  const { NONE } = tf.Reduction;
  const whole: Record<LossName, string | Compare> = {
    meanSquaredError: 'meanSquaredError', // row by row in any case
    softmaxCrossEntropy: (t, z) => softmaxCrossEntropy(t, z),
    sigmoidCrossEntropy: (t, z) => sigmoidCrossEntropy(t, z),
    hinge: (t, y) => hingeLoss(t, y),
  };
  const rows: Record<LossName, string | Compare> = {
    meanSquaredError: 'meanSquaredError',
    softmaxCrossEntropy: (t, z) => softmaxCrossEntropy(t, z, undefined, 0, NONE),
    sigmoidCrossEntropy: (t, z) => tf.mean(sigmoidCrossEntropy(t, z, undefined, 0, NONE), 1),
    hinge: (t, y) => tf.mean(hingeLoss(t, y, undefined, NONE), 1),
  };
  return (ofRows ? rows : whole)[loss];
}

/** The accuracy of model/metrics.ts; TensorFlow.js calls both forms 'acc' in its history. */
export function accuracyOf(tf: TensorFlow, loss: LossName, units: number): string | Compare {
  if (units > 1) return 'accuracy';
  const threshold = decisionThreshold(loss);
  return function acc(labels, outputs) {
    const same = tf.equal(tf.greater(outputs, threshold), tf.greater(labels, 0.5));
    return tf.mean(tf.cast(same, 'float32'));
  };
}
