/**
 * Asking a trained model that has stayed as shares at its parties: testing it on rows of several owners, or predicting rows of
 * one. Nobody sees the weights, nor another's rows; the answer is for the owner, or for the asker alone.
 */
import type { Dataset } from '../data/dataset.js';
import { type ColumnStatistics, standardise } from '../data/scale.js';
import type { Task } from '../data/table/table.js';
import { JobError } from '../errors.js';
import { sgd } from '../model/describe.js';
import type { LossName } from '../model/losses.js';
import type { ModelPlan } from '../model/plan.js';
import type { ScoreName } from '../model/scores.js';
import { checkArray, checkBoolean, checkInteger, checkOptions } from '../options.js';
import { keptOrigin, type RestoreOptions, readKept } from '../session/kept-model.js';
import { resolveOptions, type SessionOptions } from '../session/options.js';
import type { RowsOfOwner } from '../session/rows.js';
import { type Layer, Sequential } from '../session/sequential.js';
import { createSession, type Session } from '../session/session.js';
import { sizeOf } from '../shape.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { checkMissing, checkState } from './check.js';
import { type ColumnsOf, labelled, shareInputs, shareLabels } from './columns.js';
import { isOwned, modelOf, partiesOf, rowsOf, type TrainingJob, type Width, widthOf } from './job.js';
import { checkMetrics, type JobScores, scoresIn } from './metrics.js';
import { type Opened, openModel, tellScaling } from './opening.js';
import { largest } from './predictions.js';
import type { Costs, RunOptions } from './run-options.js';
import { stopwatch } from './stopwatch.js';
import { inUnits, type RegressionScores, regressionScores } from './targets.js';
import { tellOwner, tellRole } from './tell.js';

/** The rows that one party brings: themselves, in clear, or how many where it is elsewhere. */
export interface QueryRows {
  /** A party. */
  readonly owner: string;
  /** Not yet scaled. Labels are read where the model is tested; else `y` may be empty. */
  readonly rows: Pick<Dataset, 'x' | 'y' | 'rows' | 'names'> | number;
  /** Where columns are divided: how many of the model's inputs it has, and how many columns of labels. */
  readonly width?: Width;
}

/** A question to a model that a training has left at its parties. */
export interface QueryJob {
  readonly title: string;
  /** What a row is called: 'rows', 'images'. */
  readonly unit: string;
  /**
   * 'evaluate': loss and accuracy to the owner. 'predict': outputs to the party or client whose rows they are. 'open': the model to the owner,
   * with what its columns were scaled by.
   */
  readonly task: 'evaluate' | 'predict' | 'open';
  /** The name under which the parties have kept the model. */
  readonly from: string;
  /** All compute parties, as in the training. */
  readonly parties: readonly string[];
  /** Whose rows, one owner after the other; a prediction has one, but where columns are divided, an opening none. */
  readonly parts: readonly QueryRows[];
  /** As in the training: where it is columns, each part has its own of all rows. */
  readonly divided?: 'rows' | 'columns';
  /** Of a prediction: who learns the outputs; left out: the owner of the rows, of columns the first. */
  readonly asker?: string;
  readonly layers: readonly Layer[];
  /** Of an evaluation. */
  readonly loss?: LossName;
  /** Of an evaluation: what is measured and opened to the owner beside loss and accuracy. Default nothing. */
  readonly metrics?: readonly ScoreName[];
  /** What the model has learned; left out: classes. Numbers are told in their own units, as the training has scaled them. */
  readonly learned?: Task;
  /** True where the training has scaled its columns: these are scaled by what was kept. */
  readonly standardise: boolean;
  /** Inputs, from 0, of which a cell may be missing, NaN: it has the mean that the training has scaled by. Default none. */
  readonly missing?: readonly number[];
  /** Options of the session but for its parties; ring and fraction bits must be the training's. */
  readonly session: Omit<SessionOptions, 'parties'>;
}

/** A row's answer, as its asker sees it. */
export interface Answer {
  /** Index of the class with the largest output, the first of several. */
  readonly predicted: number;
  /** The model's outputs as they are, one a class; of a model of numbers these, in their own units. */
  readonly outputs: readonly number[];
}

/** What an evaluation tells the owner, a mean over all rows. */
export interface Measures {
  /** Of numbers as they are scaled. */
  readonly loss: number;
  /** No number where the model has learned numbers. */
  readonly accuracy: number;
  /** Of a model that has learned numbers. */
  readonly regression?: RegressionScores;
  /** What `job.metrics` asks for. */
  readonly scores?: JobScores;
}

