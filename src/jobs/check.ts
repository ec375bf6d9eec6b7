/** Checks of the options that jobs are made and run with, before anything is loaded or started. */
import type { ModelPlan } from '../model/plan.js';
import {
  checkArray,
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  checkShape,
  kindOf,
} from '../options.js';
import { modelOf, type TrainingJob } from './job.js';

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

const JOB = ['title', 'unit', 'parts', 'standardise', 'layers', 'loss', 'optimizer', 'initialScale'];
const TRAINING = ['epochs', 'batchSize', 'seed', 'session'];

/** The model of a job. @throws TypeError or RangeError unless `job` is a job, as wineJob makes it */
export function checkJob(name: string, job: TrainingJob): ModelPlan {
  checkOptions(`${name}: job`, job, [...JOB, ...TRAINING]);
  checkArray(`${name}: job.parts`, job.parts);
  if (job.parts.length === 0) throw new RangeError(`${name}: job.parts has no owner`);
  job.parts.forEach((part, i) => {
    checkOptions(`${name}: job.parts, entry ${i}`, part, ['owner', 'train', 'test']);
  });
  checkBoolean(`${name}: job.standardise`, job.standardise);
  checkArray(`${name}: job.layers`, job.layers);
  for (const key of ['epochs', 'batchSize', 'seed'] as const) {
    checkInteger(`${name}: job.${key}`, job[key], INTEGERS[key]);
  }
  return modelOf(job);
}

/** Throws TypeError or RangeError for options of runJob that it does not know or cannot use. */
export function checkRunOptions(options: object): void {
  checkOptions('runJob', options, ['onStep', 'onEpoch', 'onProgress', 'signal', 'predictions']);
  const { signal, predictions, ...callbacks }: Record<string, unknown> = { ...options };
  for (const [name, callback] of Object.entries(callbacks)) checkFunction(`runJob: ${name}`, callback);
  if (predictions !== undefined) checkInteger('runJob: predictions', predictions, 0);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`runJob: signal must be an AbortSignal, got ${kindOf(signal)}`);
  }
}
