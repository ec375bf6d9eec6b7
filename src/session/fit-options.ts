/** Options of compile and fit, checked before anything runs. */
import { checkLoss, decisionThreshold, type LossName } from '../model/losses.js';
import { checkMetric, type MetricName } from '../model/metrics.js';
import { checkOptimizer, type OptimizerConfig } from '../model/optimizers.js';
import type { ModelPlan } from '../model/plan.js';
import { checkScores, type Score, type ScoreName } from '../model/scores.js';
import type { Measures } from '../nn/train.js';
import {
  checkArray,
  checkBoolean,
  checkFunction,
  checkInteger,
  checking,
  checkOptions,
  kindOf,
} from '../options.js';
import type { Stopping } from '../party/checkpoint-file.js';
import type { Progress } from '../role/context.js';
import { SecureTensor } from '../tensor/secure-tensor.js';
import {
  type CheckpointOptions,
  checkCheckpoint,
  checkResume,
  type ResumeOptions,
} from './checkpoint-options.js';
import { type EarlyStopping, notStopping, watch } from './early-stopping.js';
import type { EpochLog, History } from './history.js';
import { checkLabels } from './labels.js';

/** What `compile` takes. */
export interface CompileOptions {
  optimizer: OptimizerConfig;
  loss: LossName;
  /**
   * Default `[]` for meanSquaredError, `['accuracy']` for the other losses. Accuracy wants one-hot labels (0 or 1 where the
   * model has one output).
   */
  metrics?: readonly MetricName[];
}