/** What came of a question. */
export interface QueryResult {
  /** Of an evaluation; null where the owner is not here. */
  readonly measures: Measures | null;
  /** Of a prediction, in the order of the rows; null where the asker is not here. */
  readonly answers: readonly Answer[] | null;
  /** Of an opening; null where the owner is not here. */
  readonly opened: Opened | null;
  readonly ring: 32 | 64;
  /** Seconds from the first share to the answer. */
  readonly seconds: number;
  /** What all of it cost, by role; the roles that are here. */
  readonly costs: Costs;
}

/** What a query can be told, beside what it is. */
export type QueryOptions = Pick<RunOptions, 'state' | 'signal'> & {
  /** Called when the roles are linked. */
  onConnect?: (session: Session) => void;
};

/**
 * A test of the model that a training leaves: on its owners' test rows, in one process or in as many as the training.
 * @param ring that of the training, as its result says; left out: that of its session
 * @throws TypeError for a training that leaves no model (`saveAs`)
 */
export function evaluationOf(training: TrainingJob, ring = training.session.ring): QueryJob {
  const { loss, metrics } = training;
  return { ...queryOf('evaluationOf', training, 'evaluate', ring), loss, ...(metrics && { metrics }) };
}

/**
 * Predictions of one owner's test rows, a party's or a client's, by the model that a training leaves.
 * @throws TypeError for a training that leaves no model (`saveAs`), RangeError for an asker who has no rows
 */
export function predictionOf(training: TrainingJob, asker: string, ring = training.session.ring): QueryJob {
  const job = queryOf('predictionOf', training, 'predict', ring, asker);
  const parts = job.parts.filter(({ owner }) => owner === asker);
  if (parts.length === 0) throw new RangeError(`predictionOf: no owner named "${asker}"`);
  return { ...job, asker, parts: job.divided === 'columns' ? job.parts : parts };
}

function queryOf(
  name: string,
  training: TrainingJob,
  task: QueryJob['task'],
  ring: SessionOptions['ring'],
  asker?: string,
): QueryJob {
  const { title, unit, layers, saveAs, standardise: scaled, task: learned, divided, missing } = training;
  const { clients = [], ...session } = training.session; // of which one may ask, and no other has a part in it
  const parties = partiesOf(training);
  const asking = clients.filter((client) => client === asker);
  const parts = training.parts.filter(({ owner }) => [...parties, ...asking].includes(owner));
  if (saveAs === undefined) throw new TypeError(`${name}: the training leaves no model: saveAs names none`);
  return {
    title,
    unit,
    task,
    from: saveAs,
    parties,
    parts: parts.map((part) => ({
      owner: part.owner,
      rows: isOwned(part) ? part.test : rowsOf(part, 'test'),
      ...(divided === 'columns' && { width: widthOf(part) }),
    })),
    ...(divided && { divided }),
    layers,
    standardise: scaled,
    ...(missing && { missing }),
    ...(learned && { learned }),
    session: {
      ...session,
      ...(asking.length > 0 && { clients: asking }),
      ...(ring !== undefined && { ring }),
    },
  };
}

/**
 * Runs the roles of a query that are in this process (`job.session.here`; left out: all). No worker is left afterwards.
 * @param options `state` is needed: the folder in which the parties here keep the model
 * @throws TypeError or RangeError for a description that does not fit; JobError for a party's model that is not there or is
 *   another, when it is aborted, or a role dies; ProtocolError where the parties' models are of different runs
 */
