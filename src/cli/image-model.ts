/** A trained model of images in a folder: beside model.safetensors lies images.json, with their size and the names of the classes. */
import { readFile } from 'node:fs/promises';
import { pathIn } from '../bytes.js';
import { JobError, reasonOf } from '../errors.js';
import type { SavedModel } from '../interchange/model-file.js';
import { modelOf, namesOfJob } from '../jobs/job.js';
import { sizeOf } from '../shape.js';
import { type ClearModel, clearOf, jsonOf, readModel, saveModel, type TrainedModel } from './model-folder.js';
import type { ImageFile } from './model-schemas.js';

const FILE = 'images.json';

/** A model with what it needs to be asked about images. */
export interface ImageModel extends SavedModel {
  readonly title: string;
  readonly height: number;
  readonly width: number;
  readonly classes: readonly string[];
}

/** @throws JobError where it cannot be written: then nothing is there */
export async function saveImageModel(
  dir: string,
  trained: TrainedModel,
  [height, width]: readonly [number, number],
): Promise<void> {
  await saveImages(dir, clearOf(trained), namesOfJob(trained.job).classes ?? [], [height, width]);
}

/** @throws JobError where it cannot be written: then nothing is there */
export async function saveImages(
  dir: string,
  model: ClearModel,
  names: readonly string[],
  [height, width]: readonly [number, number],
): Promise<void> {
  const classes = [...names];
  const { title } = model;
  const images: ImageFile = { beaverdam: 'image model 1', title, height, width, classes };
  await saveModel(dir, model, { classes }, FILE, images);
}

/** Null for a folder that holds no model of images. @throws JobError for one that is damaged */
export async function loadImageModel(dir: string): Promise<ImageModel | null> {
  const path = pathIn(dir, FILE);
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const saved = await readModel(dir);
  const { imageFile, problemOf } = await import('./model-schemas.js');
  try {
    const { title, height, width, classes } = imageFile.parse(jsonOf(text));
    const { inputShape, units } = modelOf(saved);
    if (sizeOf(inputShape) !== height * width) {
      throw new RangeError(`has ${height * width} pixels, and the model takes ${inputShape}`);
    }
    if (units !== classes.length)
      throw new RangeError(`has ${classes.length} classes, and the model ${units}`);
    return { ...saved, title, height, width, classes };
  } catch (error) {
    throw new JobError(`${path}: ${problemOf(error) ?? reasonOf(error)}`);
  }
}
