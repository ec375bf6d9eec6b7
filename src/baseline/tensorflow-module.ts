/**
 * Finds TensorFlow.js when it is installed.
 *
 * The TensorFlow.js packages are optional peers. They are looked for at run time, so that nothing of them is
 * loaded, bundled or typed when nobody asks; hence the few types below.
 */

import { packageFolder } from '#host';

/** 'tensorflow' is the native library of tfjs-node. */
export type TensorFlowBackend = 'tensorflow' | 'wasm' | 'cpu';

/** What is used of the TensorFlow.js module. */
export interface TensorFlow {
  readonly version: Readonly<Record<string, string>>;
  setBackend(name: string): Promise<boolean>;
  getBackend(): string;
  tensor(values: Float32Array, shape: number[]): TensorFlowTensor;
  sequential(): TensorFlowModel;
  readonly layers: Readonly<
    Record<TensorFlowLayerName, (config?: Readonly<Record<string, unknown>>) => TensorFlowLayer>
  >;
  readonly losses: Readonly<
    Record<
      'softmaxCrossEntropy' | 'sigmoidCrossEntropy' | 'hingeLoss',
      (labels: TensorFlowTensor, outputs: TensorFlowTensor, ...how: readonly unknown[]) => TensorFlowTensor
    >
  >;
  readonly Reduction: { readonly NONE: unknown };
  readonly train: {
    sgd(learningRate: number): TensorFlowOptimizer;
    momentum(learningRate: number, momentum: number, nesterov: boolean): TensorFlowOptimizer;
    adam(learningRate: number, beta1: number, beta2: number, epsilon: number): TensorFlowOptimizer;
  };
  clipByValue(x: TensorFlowTensor, least: number, most: number): TensorFlowTensor;
  greater(x: TensorFlowTensor, y: number): TensorFlowTensor;
  equal(x: TensorFlowTensor, y: TensorFlowTensor): TensorFlowTensor;
  mean(x: TensorFlowTensor, axis?: number): TensorFlowTensor;
  cast(x: TensorFlowTensor, type: string): TensorFlowTensor;
  pad(x: TensorFlowTensor, paddings: [number, number][]): TensorFlowTensor;
  reshape(x: TensorFlowTensor, shape: number[]): TensorFlowTensor;
  stridedSlice(x: TensorFlowTensor, begin: number[], end: number[], strides: number[]): TensorFlowTensor;
  matMul(a: TensorFlowTensor, b: TensorFlowTensor, transposeA: boolean): TensorFlowTensor;
  stack(tensors: TensorFlowTensor[]): TensorFlowTensor;
  tidy(work: () => TensorFlowTensor): TensorFlowTensor;
  getKernel(name: string, backend: string): unknown;
  registerKernel(config: {
    kernelName: string;
    backendName: string;
    kernelFunc: (call: unknown) => TensorFlowTensor;
  }): void;
}

type TensorFlowLayerName =
  | 'dense'
  | 'conv2d'
  | 'averagePooling2d'
  | 'maxPooling2d'
  | 'globalAveragePooling2d'
  | 'flatten'
  | 'activation'
  | 'leakyReLU'
  | 'dropout'
  | 'batchNormalization';

export interface TensorFlowTensor {
  readonly shape: number[];
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

export interface TensorFlowLayer {
  getWeights(): TensorFlowTensor[];
  setWeights(weights: TensorFlowTensor[]): void;
}

export interface TensorFlowGradient {
  readonly name: string;
  readonly tensor: TensorFlowTensor;
}

/** Stochastic gradient descent and momentum have a setter for the rate, Adam has the property alone. */
export interface TensorFlowOptimizer {
  setLearningRate?(rate: number): void;
  learningRate: number;
  /** Takes a step; called with the gradient of every trained variable by its name. */
  applyGradients(gradients: readonly TensorFlowGradient[]): void;
  dispose(): void;
}

export interface TensorFlowModel {
  add(layer: TensorFlowLayer): void;
  compile(config: object): void;
  fit(
    x: TensorFlowTensor,
    y: TensorFlowTensor,
    config: object,
  ): Promise<{ history: Record<string, number[]> }>;
  dispose(): unknown;
}

/**
 * Finds an installed TensorFlow.js and makes its fastest backend the active one: `@tensorflow/tfjs-node`, else
 * `@tensorflow/tfjs` with `@tensorflow/tfjs-backend-wasm`, else `@tensorflow/tfjs` on its cpu backend.
 * @param options `backend` to have this one
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
  wasm.setWasmPaths(packageFolder(name));
  return true;
}

/**
 * The module, or undefined when it is not installed or cannot run here (tfjs-node without its native part). Looked for
 * at run time: the comments tell bundlers to leave the import as it is.
 */
async function importPackage<T>(name: string): Promise<T | undefined> {
  try {
    const module = await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
    return module.default ?? module;
  } catch {
    return undefined;
  }
}
