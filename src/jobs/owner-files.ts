/** An owner's rows as files in a folder, in the form that a job says. */

import { readAsset } from '#host';
import { pathIn } from '../bytes.js';
import type { Dataset } from '../data/dataset.js';
import { folderUrl, imageDataset, imageFile, readImageFile, shades } from '../data/images.js';
import { JobError, reasonOf } from '../errors.js';
import type { OwnedRows } from './job.js';
import type { ImageData, QueryFile, TrainingFile } from './job-file.js';
import type { QueryRows } from './query-job.js';
import type { TableForm } from './table-form.js';
import { type ReadRows, readTableRows, UNLABELLED } from './table-rows.js';

export const PARTS = ['train', 'test'] as const;
type Part = (typeof PARTS)[number];

type Images = ImageData<unknown>;

/** Of images no row is left out. */
const WHOLE = { lines: null, dropped: 0 };

/** The test files of images are called as those of MNIST. */
export const imagePart = (part: Part) => (part === 'train' ? 'train' : 't10k');

/**
 * Reads an owner's rows.
 * @param folder path of the folder with its files
 * @throws JobError for a file that is missing, damaged, or not as the job says; no value of it is named
 */
export async function readOwnerRows(job: TrainingFile, owner: string, folder: string): Promise<OwnedRows> {
  const { data } = job;
  const reading = PARTS.map(async (part): Promise<Dataset> => {
    const read = await (data.kind === 'table'
      ? readRows(data, owner, folder, part)
      : readImages(data, folder, part));
    return agreed(read, folder, owner, part, data.rows[owner][part]);
  });
  await Promise.allSettled(reading); // of several failures the first part's is told
  const [train, test] = await Promise.all(reading);
  return { owner, train, test };
}

/** @throws JobError unless there are as many rows as the job says */
function agreed(
  { set, dropped }: ReadRows,
  folder: string,
  owner: string,
  part: Part,
  rows: number,
): Dataset {
  if (set.rows === rows) return set;
  const out = dropped > 0 ? ` (without ${dropped} in which a cell is missing)` : '';
  throw new JobError(
    `${folder}: ${owner} has ${set.rows} rows to ${part}${out}, where the job says data.rows.${owner}.${part} is ${rows}`,
  );
}

/** The rows about which a model is asked, and where they stand in their file. */
export interface AskedRows extends QueryRows {
  readonly rows: Dataset;
  /** The line of each row, from 1; null for images. */
  readonly lines: Uint32Array | null;
}

/**
 * Reads the rows about which an owner asks a model: its test files. Labels are read where the model is tested, and not needed
 * elsewhere.
 * @throws JobError as {@link readOwnerRows}
 */
export async function readQueryRows(
  { task, data }: QueryFile,
  owner: string,
  folder: string,
): Promise<AskedRows> {
  const labels = task === 'evaluate';
  const read = await (data.kind === 'table'
    ? readRows(data, owner, folder, 'test', labels)
    : readImages(data, folder, 'test', labels));
  return { owner, rows: agreed(read, folder, owner, 'test', data.rows[owner].test), lines: read.lines };
}

/** A table of the job's columns, in any order, and its targets. */
async function readRows(
  data: TableForm,
  owner: string,
  folder: string,
  part: Part,
  labelled = true,
): Promise<ReadRows> {
  const path = pathIn(folder, `${part}.csv`);
  const bytes = await readAsset(new URL(`${part}.csv`, folderUrl(folder))).catch(() => {
    throw new JobError(`cannot read ${path}`);
  });
  return readTableRows(data, { owner, part, path, labelled }, bytes);
}

async function readImages(
  { height, width, classes }: Images,
  folder: string,
  part: Part,
  labelled = true,
): Promise<ReadRows> {
  const url = folderUrl(folder);
  const path = pathIn(folder, imageFile(imagePart(part), 'images'));
  try {
    const images = await readImageFile(url, imagePart(part), 'images');
    const [count, high, wide] = images.shape;
    if (high !== height || wide !== width) {
      throw new RangeError(`images of ${high} × ${wide}, where the job says ${height} × ${width}`);
    }
    if (labelled) {
      const labels = await readImageFile(url, imagePart(part), 'labels');
      return { set: imageDataset(path, images, labels, classes), ...WHOLE };
    }
    const x = shades(images.data);
    const set = { ...UNLABELLED, x, rows: count, features: height * width, classes: classes.length };
    return { set, ...WHOLE };
  } catch (error) {
    throw new JobError(`${path}: ${reasonOf(error)}`);
  }
}