/** Called in this process, with what is public. */
export interface Callbacks {
  /** Before the first epoch. */
  onTrainBegin?: () => void | Promise<void>;
  /** Before each epoch, from 0. */
  onEpochBegin?: (epoch: number) => void | Promise<void>;
  /**
   * Told what was revealed, so only where the owner is here. May return 'stop', or a promise of it, to end the training
   * (see `mayStop`).
   */
  onEpochEnd?: (epoch: number, log: EpochLog) => void | 'stop' | Promise<void> | Promise<'stop' | undefined>;
  /** After the last epoch. */
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

/** What `fit` takes. */
export interface FitOptions {
  /** Default 1. */
  epochs?: number;
  /** Rows a step, all of them where there are fewer. Default 32. */
  batchSize?: number;
  /** Shuffle the rows in each epoch by the public seed. Default true. */
  shuffle?: boolean;
  /** Public seed of initial weights and shuffling. Default 0. */
  seed?: number;
  /**
   * What each row's loss counts for, [rows] in the order of the rows, shared as they are: numbers from 0 that the parties do not see, for
   * classes that are rare for instance, which are rounded to 64ths in ring 32. The gradient of a row is multiplied by its weight and the mean is still over all rows of
   * the batch; differences times weights must stay below 64 in ring 32 and 2^15 in ring 64, which is watched, surely up to weights of 31; the losses that are revealed are without weights. 2 rounds a step more, and a product for each output. Default: 1 for every row.
   */
  sampleWeight?: SecureTensor;
  /** Rows to evaluate after each epoch. */
  validationData?: readonly [SecureTensor, SecureTensor];
  callbacks?: Callbacks;
  /**
   * Watches on shares whether numbers come near the limit of the ring, and ends the training with a RangeExceeded that
   * names layer and kind. The owner learns one bit a layer and kind of each epoch. Default true.
   */
  sentinel?: boolean;
  /**
   * Whether the owner may end the training early: after each epoch but the last it tells all roles whether to go on, as a
   * disclosure 'fit: stop'. The same in the program of every role. Default: with `earlyStopping` or the callback
   * `onEpochEnd`.
   */
  mayStop?: boolean;
  /** Ends the training when a revealed number stops getting better; see {@link EarlyStopping}. */
  earlyStopping?: EarlyStopping;
  /**
   * Reveals nothing to anybody: no loss, no metric, no bit of a sentinel, so that nobody can end the training early, nor hears of numbers
   * that were too large. The same in the program of every role. Default false.
   */
  quiet?: boolean;
  /**
   * A folder in which, after every epoch, each party here keeps its share of the model and of all that the next epoch depends
   * on; its last two positions stay. A file by itself says nothing of the model; the files of all parties are the model.
   * Epochs are then asked for one at a time. A folder with another run's checkpoints is refused with a JobError.
   */
  checkpoint?: string | CheckpointOptions;
  /**
   * A folder of checkpoints: the training goes on from the newest position that all parties have, with fresh keys, up to the
   * same number of epochs in all; from its beginning where there is none yet. A training that earlyStopping or a callback
   * has ended is over: it is resumed with no epoch more. All sessions have the same options but for
   * what may differ between roles. A file that is torn, altered, or of another run is refused with a JobError by its name.
   */
  resume?: string | ResumeOptions;
}

export interface FitPlan {
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly sampleWeight: SecureTensor | null;
  readonly validation: readonly [SecureTensor, SecureTensor] | null;
  readonly callbacks: Callbacks;
  readonly sentinel: boolean;
  readonly mayStop: boolean;
  readonly quiet: boolean;
  /** Told of each epoch; says when to stop. */
  readonly earlyStopping: ((log: EpochLog) => 'stop' | undefined) | null;
  /** What the owner has decided on so far. */
  readonly stopping: Stopping;
  readonly checkpoint: CheckpointOptions | null;
  readonly resume: ResumeOptions | null;
}

export interface Compiled {
  readonly optimizer: OptimizerConfig;
  readonly measures: Measures;
}

/** @throws TypeError or RangeError for a description that does not make sense for this model */
export function checkCompile(options: CompileOptions, plan: ModelPlan): Compiled {
  checkOptions('compile', options, ['optimizer', 'loss', 'metrics']);
  const { optimizer, loss, metrics = loss === 'meanSquaredError' ? [] : ['accuracy'] } = options;
  checkArray('compile: metrics', metrics);
  checking('compile', options, () => {
    checkOptimizer(optimizer);
    checkLoss(plan, loss);
    for (const metric of metrics) checkMetric(metric, plan.units);
  });
  return { optimizer, measures: { loss, metrics: [...metrics], threshold: decisionThreshold(loss) } };
}

const FIT = [
  'epochs',
  'batchSize',
  'shuffle',
  'seed',
  'sampleWeight',
  'validationData',
  'callbacks',
  'earlyStopping',
  'sentinel',
  'mayStop',
  'quiet',
  'checkpoint',
  'resume',
];
const CALLBACKS = ['onTrainBegin', 'onEpochBegin', 'onEpochEnd', 'onTrainEnd', 'onProgress'];

/**
 * @param measures those of compile: early stopping may monitor them, and labels must fit them
 * @throws TypeError or RangeError that names the option, or the first row of labels that does not fit
 */
export function checkFit(
  options: FitOptions,
  x: SecureTensor,
  y: SecureTensor,
  plan: ModelPlan,
  measures: Measures,
): FitPlan {
  checkOptions('fit', options, FIT);
  const { epochs = 1, batchSize = 32, shuffle = true, seed = 0, quiet = false } = options;
  const { sentinel = !quiet } = options;
  const { validationData, callbacks = {} } = options;
  checkInteger('fit: epochs', epochs, 1);
  checkInteger('fit: batchSize', batchSize, 1);
  checkBoolean('fit: shuffle', shuffle);
  checkBoolean('fit: sentinel', sentinel);
  checkBoolean('fit: quiet', quiet);
  checkInteger('fit: seed', seed, 0);
  checkOptions('fit: callbacks', callbacks, CALLBACKS);
  for (const [name, callback] of Object.entries(callbacks)) checkFunction(`fit: callbacks.${name}`, callback);
  checkData('fit', x, y, plan);
  checkLabels('fit', y, measures);
  const { sampleWeight = null } = options;
  if (sampleWeight !== null) checkSampleWeight(sampleWeight, x);
  if (validationData !== undefined) {
    checkArray('fit: validationData', validationData);
    if (validationData.length !== 2) throw new TypeError('fit: validationData must be [inputs, labels]');
    const [inputs, labels] = validationData;
    checkData('validationData', inputs, labels, plan);
    checkLabels('validationData', labels, measures);
    if (inputs.session !== x.session) throw new TypeError('validationData: of another session');
  }
  const { earlyStopping } = options;
  const { mayStop = earlyStopping !== undefined || callbacks.onEpochEnd !== undefined } = options;
  checkBoolean('fit: mayStop', mayStop);
  if (earlyStopping !== undefined && !mayStop) throw new RangeError('fit: earlyStopping needs mayStop');
  if (quiet) {
    const told = { validationData, earlyStopping, sentinel, mayStop };
    const other = Object.entries(told).find(([, value]) => value !== undefined && value !== false);
    if (other)
      throw new RangeError(`fit: ${other[0]}: not of a training that is quiet, which reveals nothing`);
  }
  const stopping = notStopping();
  return {
    epochs,
    stopping,
    checkpoint: checkCheckpoint('fit: checkpoint', options.checkpoint),
    resume: checkResume('fit: resume', options.resume),
    batchSize: Math.min(batchSize, x.shape[0]),
    shuffle,
    seed,
    callbacks,
    sentinel,
    mayStop,
    quiet,
    sampleWeight,
    validation: validationData ?? null,
    earlyStopping:
      earlyStopping === undefined
        ? null
        : watch(earlyStopping, validationData !== undefined, measures.metrics, 'earlyStopping', stopping),
  };
}

/** @throws TypeError or RangeError for what are no weights of the rows of x */
function checkSampleWeight(weights: SecureTensor, x: SecureTensor): void {
  const name = 'fit: sampleWeight';
  if (!(weights instanceof SecureTensor))
    throw new TypeError(`${name}: must be a tensor that the session shared, got ${kindOf(weights)}`);
  weights.checkAlive(name);
  if (weights.session !== x.session) throw new TypeError(`${name}: of another session`);
  const [rows] = x.shape;
  if (String(weights.shape) === String([rows])) return;
  throw new RangeError(
    `${name}: expected a weight for each of ${rows} rows, [${rows}], got [${weights.shape}]`,
  );
}

/** Rows that are evaluated or predicted at a time unless the caller says otherwise. */
const EVALUATION_BATCH = 128;

/** Options of evaluate and predict. */
export interface EvaluateOptions {
  /** Rows at a time, all of them where there are fewer. Default 128. */
  batchSize?: number;
  /** For evaluations: as in fit. Default true. */
  sentinel?: boolean;
  /**
   * For evaluations: what is measured and revealed beside the loss and the metrics of compile, each as sums over all rows. Default
   * none.
   *
   * `confusionMatrix`, counts of rows that are exact, and `auc`, want one-hot labels, or labels 0 or 1 where the model has one
   * output; `auc` one output or two. `meanAbsoluteError` and `r2` want the loss meanSquaredError.
   *
   * `auc` tells outputs apart by 64 public thresholds, equally spaced from 0 to 1 (meanSquaredError), −8 to 8 (logits of a
   * cross-entropy) or −2 to 2 (hinge), and of two outputs by their difference, in a range twice as wide (logits of a softmax from −8 to
   * 8). Pairs of rows with no threshold between them count as halves; `aucError` bounds what that can change.
   */
  metrics?: readonly ScoreName[];
}

/** Options of evaluate and predict, checked. */
export interface EvaluatePlan {
  readonly batchSize: number;
  readonly sentinel: boolean;
  readonly scores: readonly Score[];
}

/**
 * The options of an evaluation or, without labels, of a prediction.
 * @param loss of an evaluation
 */
export function checkEvaluate(
  name: 'evaluate' | 'predict',
  options: EvaluateOptions,
  x: SecureTensor,
  y: SecureTensor | null,
  plan: ModelPlan,
  loss: LossName | null = null,
): EvaluatePlan {
  checkOptions(name, options, name === 'evaluate' ? ['batchSize', 'sentinel', 'metrics'] : ['batchSize']);
  const { batchSize = EVALUATION_BATCH, sentinel = true, metrics = [] } = options;
  checkInteger(`${name}: batchSize`, batchSize, 1);
  checkBoolean(`${name}: sentinel`, sentinel);
  checkArray(`${name}: metrics`, metrics);
  if (loss) checkScores(`${name}: metrics`, metrics, loss, plan.units);
  checkData(name, x, y, plan);
  const classes = Math.max(2, plan.units);
  const scores = metrics.map((score) => ({ name: score, classes }));
  return { batchSize: evaluationBatch(x, batchSize), sentinel, scores };
}

/** Rows of x at a time. */
export const evaluationBatch = (x: SecureTensor, batchSize = EVALUATION_BATCH): number =>
  Math.min(batchSize, x.shape[0]);

function checkData(name: string, x: SecureTensor, y: SecureTensor | null, plan: ModelPlan): void {
  if (!(x instanceof SecureTensor) || (y !== null && !(y instanceof SecureTensor))) {
    throw new TypeError(`${name}: data must be tensors that the session shared`);
  }
  x.checkAlive(name);
  y?.checkAlive(name);
  const { inputShape, outputShape } = plan;
  if (String(x.shape.slice(1)) !== String(inputShape)) {
    throw new RangeError(`${name}: expected inputs [rows,${inputShape}], got [${x.shape}]`);
  }
  if (!y) return;
  if (String(y.shape.slice(1)) !== String(outputShape) || plan.units < 1) {
    throw new RangeError(`${name}: expected labels [rows,${outputShape}], got [${y.shape}]`);
  }
  if (x.shape[0] !== y.shape[0]) {
    throw new RangeError(`${name}: ${x.shape[0]} rows of inputs, ${y.shape[0]} rows of labels`);
  }
  if (x.session !== y.session) throw new TypeError(`${name}: inputs and labels of different sessions`);
}
