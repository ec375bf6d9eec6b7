/** Checks of the options that jobs are made and run with, before anything is loaded or started. */
import type { RingBits } from '../../bindings/ring.js';
import { checkClassWeights, classesOf } from '../model/class-weights.js';
import type { ModelPlan } from '../model/plan.js';
import {
  checkArray,
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  checkShape,
  checkText,
  checkTexts,
  kindOf,
} from '../options.js';
import { checkCheckpoint, checkResume } from '../session/checkpoint-options.js';
import { watch } from '../session/early-stopping.js';
import { checkKeptName } from '../session/kept-model.js';
import { checkFolder } from '../session/saved-model.js';
import { sizeOf } from '../shape.js';
import { isOwned, modelOf, rowsOf, type TrainingJob, widthOf } from './job.js';
import { checkMetrics } from './metrics.js';
import type { RunOptions } from './run-options.js';

/** Whole numbers among a job's options, with the least of each. */
const INTEGERS: Readonly<Record<string, number>> = {
  fold: 0,
  images: 1,
  epochs: 1,
  batchSize: 1,
  parties: 2,
  seed: 0,
};

/**
 * A job's options with defaults filled in, also for those that are there but undefined.
 * @param more options without a default
 * @throws TypeError or RangeError that names the option
 */
export function checkJobOptions<Defaults extends object, Options extends object>(
  name: string,
  defaults: Defaults,
  options: Options,
  more: readonly string[],
): Required<Pick<Options, keyof Options & keyof Defaults>> & Omit<Options, keyof Defaults> {
  checkOptions(name, options, [...new Set([...Object.keys(defaults), ...more])]);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const values: Record<string, unknown> = { ...defaults, ...Object.fromEntries(given) };
  for (const [key, least] of Object.entries(INTEGERS)) {
    if (key in values) checkInteger(`${name}: ${key}`, values[key], least);
  }
  if ('learningRate' in values) checkNumber(`${name}: learningRate`, values.learningRate);
  checkShape(`${name}: hidden`, values.hidden, 0);
  if (!['auto', 32, 64].includes(values.ring as string)) {
    throw new RangeError(`${name}: ring must be one of auto, 32, 64`);
  }
  return values as Required<Pick<Options, keyof Options & keyof Defaults>> & Omit<Options, keyof Defaults>;
}

/**
 * The ring of a built-in training: 32 where nothing else was asked for than its defaults (test/jobs/known-ring.test.ts looks for it by
 * dry runs), and the ring that was asked for otherwise.
 */
export const knownRing = <Defaults extends { readonly ring: 'auto' }>(
  ring: RingBits | 'auto',
  options: object,
  defaults: Defaults,
): RingBits | 'auto' => {
  const usual = Object.entries(options).every(
    ([key, value]) =>
      value === undefined || key === 'ring' || String(value) === String(defaults[key as keyof Defaults]),
  );
  return ring === 'auto' && usual ? 32 : ring;
};

const JOB = [
  'title',
  'unit',
  'parts',
  'parties',
  'task',
  'standardise',
  'missing',
  'medians',
  'layers',
  'loss',
  'optimizer',
  'initialScale',
  'divided',
];
const TRAINING = [
  'epochs',
  'batchSize',
  'earlyStopping',
  'classWeights',
  'seed',
  'session',
  'saveAs',
  'quiet',
  'names',
  'metrics',
];

/** The model of a job. @throws TypeError or RangeError unless `job` is a job, as wineJob makes it */
export function checkJob(name: string, job: TrainingJob): ModelPlan {
  checkOptions(`${name}: job`, job, [...JOB, ...TRAINING]);
  checkArray(`${name}: job.parts`, job.parts);
  if (job.parts.length === 0) throw new RangeError(`${name}: job.parts has no owner`);
  job.parts.forEach((part, i) => {
    const entry = `${name}: job.parts, entry ${i}`;
    checkOptions(
      entry,
      part,
      'rows' in Object(part) ? ['owner', 'rows', 'width'] : ['owner', 'train', 'test'],
    );
    if (isOwned(part)) return;
    checkOptions(`${entry}: rows`, part.rows, ['train', 'test']);
    for (const which of ['train', 'test'] as const) {
      checkInteger(`${entry}: rows.${which}`, part.rows?.[which], 1);
    }
  });
  if (job.parties !== undefined) checkOwners(name, job);
  if (!['classify', 'regress', undefined].includes(job.task)) {
    throw new RangeError(`${name}: job.task must be 'classify' or 'regress'`);
  }
  if (job.task === 'regress' && job.loss !== 'meanSquaredError') {
    throw new RangeError(`${name}: job.loss must be meanSquaredError for a regression`);
  }
  if (!['rows', 'columns', undefined].includes(job.divided)) {
    throw new RangeError(`${name}: job.divided must be 'rows' or 'columns'`);
  }
  if (job.divided === 'columns') checkColumns(name, job);
  if (job.saveAs !== undefined) {
    checkKeptName(`${name}: job.saveAs`, job.saveAs);
  }
  if (job.quiet !== undefined) checkBoolean(`${name}: job.quiet`, job.quiet);
  if (job.quiet && job.saveAs === undefined) {
    throw new RangeError(`${name}: job.saveAs: nothing would be left of a training that is quiet`);
  }
  checkBoolean(`${name}: job.standardise`, job.standardise);
  checkArray(`${name}: job.layers`, job.layers);
  checkMissing(`${name}: job.missing`, job);
  checkMedians(`${name}: job.medians`, job);
  for (const key of ['epochs', 'batchSize', 'seed'] as const) {
    checkInteger(`${name}: job.${key}`, job[key], INTEGERS[key]);
  }
  const plan = modelOf(job);
  checkStopping(name, job);
  checkWeighting(name, job, plan);
  const { metrics, loss, task } = job;
  if (metrics !== undefined) checkMetrics(`${name}: job.metrics`, metrics, { loss, units: plan.units, task });
  return plan;
}

