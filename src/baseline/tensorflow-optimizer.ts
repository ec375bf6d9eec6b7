/** Our optimizers in TensorFlow.js: one entry a kind. */
import { clipValueOf, type OptimizerConfig, type OptimizerOf } from '../model/optimizers.js';
import { rateAt } from '../model/schedule.js';
import type { TensorFlow, TensorFlowOptimizer } from './tensorflow-module.js';

type Maker<Config> = (tf: TensorFlow, rate: number, config: Config) => TensorFlowOptimizer;

const optimizers: { [Type in OptimizerConfig['type']]: Maker<OptimizerOf<Type>> } = {
  sgd: (tf, rate) => tf.train.sgd(rate),
  momentum: (tf, rate, { momentum, nesterov }) => tf.train.momentum(rate, momentum, nesterov),
  adam: (tf, rate, { beta1, beta2, epsilon }) => tf.train.adam(rate, beta1, beta2, epsilon),
};

/** @throws RangeError for weight decay, which TensorFlow.js does not have */
export function optimizerOf(tf: TensorFlow, config: OptimizerConfig): TensorFlowOptimizer {
  if (config.weightDecay) throw new RangeError('TensorFlow.js has no weight decay');
  const make = optimizers[config.type] as Maker<OptimizerConfig>;
  const optimizer = make(tf, rateAt(config.learningRate, 0, 0), config);
  const clipValue = clipValueOf(config);
  return clipValue < Infinity ? clipped(tf, optimizer, clipValue) : optimizer;
}

/** An optimizer that clips every gradient before it applies it: TensorFlow.js has no option for that. */
function clipped(tf: TensorFlow, optimizer: TensorFlowOptimizer, bound: number): TensorFlowOptimizer {
  const apply = optimizer.applyGradients.bind(optimizer);
  optimizer.applyGradients = (gradients) => {
    const bounded = gradients.map(({ name, tensor }) => ({
      name,
      tensor: tf.clipByValue(tensor, -bound, bound),
    }));
    apply(bounded);
    for (const { tensor } of bounded) tensor.dispose();
  };
  return optimizer;
}

/** Sets the rate of the next step. */
export function setRate(optimizer: TensorFlowOptimizer, rate: number): void {
  if (optimizer.setLearningRate) optimizer.setLearningRate(rate);
  else optimizer.learningRate = rate;
}
