/** The same training in TensorFlow.js, when it is installed: the independent reference for speed and numbers. */
import { type Dataset, gatherRows } from '../data/dataset.js';
import { epochPermutation } from '../data/random.js';
import type { ModelPlan } from '../model/plan.js';
import { rateAt } from '../model/schedule.js';
import { checkWeights } from '../model/weights.js';
import { addConvolutionGradient } from './tensorflow-convolution.js';
import { accuracyOf, buildModel, lossOf } from './tensorflow-model.js';
import { loadTensorFlow, type TensorFlow, type TensorFlowTensor } from './tensorflow-module.js';
import { optimizerOf, setRate } from './tensorflow-optimizer.js';
import { checkTraining, type EpochResult, type TrainingOptions, type TrainingResult } from './training.js';

export { loadTensorFlow, type TensorFlow, type TensorFlowBackend } from './tensorflow-module.js';

/**
 * Trains the model with `tf.sequential` and `model.fit`, from the same weights and through the same batches as
 * {@link trainPlain}. Dropout layers draw TensorFlow.js' own masks.
 * With class weights the losses of epochs are weighted, as TensorFlow.js has them.
 * @param options as for trainPlain, but for `metrics` (accuracy alone); `tf` is the module, or leave it out to use
 *   {@link loadTensorFlow}; `onEpoch` is told of each epoch as it ends
 * @throws Error when TensorFlow.js is not installed.
 * @throws RangeError for what TensorFlow.js does not have: square and polynomial activations, weight decay.
 */
export async function trainTensorFlow(
  plan: ModelPlan,
  weights: readonly Float32Array[],
  data: Dataset,
  options: Omit<TrainingOptions, 'metrics'> & { tf?: TensorFlow; onEpoch?: (result: EpochResult) => void },
): Promise<TrainingResult> {
  const { loss, optimizer } = checkTraining(plan, data, options);
  checkWeights(plan, weights);
  const { epochs, batchSize, seed = 0, shuffle = true, validation, classWeights } = options;
  const tf = options.tf ?? (await loadTensorFlow());
  if (!tf)
    throw new Error(
      'TensorFlow.js is not installed: npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm',
    );
  if (tf.getBackend() === 'wasm') addConvolutionGradient(tf);
  const { model, ...built } = buildModel(tf, plan, loss);
  const descent = optimizerOf(tf, optimizer);
  built.setWeights(weights);
  model.compile({
    optimizer: descent,
    loss: lossOf(tf, loss, classWeights !== undefined),
    metrics: [accuracyOf(tf, loss, data.classes)],
  });
  const tensors = ({ x, y, rows }: Dataset) => [
    tf.tensor(x, [rows, ...plan.inputShape]),
    tf.tensor(y, [rows, data.classes]),
  ];
  const validationData = validation && tensors(validation);
  const { learningRate } = optimizer;
  let epoch = 0;
  let step = 0;
  const scheduled = { onBatchBegin: () => setRate(descent, rateAt(learningRate, step++, epoch)) };
  const fitOptions = {
    batchSize,
    epochs: 1,
    shuffle: false,
    verbose: 0,
    yieldEvery: 'never',
    validationData,
    ...(classWeights && { classWeight: { ...classWeights } }),
    ...(typeof learningRate !== 'number' && { callbacks: scheduled }),
  };
  let rows: TensorFlowTensor[] = shuffle ? [] : tensors(data);
  const history: EpochResult[] = [];
  try {
    const start = performance.now();
    for (epoch = 0; epoch < epochs; epoch++) {
      if (shuffle) {
        for (const tensor of rows) tensor.dispose();
        rows = tensors(inOrder(data, epochPermutation(seed, epoch, data.rows)));
      }
      const logs = (await model.fit(rows[0], rows[1], fitOptions)).history;
      history.push({
        epoch,
        loss: logs.loss[0],
        accuracy: logs.acc[0],
        ...(validation && { valLoss: logs.val_loss[0], valAccuracy: logs.val_acc[0] }),
      });
      options.onEpoch?.(history[epoch]);
    }
    const trained = await built.weights();
    return { history, weights: trained, seconds: (performance.now() - start) / 1000 };
  } finally {
    for (const tensor of [...rows, ...(validationData ?? [])]) tensor.dispose();
    descent.dispose();
    model.dispose();
  }
}

const inOrder = (data: Dataset, order: Uint32Array): Dataset => ({
  ...data,
  x: gatherRows(data.x, data.features, order),
  y: gatherRows(data.y, data.classes, order),
});