/** @throws TypeError or RangeError for what are no weights of the job's classes */
function checkWeighting(name: string, { classWeights, task }: TrainingJob, { units }: ModelPlan): void {
  if (classWeights === undefined) return;
  if (task === 'regress') throw new RangeError(`${name}: job.classWeights: a regression has no classes`);
  if (classWeights === 'balanced') return;
  if (typeof classWeights === 'string') {
    throw new RangeError(`${name}: job.classWeights: must be 'balanced' or a number for each class`);
  }
  checkClassWeights(`${name}: job.classWeights`, classWeights, classesOf(units));
}

/** @throws TypeError or RangeError for what no training can be stopped by */
function checkStopping(name: string, { earlyStopping, quiet, task }: TrainingJob): void {
  if (earlyStopping === undefined) return;
  if (quiet) {
    throw new RangeError(`${name}: job.earlyStopping: nothing is revealed of a training that is quiet`);
  }
  watch(earlyStopping, true, task === 'regress' ? [] : ['accuracy'], `${name}: job.earlyStopping`);
}

/** @throws TypeError or RangeError for what are no inputs of the model, and where nothing would stand in for a missing cell */
export function checkMissing(
  name: string,
  { missing, standardise, layers }: Pick<TrainingJob, 'missing' | 'standardise' | 'layers'>,
): void {
  if (missing === undefined) return;
  checkArray(name, missing);
  const inputs = sizeOf(modelOf({ layers }).inputShape);
  for (const input of missing) checkInteger(`${name}: an input`, input, 0, inputs - 1);
  if (missing.length > 0 && !standardise)
    throw new RangeError(`${name}: a missing cell has the mean that standardise scales by, which is false`);
}

function checkMedians(name: string, { missing = [], medians = [] }: TrainingJob): void {
  checkArray(name, medians);
  for (const input of medians) {
    if (!missing.includes(input)) throw new RangeError(`${name}: an input that is not one of job.missing`);
  }
}

/** @throws TypeError or RangeError for owners of rows that are no party and no client */
function checkOwners(name: string, { parties = [], parts, session }: TrainingJob): void {
  checkTexts(`${name}: job.parties`, parties);
  const stranger = parts.find(({ owner }) => ![...parties, ...(session.clients ?? [])].includes(owner));
  if (!stranger) return;
  throw new RangeError(`${name}: job.parts: "${stranger.owner}" is no party and no client of the session`);
}

/** Throws unless each party has its columns of the same rows, and one of them the labels. */
function checkColumns(name: string, { parts, parties, layers }: TrainingJob): void {
  for (const which of ['train', 'test'] as const) {
    const other = parts.find((part) => rowsOf(part, which) !== rowsOf(parts[0], which));
    if (other) throw new RangeError(`${name}: job.parts: ${other.owner} has other rows to ${which}`);
  }
  const widths = parts.map(widthOf);
  const having = widths.filter(({ labels }) => labels > 0).length;
  if (having !== 1) throw new RangeError(`${name}: job.parts: ${having} parties have labels, not one`);
  const inputs = widths.reduce((sum, width) => sum + width.inputs, 0);
  const wanted = sizeOf(modelOf({ layers }).inputShape);
  if (inputs !== wanted)
    throw new RangeError(`${name}: job.parts: ${inputs} columns, where the model takes ${wanted}`);
  const client = parties && parts.find(({ owner }) => !parties.includes(owner));
  if (client)
    throw new RangeError(`${name}: job.parts: ${client.owner} is no party, and columns are parties'`);
}

const CALLBACKS = ['onStep', 'onEpoch', 'onProgress'] as const;

/** Throws TypeError or RangeError for options of a run that it does not know or cannot use. */
export function checkRunOptions(name: string, options: RunOptions): void {
  checkOptions(name, options, [...CALLBACKS, 'signal', 'predictions', 'checkpoint', 'resume', 'state']);
  const { signal, predictions, checkpoint, resume } = options;
  for (const key of CALLBACKS) {
    if (key in options) checkFunction(`${name}: ${key}`, options[key]);
  }
  if (predictions !== undefined) checkInteger(`${name}: predictions`, predictions, 0);
  checkCheckpoint(`${name}: checkpoint`, checkpoint);
  checkResume(`${name}: resume`, resume);
  checkState(name, options.state);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`${name}: signal must be an AbortSignal, got ${kindOf(signal)}`);
  }
}

/** @throws TypeError or RangeError for what is no folder of kept models */
export function checkState(name: string, state: RunOptions['state']): void {
  if (state === undefined) return;
  const options = typeof state === 'string' ? { dir: state } : state;
  checkOptions(`${name}: state`, options, ['dir', 'data']);
  checkFolder(`${name}: state`, options.dir);
  if (options.data !== undefined) checkText(`${name}: state: data`, options.data);
}
