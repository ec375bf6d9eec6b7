/** Options of compile and fit, checked before anything runs. */
import type { ModelConfig } from '../nn/config.js';
import { planModel, sizeOf } from '../nn/config.js';
import { type LossName, losses } from '../nn/loss.js';
import type { OptimizerConfig } from '../nn/optimizer.js';
import { SecureTensor } from '../tensor/secure-tensor.js';
import type { EpochLog, History } from './sequential.js';

export interface CompileOptions {
  optimizer: OptimizerConfig;
  loss: LossName;
  /** `['accuracy']` by default; `[]` for labels that are not one-hot. */
  metrics?: readonly 'accuracy'[];
}

/** Called at the owner, with what is public or revealed to it. */
export interface Callbacks {
  onTrainBegin?: () => void | Promise<void>;
  onEpochBegin?: (epoch: number) => void | Promise<void>;
  onEpochEnd?: (epoch: number, log: EpochLog) => void | Promise<void>;
  onTrainEnd?: (history: History) => void | Promise<void>;
  /** A few times a second: steps done of an epoch's total. */
  onProgress?: (progress: { epoch: number; done: number; total: number }) => void;
}

export interface FitOptions {
  /** Default 1. */
  epochs?: number;
  /** Rows a step. Default 32. */
  batchSize?: number;
  /** Shuffle the rows in each epoch by the public seed. Default true. */
  shuffle?: boolean;
  /** Public seed of initial weights and shuffling. Default 0. */
  seed?: number;
  /** Rows to evaluate after each epoch. */
  validationData?: readonly [SecureTensor, SecureTensor];
  callbacks?: Callbacks;
}

export interface FitPlan {
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly validation: readonly [SecureTensor, SecureTensor] | null;
  readonly callbacks: Callbacks;
}

export function checkCompile({ optimizer, loss, metrics = ['accuracy'], ...rest }: CompileOptions) {
  noMore('compile', rest);
  if (optimizer?.type !== 'sgd') throw new TypeError('compile: optimizer must be made by sgd({ learningRate })');
  if (!(loss in losses)) {
    throw new RangeError(`compile: unknown loss "${loss}"; known are ${Object.keys(losses).join(', ')}`);
  }
  const unknown = metrics.find((metric) => metric !== 'accuracy');
  if (unknown !== undefined) throw new RangeError(`compile: unknown metric "${unknown}"; known is accuracy`);
  return { optimizer, loss, accuracy: metrics.includes('accuracy') };
}

/** @param y null where there are no labels (predict) */
export function checkFit(
  options: FitOptions,
  x: SecureTensor,
  y: SecureTensor | null,
  config: ModelConfig,
): FitPlan {
  const { epochs = 1, batchSize = 32, shuffle = true, seed = 0, validationData, callbacks = {}, ...rest } = options;
  noMore('fit', rest);
  positive('epochs', epochs);
  positive('batchSize', batchSize);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError('fit: seed must be an integer, 0 or more');
  checkData('fit', x, y, config);
  if (validationData) checkData('validationData', validationData[0], validationData[1], config);
  return { epochs, batchSize, shuffle, seed, callbacks, validation: validationData ?? null };
}

function checkData(name: string, x: SecureTensor, y: SecureTensor | null, config: ModelConfig): void {
  if (!(x instanceof SecureTensor) || (y !== null && !(y instanceof SecureTensor))) {
    throw new TypeError(`${name}: data must be tensors that the session shared`);
  }
  x.checkAlive(name);
  y?.checkAlive(name);
  const plans = planModel(config);
  const output = plans[plans.length - 1].outputShape;
  if (String(x.shape.slice(1)) !== String(config.inputShape)) {
    throw new RangeError(`${name}: expected inputs [rows,${config.inputShape}], got [${x.shape}]`);
  }
  if (!y) return;
  if (String(y.shape.slice(1)) !== String(output) || sizeOf(output) < 1) {
    throw new RangeError(`${name}: expected labels [rows,${output}], got [${y.shape}]`);
  }
  if (x.shape[0] !== y.shape[0]) {
    throw new RangeError(`${name}: ${x.shape[0]} rows of inputs, ${y.shape[0]} rows of labels`);
  }
  if (x.session !== y.session) throw new TypeError(`${name}: inputs and labels of different sessions`);
}

function positive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`fit: ${name} must be a positive integer`);
}

function noMore(name: string, rest: object): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new TypeError(`${name}: unknown option "${unknown}"`);
}
