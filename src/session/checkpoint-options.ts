/** What fit can be told of checkpoints. */
import { checkArray, checkInteger, checkOptions, checkText } from '../options.js';
import type { CheckpointPosition } from './checkpoint-folder.js';

/** Where each party keeps its share of a model after every epoch. */
export interface CheckpointOptions {
  /** The folder; made where there is none. */
  dir: string;
  /** A digest of the job that the training is of; another job's checkpoints are refused. */
  job?: string;
}

/** From which checkpoint a training goes on. */
export interface ResumeOptions extends CheckpointOptions {
  /** What the roles elsewhere have that keep checkpoints, by role; needed where there are such. */
  positions?: Readonly<Record<string, readonly CheckpointPosition[]>>;
}

/** @throws TypeError or RangeError that names the option */
export function checkCheckpoint(
  name: string,
  option: string | CheckpointOptions | undefined,
): CheckpointOptions | null {
  return option === undefined ? null : checked(name, option, ['dir', 'job']);
}

/** @throws TypeError or RangeError that names the option */
export function checkResume(name: string, option: string | ResumeOptions | undefined): ResumeOptions | null {
  if (option === undefined) return null;
  const options: ResumeOptions = checked(name, option, ['dir', 'job', 'positions']);
  for (const [role, list] of Object.entries(options.positions ?? {})) {
    checkArray(`${name}: positions of ${role}`, list);
    for (const position of list) {
      checkOptions(`${name}: positions of ${role}`, position, ['training', 'epoch', 'id']);
      checkInteger(`${name}: training`, position.training, 0);
      checkInteger(`${name}: epoch`, position.epoch, 0);
      checkText(`${name}: id`, position.id);
    }
  }
  return options;
}

function checked<T extends CheckpointOptions>(name: string, option: string | T, known: string[]) {
  const options: T | CheckpointOptions = typeof option === 'string' ? { dir: option } : option;
  checkOptions(name, options, known);
  checkText(`${name}: dir`, options.dir);
  if (options.dir === '') throw new RangeError(`${name}: dir is empty`);
  if (options.job !== undefined) checkText(`${name}: job`, options.job);
  return options as T;
}
