/** An owner's rows as files in a folder, in the form that a job says. */

import { files, readAsset } from '#host';
import { pathIn } from '../bytes.js';
import type { Dataset } from '../data/dataset.js';
import { writeIdx } from '../data/idx.js';
import { folderUrl, imageDataset, imageFile, readImageFile } from '../data/images.js';
import { JobError, reasonOf } from '../errors.js';
import type { OwnedRows } from './job.js';
import type { ImageData, QueryFile, TableData, TrainingFile } from './job-file.js';
import type { QueryRows } from './query.js';
import { readTableRows, UNLABELLED } from './table-rows.js';

const PARTS = ['train', 'test'] as const;
type Part = (typeof PARTS)[number];

/** Data of a form, however many rows there are. */
type Table = TableData<unknown>;
type Images = ImageData<unknown>;

/** The test files of images are called as those of MNIST. */
const imagePart = (part: Part) => (part === 'train' ? 'train' : 't10k');

/**
 * Reads an owner's rows.
 * @param folder path of the folder with its files
 * @throws JobError for a file that is missing, damaged, or not as the job says; no value of it is named
 */
export async function readOwnerRows(job: TrainingFile, owner: string, folder: string): Promise<OwnedRows> {
  const { data } = job;
  const sets = await Promise.all(
    PARTS.map(async (part): Promise<Dataset> => {
      const set = await (data.kind === 'table'
        ? readRows(data, folder, part)
        : readImages(data, folder, part));
      const agreed = data.rows[owner][part];
      if (set.rows === agreed) return set;
      throw new JobError(
        `${folder}: ${owner} has ${set.rows} rows to ${part}, where the job says data.rows.${owner}.${part} is ${agreed}`,
      );
    }),
  );
  return { owner, train: sets[0], test: sets[1] };
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
): Promise<QueryRows> {
  const labels = task === 'evaluate';
  const rows = await (data.kind === 'table'
    ? readRows(data, folder, 'test', labels)
    : readImages(data, folder, 'test', labels));
  const agreed = data.rows[owner].test;
  if (rows.rows === agreed) return { owner, rows };
  throw new JobError(
    `${folder}: ${owner} has ${rows.rows} rows to test, where the job says data.rows.${owner}.test is ${agreed}`,
  );
}

async function readRows(data: Table, folder: string, part: Part, labels = true): Promise<Dataset> {
  const path = pathIn(folder, `${part}.csv`);
  const bytes = await readAsset(new URL(`${part}.csv`, folderUrl(folder))).catch(() => {
    throw new JobError(`cannot read ${path}`);
  });
  return readTableRows(data, path, bytes, labels);
}

async function readImages(
  { height, width, classes }: Images,
  folder: string,
  part: Part,
  labelled = true,
): Promise<Dataset> {
  const url = folderUrl(folder);
  const path = pathIn(folder, imageFile(imagePart(part), 'images'));
  try {
    const images = await readImageFile(url, imagePart(part), 'images');
    const [count, high, wide] = images.shape;
    if (high !== height || wide !== width) {
      throw new RangeError(`images of ${high} × ${wide}, where the job says ${height} × ${width}`);
    }
    if (labelled) {
      return imageDataset(path, images, await readImageFile(url, imagePart(part), 'labels'), classes);
    }
    const x = Float32Array.from(images.data, (pixel) => pixel / 255);
    return { ...UNLABELLED, x, rows: count, features: height * width, classes: classes.length };
  } catch (error) {
    throw new JobError(`${path}: ${reasonOf(error)}`);
  }
}

/** Writes an owner's rows as {@link readOwnerRows} reads them. */
export async function writeOwnerRows(job: TrainingFile, rows: OwnedRows, folder: string): Promise<void> {
  if (!files) throw new JobError('an owner’s rows need a folder of files, which a browser does not have');
  for (const part of PARTS) {
    const set = rows[part];
    if (job.data.kind === 'table') {
      await files.replace(folder, `${part}.csv`, new TextEncoder().encode(csvOf(job.data, set)));
      continue;
    }
    const { height, width } = job.data;
    const images = {
      shape: [set.rows, height, width],
      data: Uint8Array.from(set.x, (x) => Math.round(x * 255)),
    };
    const labels = { shape: [set.rows], data: Uint8Array.from(labelsOf(set)) };
    for (const [kind, array] of [['images', images] as const, ['labels', labels] as const]) {
      await files.replace(folder, `${imageFile(imagePart(part), kind)}.gz`, await writeIdx(array));
    }
  }
}

/** The class of each row, by its number. */
const labelsOf = ({ rows, classes, y }: Dataset): number[] =>
  Array.from({ length: rows }, (_, row) => y.subarray(row * classes, (row + 1) * classes).indexOf(1));

function csvOf({ columns, target, classes }: TableData, set: Dataset): string {
  const labels = labelsOf(set);
  const lines = [
    [...columns, target].map(quoted).join(','),
    ...labels.map((label, row) => {
      const numbers = set.x.subarray(row * columns.length, (row + 1) * columns.length);
      return [...Array.from(numbers, shortest), quoted(classes[label])].join(',');
    }),
  ];
  return `${lines.join('\n')}\n`;
}

/** A field as CSV has it. */
export const quoted = (field: string): string =>
  /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replace(/"/g, '""')}"` : field;

/** The shortest decimal that is read as this float. */
function shortest(float: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(float.toPrecision(digits)));
    if (Math.fround(Number(text)) === float) return text;
  }
  return String(float);
}
