/**
 * Running a training job in four steps: connect, share, exchange, train.
 *
 * The caller is the model owner: it learns the loss and the accuracy of each epoch, the trained weights and the costs.
 * Here all roles are threads of one process, which shows what the protocol computes and costs, and protects nothing
 * from whoever owns the process.
 */
import { type ColumnStatistics, columnStatistics, standardise } from '../data/scale.js';
import { JobError } from '../errors.js';
import type { ModelPlan } from '../model/plan.js';
import { difference, type LedgerTotals } from '../party/ledger.js';
import type { DryRunReport } from '../session/dry-run-report.js';
import type { EpochLog } from '../session/history.js';
import { Sequential } from '../session/sequential.js';
import { createSession, type Session } from '../session/session.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { checkJob, checkRunOptions } from './check.js';
import { type OwnedRows, startingWeights, type TrainingJob, totalRows } from './job.js';
import { type Prediction, predictFor } from './predictions.js';
import { jointStatistics } from './statistics.js';

/** A step that is done, with what it took; the step of training is reported when it begins. */
export type JobStep =
  | { readonly step: 'connect'; readonly session: Session; readonly seconds: number }
  | { readonly step: 'share'; readonly sumsOpened: number; readonly seconds: number }
  | { readonly step: 'exchange'; readonly costs: Costs; readonly seconds: number }
  | { readonly step: 'train' };

/** What crossed at each role, by its name. */
export type Costs = ReadonlyMap<string, LedgerTotals>;

/** Rows of training done so far, over all epochs. */
export interface JobProgress {
  /** Counted from 0. */
  readonly epoch: number;
  readonly done: number;
  readonly total: number;
}

/** An `AbortSignal`, as far as it is used here. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface RunOptions {
  onStep?: (step: JobStep) => void;
  onEpoch?: (log: EpochLog) => void;
  onProgress?: (progress: JobProgress) => void;
  /** Ends the job at once; it then fails with a JobError. */
  signal?: StopSignal;
  /** Predictions for so many of the first owner's test rows, opened to that owner alone. Default 0. */
  predictions?: number;
}

export interface JobResult {
  readonly epochs: readonly EpochLog[];
  /** On the test rows, after the last epoch. */
  readonly accuracy: number;
  readonly loss: number;
  /** Width of the ring that was used, in bits. */
  readonly ring: 32 | 64;
  /** Seconds of the training alone, with its validation, workers up and data shared. */
  readonly seconds: number;
  /** What the training alone cost, by role. */
  readonly costs: Costs;
  /** The most bytes of values held at once until the end of the training, the data set included, by role. */
  readonly peakMemory: ReadonlyMap<string, number>;
  /** The trained weights, opened to the model owner: for each layer its kernel, row-major, then its bias. */
  readonly weights: readonly Float32Array[];
  readonly predictions: readonly Prediction[];
}

/**
 * Runs a job from beginning to end; no worker is left afterwards.
 * @throws TypeError or RangeError for a description that does not fit, JobError when it is aborted or a role dies
 */
export async function runJob(job: TrainingJob, options: RunOptions = {}): Promise<JobResult> {
  const model = modelFor(job, checkJob('runJob', job));
  checkRunOptions(options);
  const { signal } = options;
  const dryRun = await rangeOf(job, model);
  const step = stopwatch();
  const parties = job.parts.map(({ owner }) => owner);
  const session = await createSession({ ...job.session, parties, ...(dryRun && { dryRun }) });
  const abort = () => void session.roles.fail(new JobError('the job was interrupted'));
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  try {
    options.onStep?.({ step: 'connect', session, seconds: step() });
    return await runIn(session, job, model, options);
  } finally {
    signal?.removeEventListener('abort', abort);
    await session.close();
  }
}

/**
 * The dry run that chooses the job's ring, on the first owner's own rows, scaled by their own statistics; null where a
 * ring is asked for. The choice is public, one bit of these rows.
 */
