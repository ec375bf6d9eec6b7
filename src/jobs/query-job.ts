/** Questions to a model that a training has left at its parties: what they are made of, and what comes of them. */
import type { Dataset } from '../data/dataset.js';
import type { Task } from '../data/table/table.js';
import type { LossName } from '../model/losses.js';
import type { ScoreName } from '../model/scores.js';
import { checkArray, checkBoolean, checkInteger, checkOptions } from '../options.js';
import type { SessionOptions } from '../session/options.js';
import type { Layer } from '../session/sequential.js';
import type { Session } from '../session/session.js';
import { checkMissing, checkState } from './check.js';
import { isOwned, modelOf, partiesOf, rowsOf, type TrainingJob, type Width, widthOf } from './job.js';
import { checkMetrics, type JobScores } from './metrics.js';
import type { Opened } from './opening.js';
import type { Costs, RunOptions } from './run-options.js';
import type { RegressionScores } from './targets.js';

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

/** @throws TypeError or RangeError for a description that does not fit */
export function checkQuery(job: QueryJob, options: QueryOptions): void {
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
