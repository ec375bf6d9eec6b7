/** A model in a folder of its owner: one file, written beside and renamed, for the user alone to read. */

import { files } from '#host';
import { pathIn } from '../bytes.js';
import { JobError, reasonOf } from '../errors.js';
import { decodeModel, encodeModel, type ModelExtras, type SavedModel } from '../interchange/model-file.js';
import type { ModelPlan } from '../model/plan.js';
import { checkText } from '../options.js';

export type { SavedModel } from '../interchange/model-file.js';

/** The model's file in its folder. */
const FILE = 'model.safetensors';

const pathOf = (dir: string): string => pathIn(dir, FILE);

/** @throws TypeError or RangeError for what is no path of a folder */
export function checkFolder(name: string, dir: unknown): asserts dir is string {
  checkText(`${name}: dir`, dir);
  if (dir === '') throw new RangeError(`${name}: dir is empty`);
}

/** @internal @throws JobError where there are no folders */
export function needFiles(name: string) {
  if (!files) throw new JobError(`${name} needs a folder of files, which a browser does not have`);
  return files;
}

/** @throws JobError where it cannot be written; what was there before is there still */
export async function writeModel(
  dir: string,
  plan: ModelPlan,
  weights: readonly Float32Array[],
  extras: ModelExtras,
): Promise<void> {
  const bytes = encodeModel(plan, weights, extras);
  try {
    await needFiles('save').replace(dir, FILE, bytes);
  } catch (error) {
    throw new JobError(`save: cannot write ${pathOf(dir)}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Reads what `model.save` has written: the description, the weights, and what was kept beside them. The weights are in clear:
 * `sequential(layers)` and `setWeights(weights)` make them public, `setWeights(weights, { owner })` keeps them an owner's secret.
 * @param dir the folder
 * @throws JobError for a file that is not there, torn, of another version, or no model; TypeError or RangeError for what is
 *   no path
 */
export async function loadModel(dir: string): Promise<SavedModel> {
  checkFolder('loadModel', dir);
  const folder = needFiles('loadModel');
  try {
    return decodeModel(await folder.read(dir, FILE));
  } catch (error) {
    throw new JobError(`loadModel: ${pathOf(dir)}: ${reasonOf(error)}`, { cause: error });
  }
}
