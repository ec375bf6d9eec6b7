/**
 * The same training in TensorFlow.js, when it is installed: the independent reference for speed and numbers.
 *
 * The TensorFlow.js packages are optional peers. They are looked for at run time, so that nothing of them is
 * loaded, bundled or typed when nobody asks; hence the few types below.
 */
import { type Dataset, gatherRows } from '../data/dataset.js';
import { epochPermutation } from '../data/random.js';
import { type LayerConfig, type ModelConfig, planModel } from '../nn/config.js';
import { checkTraining, type EpochResult, type TrainingOptions, type TrainingResult } from './training.js';

/** 'tensorflow' is the native library of tfjs-node. */
export type TensorFlowBackend = 'tensorflow' | 'wasm' | 'cpu';

/** What is used of the TensorFlow.js module. */
export interface TensorFlow {
  readonly version: Readonly<Record<string, string>>;
  setBackend(name: string): Promise<boolean>;
  getBackend(): string;
  tensor(values: Float32Array, shape: number[]): TensorFlowTensor;
  sequential(): TensorFlowModel;
  readonly layers: { dense(config: object): unknown };
  readonly train: { sgd(learningRate: number): unknown };
}

export interface TensorFlowTensor {
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

export interface TensorFlowModel {
  add(layer: unknown): void;
  compile(config: object): void;
  fit(
    x: TensorFlowTensor,
    y: TensorFlowTensor,
    config: object,
  ): Promise<{ history: Record<string, number[]> }>;
  getWeights(): TensorFlowTensor[];
  setWeights(weights: TensorFlowTensor[]): void;
  dispose(): unknown;
}

/**
 * Finds an installed TensorFlow.js and makes its fastest backend the active one: `@tensorflow/tfjs-node`, else
 * `@tensorflow/tfjs` with `@tensorflow/tfjs-backend-wasm`, else `@tensorflow/tfjs` on its cpu backend.
 * @returns the module, or null when none is installed (or not the backend asked for)
 */
export async function loadTensorFlow(
  options: { backend?: TensorFlowBackend } = {},
): Promise<TensorFlow | null> {
  const candidates: TensorFlowBackend[] = options.backend ? [options.backend] : ['tensorflow', 'wasm', 'cpu'];
  for (const backend of candidates) {
    const tf = await importPackage<TensorFlow>(`@tensorflow/tfjs${backend === 'tensorflow' ? '-node' : ''}`);
    if (!tf || (backend === 'wasm' && !(await addWasmBackend()))) continue;
    if (await tf.setBackend(backend)) return tf;
  }
  return null;
}

async function addWasmBackend(): Promise<boolean> {
  const name = '@tensorflow/tfjs-backend-wasm';
  const wasm = await importPackage<{ setWasmPaths(prefix: string): void }>(name);
  if (!wasm) return false;
  const folder = new URL('.', import.meta.resolve(name));
  const local = folder.protocol === 'file:';
  wasm.setWasmPaths(local ? (await import('node:url')).fileURLToPath(folder) : folder.href);
  return true;
}

/** The module, or undefined when it is not installed or cannot run here (tfjs-node without its native part). */
async function importPackage<T>(name: string): Promise<T | undefined> {
  try {
    const module = await import(name);
    return module.default ?? module;
  } catch {
    return undefined;
  }
}

/**
 * Trains the model with `tf.sequential` and `model.fit`, from the same weights and through the same batches as
 * {@link trainPlain}. Pass the module as `tf`, or leave it out to use {@link loadTensorFlow}.
 * @throws Error when TensorFlow.js is not installed.
 * @throws RangeError for an activation that TensorFlow.js does not have (square, polynomials).
 */
export async function trainTensorFlow(
  config: ModelConfig,
  weights: readonly Float32Array[],
  data: Dataset,
  options: TrainingOptions & { tf?: TensorFlow },
): Promise<TrainingResult> {
  checkTraining(config, data, options);
  const { epochs, batchSize, seed = 0, shuffle = true, validation } = options;
  const tf = options.tf ?? (await loadTensorFlow());
  if (!tf)
    throw new Error(
      'TensorFlow.js is not installed: npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm',
    );
  const model = buildModel(tf, config, weights, options.learningRate);
  const inputs = (x: Float32Array, rows: number) => tf.tensor(x, [rows, ...config.inputShape]);
  const labels = (y: Float32Array, rows: number) => tf.tensor(y, [rows, data.classes]);
  const kept: TensorFlowTensor[] = [];
  let validationData: TensorFlowTensor[] | undefined;
  if (validation) {
    validationData = [inputs(validation.x, validation.rows), labels(validation.y, validation.rows)];
    kept.push(...validationData);
  }
  const fitOptions = {
    batchSize,
    epochs: 1,
    shuffle: false,
    verbose: 0,
    yieldEvery: 'never',
    validationData,
  };
  let x = inputs(data.x, data.rows);
  let y = labels(data.y, data.rows);
  const history: EpochResult[] = [];
  try {
    const start = performance.now();
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (shuffle) {
        const order = epochPermutation(seed, epoch, data.rows);
        for (const tensor of [x, y]) tensor.dispose();
        x = inputs(gatherRows(data.x, data.features, order), data.rows);
        y = labels(gatherRows(data.y, data.classes, order), data.rows);
      }
      const logs = (await model.fit(x, y, fitOptions)).history;
      history.push({
        epoch,
        loss: logs.loss[0],
        accuracy: logs.acc[0],
        ...(validation && { valLoss: logs.val_loss[0], valAccuracy: logs.val_acc[0] }),
      });
    }
    const seconds = (performance.now() - start) / 1000;
    const trained = await Promise.all(model.getWeights().map(async (w) => Float32Array.from(await w.data())));
    return { history, weights: trained, seconds };
  } finally {
    for (const tensor of [x, y, ...kept]) tensor.dispose();
    model.dispose();
  }
}

/** How TensorFlow.js calls each kind of layer. */
const builders: {
  [Type in LayerConfig['type']]: (
    tf: TensorFlow,
    layer: Extract<LayerConfig, { type: Type }>,
    first: object,
  ) => unknown;
} = {
  dense(tf, { units, activation, useBias }, first) {
    if (typeof activation !== 'string' || activation === 'square') {
      throw new RangeError('TensorFlow.js has no square or polynomial activation');
    }
    return tf.layers.dense({ units, activation, useBias, ...first });
  },
};

function buildModel(
  tf: TensorFlow,
  config: ModelConfig,
  weights: readonly Float32Array[],
  learningRate: number,
): TensorFlowModel {
  const plans = planModel(config);
  const model = tf.sequential();
  plans.forEach((plan, i) => {
    model.add(builders[plan.config.type](tf, plan.config, i === 0 ? { inputShape: config.inputShape } : {}));
  });
  const shapes = plans.flatMap((plan) => plan.weights.map(({ shape }) => [...shape]));
  const initial = shapes.map((shape, i) => tf.tensor(weights[i], shape));
  model.setWeights(initial);
  for (const tensor of initial) tensor.dispose();
  model.compile({ optimizer: tf.train.sgd(learningRate), loss: 'meanSquaredError', metrics: ['accuracy'] });
  return model;
}
