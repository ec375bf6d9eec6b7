/** What every role of a training job does, whichever of them are in this process: scale, share, train, reveal. */
import type { Dataset } from '../data/dataset.js';
import { columnStatistics, standardise } from '../data/scale.js';
import { classesOf } from '../model/class-weights.js';
import type { ModelPlan } from '../model/plan.js';
import { difference, type LedgerTotals } from '../party/ledger.js';
import { type Times, WORK } from '../role/profile.js';
import type { ResumeOptions } from '../session/checkpoint-options.js';
import type { EpochLog, History, Metrics } from '../session/history.js';
import type { RowsOfOwner } from '../session/rows.js';
import { Sequential } from '../session/sequential.js';
import type { Session } from '../session/session.js';
import { sizeOf } from '../shape.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { type ClassWeights, keptUnder, shareClassWeights } from './class-weights.js';
import { columnScaling, columnsOf, labelled, shareInputs, shareLabels } from './columns.js';
import {
  isOwned,
  modelOf,
  namesOfJob,
  type OwnedRows,
  rowsOf,
  startingWeights,
  type TrainingJob,
  totalRows,
} from './job.js';
import { checkCounts, type JobScores, scoresIn } from './metrics.js';
import { type Prediction, predictFor } from './predictions.js';
import type { Costs, JobStep, RunOptions } from './run-options.js';
import { jointStatistics, type Scaling } from './statistics.js';
import { stopwatch } from './stopwatch.js';
import { type RegressionScores, refuseConstant, regressionScores } from './targets.js';
import { tellOwner } from './tell.js';

/** What the training reveals to the model owner. */
export interface Revealed {
  /** Those that this run has made: fewer where it was resumed. */
  readonly epochs: readonly EpochLog[];
  /** On the test rows, after the last epoch; no number for a regression. */
  readonly accuracy: number;
  /** Of a regression's targets as they are scaled. */
  readonly loss: number;
  /** On the test rows, after the last epoch, of a regression. */
  readonly regression?: RegressionScores;
  /** What `job.metrics` asks for, on the test rows, after the last epoch. */
  readonly scores?: JobScores;
  /** The trained weights: for each layer its kernel, row-major, then its bias. */
  readonly weights: readonly Float32Array[];
}

/** What a role knows of a job when it is done. */
export interface RoleResult {
  /** What was revealed to the model owner; null where it is not here. */
  readonly revealed: Revealed | null;
  /** Width of the ring that was used, in bits. */
  readonly ring: 32 | 64;
  /** Epochs that were made in all: fewer than the job's where it was stopped early; 0 at a client that has left. */
  readonly made: number;
  /** Seconds of the training alone, with its validation, workers up and data shared. */
  readonly seconds: number;
  /** What the training alone cost, by role; the roles that are here. */
  readonly costs: Costs;
  /** The most bytes of values held at once until the end of the training, the data set included, by role; those here. */
  readonly peakMemory: ReadonlyMap<string, number>;
  /** Seconds of the training by kind of work, by role; none without `session.profile`. */
  readonly times: ReadonlyMap<string, Times>;
  readonly predictions: readonly Prediction[];
  /** What inputs and targets were scaled by, which all parties know; null where they were not, or no party is here. */
  readonly scaling: Scaling;
}

/** The job's model, compiled, without its initial weights. */
export function compiledFor(job: TrainingJob, plan: ModelPlan = modelOf(job)): Sequential {
  const model = Sequential.of(plan);
  const metrics = job.task === 'regress' ? [] : (['accuracy'] as const);
  model.compile({ optimizer: job.optimizer, loss: job.loss, metrics });
  return model;
}

/** The job's model, compiled and with its initial weights. */
export function modelFor(job: TrainingJob, plan: ModelPlan = modelOf(job)): Sequential {
  const model = compiledFor(job, plan);
  model.setWeights(startingWeights(job, plan));
  return model;
}

