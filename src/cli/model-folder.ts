/**
 * A trained model in a folder, in clear, for the model owner: model.safetensors, as `model.save` writes it, and beside it a file
 * that says what it takes and what its outputs mean. The folder is made as a whole: it is written beside under another name, and renamed.
 */
import { mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { files } from '#host';
import { pathIn } from '../bytes.js';
import { JobError, reasonOf } from '../errors.js';
import type { ModelExtras, SavedModel } from '../interchange/model-file.js';
import { type LocalTrainingJob, modelOf } from '../jobs/job.js';
import type { RoleResult } from '../jobs/program.js';
import type { ModelPlan } from '../model/plan.js';
import { loadModel, writeModel } from '../session/saved-model.js';
import { unreadable } from './inputs.js';

/** Where a trained model comes from. */
export interface TrainedModel {
  readonly job: LocalTrainingJob;
  readonly result: RoleResult;
}

/** A model whose weights are known. */
export interface ClearModel {
  readonly title: string;
  readonly plan: ModelPlan;
  /** For each layer its kernel, then its bias. */
  readonly weights: readonly Float32Array[];
}

export function clearOf({ job, result: { revealed } }: TrainedModel): ClearModel {
  if (!revealed) throw new TypeError('the model is elsewhere');
  return { title: job.title, plan: modelOf(job), weights: revealed.weights };
}

/**
 * Writes a model and a file beside it, as JSON.
 * @throws JobError where they cannot be written: then nothing is there, but where something else has come to the folder meanwhile
 *   the model is in one beside it, which the error names
 */
export async function saveModel(
  dir: string,
  { plan, weights }: Omit<ClearModel, 'title'>,
  extras: ModelExtras,
  file: string,
  value: object,
): Promise<void> {
  const path = resolve(dir);
  let beside = '';
  try {
    beside = await mkdtemp(`${path}.`);
    await writeModel(beside, plan, weights, extras);
    await files?.replace(beside, file, new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`));
  } catch (error) {
    if (beside !== '') await rm(beside, { recursive: true, force: true });
    throw new JobError(`cannot write ${dir}: ${reasonOf(error)}`);
  }
  try {
    await rmdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(beside, path);
  } catch (error) {
    throw new JobError(`cannot write ${dir}: ${reasonOf(error)}; the model is in ${beside}`);
  }
}

/** What `model.save` has written. @throws JobError for a folder without one, or with one that is damaged */
export async function readModel(dir: string): Promise<SavedModel> {
  try {
    return await loadModel(dir);
  } catch (error) {
    const reading = unreadable((error as Error).cause);
    const message = reasonOf(error)
      .replace(/^loadModel: /, '')
      .replace(': readSafetensors: ', ': ');
    throw new JobError(
      reading === null ? message : `cannot read ${pathIn(dir, 'model.safetensors')}: ${reading}`,
    );
  }
}

/** @throws RangeError for what is no JSON */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('is no JSON, or cut short');
  }
}