export async function runQuery(job: QueryJob, options: QueryOptions): Promise<QueryResult> {
  checkQuery(job, options);
  const { signal = job.session.signal } = options;
  const { parties } = job;
  const session = await createSession({ ...job.session, parties: [...parties], ...(signal && { signal }) });
  try {
    const without = job.parts.find(({ owner, rows }) => session.isHere(owner) && typeof rows === 'number');
    if (without) throw new TypeError(`runQuery: ${without.owner} is here, and its rows are not`);
    options.onConnect?.(session);
    return await queryProgram(session, job, options);
  } catch (error) {
    await session.roles.fail(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    await session.close();
  }
}

const KEYS = [
  'title',
  'unit',
  'task',
  'from',
  'parties',
  'parts',
  'divided',
  'asker',
  'layers',
  'loss',
  'metrics',
  'learned',
  'standardise',
  'missing',
  'session',
];

function checkQuery(job: QueryJob, options: QueryOptions): void {
  checkOptions('runQuery: job', job, KEYS);
  checkOptions('runQuery', options, ['state', 'signal', 'onConnect']);
  const { task, parties, parts, loss, metrics, session } = job;
  const bringing = [...parties, ...((task === 'predict' && session.clients) || [])];
  if (options.state === undefined) {
    throw new TypeError('runQuery: state is needed, the folder in which the parties keep the model');
  }
  checkState('runQuery', options.state);
  if (!['evaluate', 'predict', 'open'].includes(task)) {
    throw new RangeError("runQuery: job.task must be 'evaluate', 'predict' or 'open'");
  }
  checkBoolean('runQuery: job.standardise', job.standardise);
  if (!['classify', 'regress', undefined].includes(job.learned)) {
    throw new RangeError("runQuery: job.learned must be 'classify' or 'regress'");
  }
  checkArray('runQuery: job.parties', parties);
  checkArray('runQuery: job.parts', parts);
  const least = task === 'open' ? 0 : 1;
  const whole = job.divided === 'columns' ? Number.POSITIVE_INFINITY : 1;
  const most = { evaluate: Number.POSITIVE_INFINITY, predict: whole, open: 0 }[task];
  if (parts.length < least || parts.length > most) {
    throw new RangeError(`runQuery: job.parts has ${parts.length} owners`);
  }
  for (const { owner, rows } of parts) {
    if (!bringing.includes(owner)) throw new RangeError(`runQuery: job.parts: "${owner}" is no party`);
    checkInteger(`runQuery: rows of ${owner}`, typeof rows === 'number' ? rows : rows?.rows, 1);
  }
  if (!['rows', 'columns', undefined].includes(job.divided)) {
    throw new RangeError("runQuery: job.divided must be 'rows' or 'columns'");
  }
  checkMissing('runQuery: job.missing', job);
  if (job.asker !== undefined && !bringing.includes(job.asker)) {
    throw new RangeError(`runQuery: job.asker: "${job.asker}" is no party`);
  }
  if (task === 'evaluate' && loss === undefined) throw new TypeError('runQuery: job.loss is needed');
  if (metrics !== undefined) {
    if (loss === undefined) throw new RangeError('runQuery: job.metrics: only an evaluation measures');
    const { units } = modelOf(job);
    checkMetrics('runQuery: job.metrics', metrics, { loss, units, task: job.learned });
  }
  if (session.ring !== 32 && session.ring !== 64) {
    throw new RangeError("runQuery: job.session.ring must be the training's, 32 or 64");
  }
}

/**
 * Looks whether a party has the model that a query asks, before the roles are linked.
 * @throws JobError as `model.restore`
 */
export async function checkKept(job: QueryJob, role: string, { dir, data }: RestoreOptions): Promise<void> {
  const { from, parties, session } = job;
  const settings = resolveOptions({ ...session, parties: [...parties] }, 1);
  await readKept(dir, role, await keptOrigin(from, settings, modelOf(job).config, data));
}

/** The program of a query, the same at every role. */
export async function queryProgram(
  session: Session,
  job: QueryJob,
  { state }: Pick<QueryOptions, 'state'>,
): Promise<QueryResult> {
  const plan = modelOf(job);
  const step = stopwatch();
  const model = Sequential.of(plan);
  const folder = typeof state === 'string' ? { dir: state } : (state ?? { dir: 'state' });
  const kept = await model.restore(session, job.from, folder);
  if (kept !== null && job.standardise !== (kept.scaling !== null)) {
    const [was, is] = job.standardise ? ['not scaled', 'scaled'] : ['scaled', 'not scaled'];
    throw new JobError(`the columns of "${job.from}" were ${was} in its training, and are ${is} in this job`);
  }
  const regress = job.learned === 'regress';
  const columns = job.divided === 'columns' ? columnsHere(session, job) : null;
  const knows = columns === null || labelled(columns).set !== null;
  if (kept !== null && knows && regress !== (kept.targets !== null)) {
    throw new JobError(
      `"${job.from}" has learned ${regress ? 'classes' : 'numbers'}, and this job says otherwise`,
    );
  }
  const nothing = { ring: session.settings.ring, measures: null, answers: null, opened: null };
  if (job.task === 'open') {
    const inputs = job.standardise ? sizeOf(plan.inputShape) : 0;
    const opened = await openModel(session, model, inputs, kept, regress ? plan.units : 0);
    return { ...nothing, opened, seconds: step(), costs: await session.totals() };
  }
  const { targets = null } = kept ?? {};
  const client = job.parts.find(({ owner }) => !job.parties.includes(owner))?.owner;
  const scaling =
    client !== undefined && job.standardise
      ? await tellScaling(session, client, sizeOf(plan.inputShape), kept)
      : (kept?.scaling ?? null);
  if (columns && scaling) checkOwn(job, columns, scaling);
  const x = columns
    ? await shareInputs(session, columns, scaling, job.missing)
    : await shareOf(session, job, plan.inputShape, ({ x }) =>
        scaling ? standardise(x, scaling, job.missing) : x,
      );
  const asked: Asked = { session, job, model, plan, x, targets, columns };
  const answered =
    job.task === 'evaluate' ? { measures: await measured(asked) } : { answers: await told(asked) };
  return { ...nothing, ...answered, seconds: step(), costs: await session.totals() };
}

/** A model with the rows that it is asked about. */
interface Asked {
  readonly session: Session;
  readonly job: QueryJob;
  readonly model: Sequential;
  readonly plan: ModelPlan;
  readonly x: SecureTensor;
  /** What the training has scaled its targets by; null for classes, and where no party is here. */
  readonly targets: ColumnStatistics | null;
  /** Owners of columns, where these are divided. */
  readonly columns: readonly ColumnsOf[] | null;
}

/** A question's owners of columns, as a process has them. */
const columnsHere = (session: Session, { parts }: QueryJob): ColumnsOf[] =>
  parts.map(({ owner, rows, width = { inputs: 0, labels: 0 } }) => ({
    owner,
    width,
    rows: typeof rows === 'number' ? rows : rows.rows,
    set: typeof rows === 'number' || !session.isHere(owner) ? null : rows,
  }));

/** @throws JobError where a party has kept no statistics of its own columns: those that are read are another's */
function checkOwn(
  { from }: QueryJob,
  parts: readonly ColumnsOf[],
  { mean, deviation }: ColumnStatistics,
): void {
  let at = 0;
  for (const { owner, width, set } of parts) {
    const own = [mean, deviation].flatMap((numbers) => [...numbers.subarray(at, at + width.inputs)]);
    at += width.inputs;
    if (set && own.every((number) => number === 0)) {
      throw new JobError(`what was kept of "${from}" has no scaling of ${owner}'s columns`);
    }
  }
}

async function measured({ session, job, model, plan, x, targets, columns }: Asked): Promise<Measures | null> {
  const regress = job.learned === 'regress';
  const first = columns ? labelled(columns).owner : job.parties[0];
  const known = regress ? await tellOwner(session, first, targets, plan.units) : null;
  const y = columns
    ? await shareLabels(session, columns, plan.outputShape, targets)
    : await shareOf(session, job, plan.outputShape, ({ y }) => (targets ? standardise(y, targets) : y));
  // an evaluation makes no step; compile wants an optimizer all the same
  const metrics = regress ? [] : (['accuracy'] as const);
  model.compile({ optimizer: sgd({ learningRate: 1 }), loss: job.loss as LossName, metrics });
  const { metrics: asked = [] } = job;
  const seen = await model.evaluate(x, y, { metrics: asked });
  const regression = regress ? await regressionScores(model, [x, y], seen?.loss, known) : null;
  return (
    seen && {
      loss: seen.loss,
      accuracy: seen.accuracy ?? Number.NaN,
      ...(regression && { regression }),
      ...(asked.length > 0 && { scores: scoresIn(seen) }),
    }
  );
}

/** The label of the outputs, in lists of disclosures. */
const OUTPUTS = 'predict: outputs';

async function told({
  session,
  job,
  model,
  plan,
  x,
  targets: kept,
  columns,
}: Asked): Promise<QueryResult['answers']> {
  const { asker: owner = job.parts[0].owner } = job;
  const from = columns ? labelled(columns).owner : job.parties[0];
  const apart = job.learned === 'regress' && (columns !== null || !job.parties.includes(owner));
  const targets = apart ? await tellRole(session, from, owner, kept, plan.units) : kept;
  const { units } = plan;
  const opened = await model.predict(x).reveal({ to: owner, label: OUTPUTS });
  if (!opened) return null;
  return Array.from({ length: opened.length / units }, (_, row) => {
    const outputs = Array.from(opened.subarray(row * units, (row + 1) * units));
    return { predicted: largest(outputs), outputs: targets ? inUnits(outputs, targets) : outputs };
  });
}

/** Every owner shares its own rows. */
function shareOf(
  session: Session,
  { parts }: QueryJob,
  shape: readonly number[],
  values: (rows: Exclude<QueryRows['rows'], number>) => Float32Array,
): Promise<SecureTensor> {
  const brought = parts.map(({ owner, rows }): RowsOfOwner => {
    const count = typeof rows === 'number' ? rows : rows.rows;
    if (typeof rows === 'number' || !session.isHere(owner)) return { owner, values: null, rows: count };
    return { owner, values: values(rows) };
  });
  return session.shareRows(brought, shape);
}