/** The program of a job, the same at every role. @param model of the job, compiled */
export async function trainingProgram(
  session: Session,
  job: TrainingJob,
  options: RunOptions = {},
  model: Sequential = compiledFor(job),
): Promise<RoleResult> {
  const plan = modelOf(job);
  model.setWeights(startingWeights(job, plan));
  const tell = (step: JobStep) => options.onStep?.(step);
  const step = stopwatch();
  const columns = sizeOf(plan.inputShape);
  const regress = job.task === 'regress';
  const scaling = await scalingOf(session, job, plan);
  if (scaling.targets) refuseConstant(scaling.targets, namesOfJob(job).classes);
  const scaled = (job.standardise ? columns : 0) + (regress ? plan.units : 0);
  tell({
    step: 'share',
    sumsOpened:
      job.divided === 'columns'
        ? 0
        : 2 * scaled +
          (job.missing?.length ?? 0) -
          2 * (job.medians?.length ?? 0) +
          (job.classWeights === 'balanced' ? classesOf(plan.units) : 0),
    seconds: step(),
  });

  const [x, y] = await sharePart(session, job, 'train', plan, scaling);
  const weighting = job.classWeights ? await weightsOf(session, job, job.classWeights, plan) : null;
  const tests = job.quiet ? null : await sharePart(session, job, 'test', plan, scaling);
  if (tests) checkCounts(session, tests[1], job.metrics ?? [], plan.units);
  for (const client of session.settings.clients ?? []) {
    if (!(await session.leave(client))) continue;
    tell({ step: 'leave', client, seconds: step() });
    return nothing(session);
  }
  const before = await session.totals();
  const timesBefore = await timesOf(session, job);
  tell({ step: 'exchange', costs: before, seconds: step() });

  tell({ step: 'train', classWeights: weighting?.classes ?? null });
  const history = await train(session, model, [x, y, weighting?.rows ?? null], tests, job, options);
  const last = tests && (await lastMetrics(model, history, tests, job));
  const after = await session.totals();
  const timesAfter = await timesOf(session, job);
  const memory = await session.memoryUse();
  const regression =
    regress && tests ? await regressionScores(model, tests, last?.loss, scaling.targets) : null;
  const asked = regress ? 0 : (options.predictions ?? 0);
  const predictions = tests ? await predictFor(session, job, model, tests[0], asked) : [];
  const weights = tests ? await model.weights() : [];
  await keepModel(model, job, options, scaling);
  return {
    revealed: last && {
      epochs: history.epochs,
      accuracy: last.accuracy ?? Number.NaN,
      loss: last.loss,
      weights,
      ...(regression && { regression }),
      ...(last.scores && { scores: last.scores }),
    },
    ring: session.settings.ring,
    made: history.made,
    seconds: history.seconds,
    costs: new Map(
      [...after].map(([role, totals]) => [role, difference(totals, before.get(role) as LedgerTotals)]),
    ),
    peakMemory: new Map([...memory].map(([role, { peak }]) => [role, peak])),
    times: new Map(
      [...timesAfter].map(([role, times]) => [role, timesBetween(times, timesBefore.get(role) as Times)]),
    ),
    predictions,
    scaling,
  };
}

/** What a client has of a training: it has brought its rows. */
const nothing = ({ settings }: Session): RoleResult => ({
  revealed: null,
  ring: settings.ring,
  made: 0,
  seconds: 0,
  costs: new Map(),
  peakMemory: new Map(),
  predictions: [],
  times: new Map(),
  scaling: { inputs: null, targets: null },
});

/** Seconds by kind of work so far, by role; none where they are not taken. */
async function timesOf(session: Session, job: TrainingJob): Promise<ReadonlyMap<string, Times>> {
  if (!job.session.profile) return new Map();
  const entries = [...(await session.times())];
  return new Map(entries.flatMap(([role, times]) => (times ? [[role, times] as const] : [])));
}

const timesBetween = (after: Times, before: Times): Times =>
  Object.fromEntries(WORK.map((work) => [work, after[work] - before[work]])) as Times;