async function rangeOf(job: TrainingJob, model: Sequential): Promise<DryRunReport | null> {
  const { ring = 'auto', fractionBits } = job.session;
  if (ring !== 'auto') return null;
  const [{ train }] = job.parts;
  const x = job.standardise ? standardise(train.x, columnStatistics(train.x, train.features)) : train.x;
  const { epochs, seed } = job;
  const batchSize = Math.min(job.batchSize, totalRows(job.parts, 'train'));
  const options = { epochs, batchSize, seed, ...(fractionBits && { fractionBits }) };
  return model.dryRun(x, train.y, options);
}

/** The job's model, compiled and with its initial weights. */
function modelFor(job: TrainingJob, plan: ModelPlan): Sequential {
  const model = Sequential.of(plan);
  model.compile({ optimizer: job.optimizer, loss: job.loss, metrics: ['accuracy'] });
  model.setWeights(startingWeights(job, plan));
  return model;
}

async function runIn(
  session: Session,
  job: TrainingJob,
  model: Sequential,
  options: RunOptions,
): Promise<JobResult> {
  const { onStep, onEpoch, onProgress } = options;
  const step = stopwatch();
  const features = job.parts[0].train.features;
  const statistics = job.standardise
    ? await jointStatistics(session, trainingRows(job.parts), features)
    : null;
  onStep?.({ step: 'share', sumsOpened: statistics ? 2 * features : 0, seconds: step() });

  const [x, y] = await sharePart(session, job, 'train', statistics);
  const [testX, testY] = await sharePart(session, job, 'test', statistics);
  const before = await session.roles.totals();
  onStep?.({ step: 'exchange', costs: before, seconds: step() });

  onStep?.({ step: 'train' });
  const rows = totalRows(job.parts, 'train');
  const history = await model.fit(x, y, {
    epochs: job.epochs,
    batchSize: job.batchSize,
    seed: job.seed,
    validationData: [testX, testY],
    mayStop: false,
    callbacks: {
      onEpochEnd: (_epoch, log) => onEpoch?.(log),
      ...(onProgress && {
        onProgress: ({ epoch, done }) =>
          onProgress({
            epoch,
            done: epoch * rows + Math.min(rows, done * job.batchSize),
            total: job.epochs * rows,
          }),
      }),
    },
  });
  const after = await session.roles.totals();
  const memory = await session.roles.memoryUse();
  const last = history.epochs[history.epochs.length - 1];
  return {
    epochs: history.epochs,
    accuracy: last.valAccuracy as number,
    loss: last.valLoss as number,
    ring: session.settings.ring,
    seconds: history.seconds,
    costs: new Map(
      [...after].map(([role, totals]) => [role, difference(totals, before.get(role) as LedgerTotals)]),
    ),
    peakMemory: new Map([...memory].map(([role, { peak }]) => [role, peak])),
    predictions: await predictFor(session, job.parts[0], model, testX, options.predictions ?? 0),
    weights: await model.weights(),
  };
}

const trainingRows = (parts: readonly OwnedRows[]): Record<string, Float32Array> =>
  Object.fromEntries(parts.map(({ owner, train }) => [owner, train.x]));

/** Every owner scales and shares its own inputs and labels. */
async function sharePart(
  session: Session,
  { parts, standardise: scaled, layers }: TrainingJob,
  which: 'train' | 'test',
  statistics: ColumnStatistics | null,
): Promise<[SecureTensor, SecureTensor]> {
  const { features, classes, names } = parts[0][which];
  const inputs = parts.map(({ owner, [which]: { x } }) => ({
    owner,
    values: scaled && statistics ? standardise(x, statistics) : x,
  }));
  const labels = parts.map(({ owner, [which]: { y } }) => ({ owner, values: y }));
  const named = (columns?: readonly string[]) => (columns ? { columns } : {});
  return [
    await session.shareRows(inputs, layers[0].inputShape ?? [features], named(names?.features)),
    await session.shareRows(labels, [classes], named(names?.classes)),
  ];
}

/** A function that tells the seconds since it was last asked, or made. */
function stopwatch(): () => number {
  let since = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - since) / 1000;
    since = now;
    return seconds;
  };
}
