/** Options of compile and fit, checked before anything runs. */
import { type ModelConfig, planModel, sizeOf } from '../nn/config.js';
import { checkLoss, decisionThreshold, type LossName } from '../nn/loss-names.js';
import { checkMetric, type MetricName } from '../nn/metric-names.js';
import { checkOptimizer, type OptimizerConfig } from '../nn/optimizer-config.js';
import type { Measures } from '../nn/train.js';
import { SecureTensor } from '../tensor/secure-tensor.js';
import { type EarlyStopping, watch } from './early-stopping.js';
import type { Progress } from './role.js';
import type { EpochLog, History } from './sequential.js';

export interface CompileOptions {
  optimizer: OptimizerConfig;
  loss: LossName;
  /** `['accuracy']` by default; `[]` for labels that are not one-hot. */
  metrics?: readonly MetricName[];
}

/** Called at the owner, with what is public or revealed to it. */
export interface Callbacks {
  onTrainBegin?: () => void | Promise<void>;
  onEpochBegin?: (epoch: number) => void | Promise<void>;
  /** May return 'stop', or a promise of it, to end the training. */
  onEpochEnd?: (epoch: number, log: EpochLog) => void | 'stop' | Promise<void> | Promise<'stop' | undefined>;
  onTrainEnd?: (history: History) => void | Promise<void>;
  /** A few times a second: steps done of an epoch's total. */
  onProgress?: (progress: { epoch: number; done: number; total: number }) => void;
}

/** The callback for an epoch's progress; what it throws is kept in `thrown`, for fit to throw when the epoch ends. */
export function progressOf({ onProgress }: Callbacks, epoch: number, thrown: unknown[]) {
  if (!onProgress) return undefined;
  const tell = async (progress: Progress) => onProgress({ ...progress, epoch });
  return (progress: Progress) => void tell(progress).catch((error) => thrown.push(error));
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
  /** Ends the training when a revealed number stops getting better; see {@link EarlyStopping}. */
  earlyStopping?: EarlyStopping;
}

export interface FitPlan {
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly validation: readonly [SecureTensor, SecureTensor] | null;
  readonly callbacks: Callbacks;
  /** Told of each epoch; says when to stop. */
  readonly earlyStopping: ((log: EpochLog) => 'stop' | undefined) | null;
}

export interface Compiled {
  readonly optimizer: OptimizerConfig;
  readonly measures: Measures;
}

/** @throws TypeError or RangeError for a description that does not make sense for this model */
export function checkCompile(options: CompileOptions, config: ModelConfig): Compiled {
  const { optimizer, loss, metrics = ['accuracy'], ...rest } = options;
  noMore('compile', rest);
  const units = outputUnits(config);
  try {
    checkOptimizer(optimizer);
    checkLoss(config, loss);
    for (const metric of metrics) checkMetric(metric, units);
  } catch (error) {
    if (error instanceof Error) error.message = `compile: ${error.message}`;
    throw error;
  }
  return { optimizer, measures: { loss, metrics: [...metrics], threshold: decisionThreshold(loss) } };
}

function outputUnits(config: ModelConfig): number {
  const plans = planModel(config);
  return sizeOf(plans[plans.length - 1].outputShape);
}

/**
 * @param y null where there are no labels (predict)
 * @param metrics those of compile, which early stopping may monitor; null leaves its monitor unchecked
 */
export function checkFit(
  options: FitOptions,
  x: SecureTensor,
  y: SecureTensor | null,
  config: ModelConfig,
  metrics: readonly MetricName[] | null = null,
): FitPlan {
  const {
    epochs = 1,
    batchSize = 32,
    shuffle = true,
    seed = 0,
    validationData,
    callbacks = {},
    earlyStopping,
    ...rest
  } = options;
  noMore('fit', rest);
  positive('epochs', epochs);
  positive('batchSize', batchSize);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError('fit: seed must be an integer, 0 or more');
  checkData('fit', x, y, config);
  if (validationData) {
    checkData('validationData', validationData[0], validationData[1], config);
    if (validationData[0].session !== x.session) throw new TypeError('validationData: of another session');
  }
  return {
    epochs,
    batchSize,
    shuffle,
    seed,
    callbacks,
    validation: validationData ?? null,
    earlyStopping: earlyStopping ? watch(earlyStopping, validationData !== undefined, metrics) : null,
  };
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