function train(
  session: Session,
  model: Sequential,
  [x, y, weights]: readonly [SecureTensor, SecureTensor, SecureTensor | null],
  tests: readonly [SecureTensor, SecureTensor] | null,
  job: TrainingJob,
  { onEpoch, onProgress, ...kept }: RunOptions,
): Promise<History> {
  const rows = totalRows(job, 'train');
  const { epochs, batchSize, seed, earlyStopping, classWeights } = job;
  const checkpoint = keptUnder(kept.checkpoint, classWeights);
  const resume = keptUnder(kept.resume, classWeights);
  return model.fit(x, y, {
    epochs,
    batchSize,
    seed,
    ...(weights && { sampleWeight: weights }),
    ...(tests ? { validationData: tests } : { quiet: true }),
    ...(earlyStopping ? { earlyStopping } : { mayStop: false }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(resume !== undefined && { resume: resumeOf(session, resume) }),
    callbacks: {
      onEpochEnd: (_epoch, log) => onEpoch?.(log),
      ...(onProgress && {
        onProgress: ({ epoch, done }) =>
          onProgress({ epoch, done: epoch * rows + Math.min(rows, done * batchSize), total: epochs * rows }),
      }),
    },
  });
}

/** Leaves the model at the parties, where it has a name. */
async function keepModel(
  model: Sequential,
  job: TrainingJob,
  { state }: RunOptions,
  { inputs, targets }: Scaling,
): Promise<void> {
  if (job.saveAs === undefined || state === undefined) return;
  const { classes } = job.task === 'regress' ? {} : namesOfJob(job);
  await model.keep(job.saveAs, {
    ...(typeof state === 'string' ? { dir: state } : state),
    ...(inputs && { scaling: inputs }),
    ...(targets && { targets }),
    ...(classes && { classes }),
  });
}

/** Where a training is taken up, with what roles elsewhere have. */
function resumeOf({ checkpoints }: Session, resume: string | ResumeOptions): ResumeOptions {
  const options = typeof resume === 'string' ? { dir: resume } : resume;
  return { positions: Object.fromEntries(checkpoints), ...options };
}

type LastMetrics = Pick<Metrics, 'loss' | 'accuracy'> & { readonly scores?: JobScores };

/** The measures of the test rows after the last epoch, also where another run has made it; null without the owner. */
async function lastMetrics(
  model: Sequential,
  { epochs, before, made }: History,
  [x, y]: readonly [SecureTensor, SecureTensor],
  job: TrainingJob,
): Promise<LastMetrics | null> {
  const { metrics = [] } = job;
  if (before === made || metrics.length > 0) {
    const seen = await model.evaluate(x, y, { metrics });
    return seen && (metrics.length > 0 ? { ...seen, scores: scoresIn(seen) } : seen);
  }
  const last = epochs[epochs.length - 1];
  const { valLoss = Number.NaN, valAccuracy } = last ?? {};
  return last ? { loss: valLoss, ...(valAccuracy !== undefined && { accuracy: valAccuracy }) } : null;
}

/** An owner's rows, where they and it are here. */
const ownedHere = (session: Session, part: TrainingJob['parts'][number]): OwnedRows | null =>
  isOwned(part) && session.isHere(part.owner) ? part : null;

/** What inputs and targets are scaled by: where columns are divided their owners' own statistics, else joint ones. */
async function scalingOf(session: Session, job: TrainingJob, plan: ModelPlan): Promise<Scaling> {
  const regress = job.task === 'regress';
  if (job.divided === 'columns') {
    const parts = columnsOf(session, job.parts, 'train');
    const { owner, set } = labelled(parts);
    const own = regress && set ? columnStatistics(set.y, plan.units) : null;
    return {
      inputs: job.standardise ? columnScaling(parts, job.missing, job.medians) : null,
      // where nothing is revealed, whoever has the targets keeps what they were scaled by
      targets: regress && !job.quiet ? await tellOwner(session, owner, own, plan.units) : own,
    };
  }
  const columns = sizeOf(plan.inputShape);
  const { features, classes } = namesOfJob(job);
  return {
    inputs: job.standardise ? await statisticsOf(session, job, columns, ({ x }) => x, features, job) : null,
    targets: regress ? await statisticsOf(session, job, plan.units, ({ y }) => y, classes, {}, true) : null,
  };
}

/**
 * Means and deviations of the columns of all training rows; null where no party is here.
 * @param told whether the owner learns them too, who is to tell errors in the units of the rows
 */
function statisticsOf(
  session: Session,
  { parts }: TrainingJob,
  columns: number,
  values: (data: Dataset) => Float32Array,
  names?: readonly string[],
  { missing, medians }: Pick<TrainingJob, 'missing' | 'medians'> = {},
  told = false,
) {
  const rows = parts.map((part) => {
    const own = ownedHere(session, part);
    return [part.owner, own ? values(own.train) : rowsOf(part, 'train')] as const;
  });
  const { owner } = session.settings;
  const none = session.isHere(owner) ? new Float32Array(0) : 0;
  const brought = Object.fromEntries(rows);
  const from = told ? { [owner]: none, ...brought } : brought;
  return jointStatistics(session, from, columns, names, missing, medians);
}

/** What each training row counts for, by its class. */
function weightsOf(session: Session, job: TrainingJob, wanted: ClassWeights, { units }: ModelPlan) {
  const parts =
    job.divided === 'columns'
      ? [labelled(columnsOf(session, job.parts, 'train'))]
      : job.parts.map((part) => ({
          owner: part.owner,
          set: ownedHere(session, part)?.train ?? null,
          rows: rowsOf(part, 'train'),
        }));
  return shareClassWeights(session, wanted, parts, units);
}

/** Every owner scales and shares its own inputs and labels. */
async function sharePart(
  session: Session,
  job: TrainingJob,
  which: 'train' | 'test',
  { inputShape, outputShape }: ModelPlan,
  scaling: Scaling,
): Promise<[SecureTensor, SecureTensor]> {
  const { parts } = job;
  if (job.divided === 'columns') {
    const columns = columnsOf(session, parts, which);
    const x = await shareInputs(session, columns, scaling.inputs, job.missing);
    return [x, await shareLabels(session, columns, outputShape, scaling.targets)];
  }
  const matrix = (values: (data: Dataset) => Float32Array): RowsOfOwner[] =>
    parts.map((part) => {
      const own = ownedHere(session, part);
      const { owner } = part;
      return own ? { owner, values: values(own[which]) } : { owner, values: null, rows: rowsOf(part, which) };
    });
  const inputs = matrix(({ x }) => (scaling.inputs ? standardise(x, scaling.inputs, job.missing) : x));
  const labels = matrix(({ y }) => (scaling.targets ? standardise(y, scaling.targets) : y));
  const names = namesOfJob(job);
  const named = (columns?: readonly string[]) => (columns ? { columns } : {});
  return [
    await session.shareRows(inputs, inputShape, named(names.features)),
    await session.shareRows(labels, outputShape, named(names.classes)),
  ];
}
