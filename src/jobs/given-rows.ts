/** An owner's rows as a program has them, in a page for example: tables, or numbers with their labels aside. */
import type { Dataset } from '../data/dataset.js';
import { oneHot } from '../data/one-hot.js';
import { type TableSource, textOf } from '../data/table/source.js';
import { JobError } from '../errors.js';
import { checkArray, checkOptions } from '../options.js';
import { sizeOf } from '../shape.js';
import type { OwnedRows } from './job.js';
import type { JobFile, QueryFile, TestRows, TrainingFile } from './job-file.js';
import type { QueryRows } from './query-job.js';
import { namesOf, taskOf } from './table-form.js';
import { readTableRows, UNLABELLED, type WhichRows } from './table-rows.js';

/**
 * Rows to train or to test on: a table with the columns of the job and its target, as `readTable` takes it, a `File` for example; or
 * numbers [rows, columns], row-major, of images [rows, height, width] in 0..1, whose labels stand aside. A number may be NaN, missing, where
 * the job says that its column then has the mean.
 */
export type RowsToBring = TableSource | Float32Array;

/** The class of each row: its name, or its number in the job's list, from 0. */
export type LabelsToBring = readonly (string | number)[] | Uint8Array;

/** Rows of a role, and labels of those that are numbers. */
export interface Bringing {
  readonly rows?: { readonly train?: RowsToBring; readonly test?: RowsToBring };
  readonly labels?: { readonly train?: LabelsToBring; readonly test?: LabelsToBring };
}

const PARTS = ['train', 'test'] as const;
type Part = (typeof PARTS)[number];

/** Those of a training. @throws TypeError, RangeError or JobError for what is not as the job says; no value is named */
export async function bringToTraining(
  name: string,
  file: TrainingFile,
  owner: string,
  bringing: Bringing,
): Promise<OwnedRows> {
  checkBringing(name, bringing, PARTS);
  const [train, test] = await Promise.all(
    PARTS.map((part) =>
      rowsOf(name, file, bringing, { owner, part, labelled: true }, file.data.rows[owner][part]),
    ),
  );
  return { owner, train, test };
}

/** Those about which a model is asked; labels where it is tested. @throws as {@link bringToTraining} */
export async function bringToQuery(
  name: string,
  file: QueryFile,
  owner: string,
  bringing: Bringing,
): Promise<QueryRows> {
  checkBringing(name, bringing, ['test']);
  const labelled = file.task === 'evaluate';
  const which = { owner, part: 'test', labelled } as const;
  const rows = await rowsOf(name, file, bringing, which, (file.data.rows[owner] as TestRows).test);
  return { owner, rows };
}

function checkBringing(name: string, { rows, labels }: Bringing, parts: readonly Part[]): void {
  checkOptions(`${name}: rows`, rows, parts);
  if (labels !== undefined) checkOptions(`${name}: labels`, labels, parts);
}

async function rowsOf(
  name: string,
  file: JobFile,
  { rows = {}, labels = {} }: Bringing,
  which: Omit<WhichRows, 'path'>,
  agreed: number,
): Promise<Dataset> {
  const { data } = file;
  const { part, labelled } = which;
  const [place, given] = [`${name}: rows.${part}`, rows[part]];
  if (given === undefined) throw new TypeError(`${place}: is missing`);
  const set = given instanceof Float32Array ? numbers(given) : await table(given);
  if (set.rows === agreed) return set;
  throw new JobError(`${place}: ${set.rows} rows, where the job says ${agreed}`);

  async function table(source: TableSource): Promise<Dataset> {
    if (data.kind === 'images') throw new TypeError(`${place}: images are a Float32Array of their pixels`);
    if (labels[part] !== undefined) throw new TypeError(`${name}: labels.${part}: a table has its own`);
    const { set } = await readTableRows(data, { ...which, path: place }, await again(source, place));
    return set;
  }

  function numbers(x: Float32Array): Dataset {
    const { features: inputs, classes } = namesOf(file);
    const shape = data.kind === 'images' ? [data.height, data.width] : [inputs?.length ?? 0];
    const features = sizeOf(shape);
    const count = x.length / features;
    if (!Number.isInteger(count) || count === 0) {
      throw new RangeError(`${place}: ${x.length} numbers are no rows of ${shape.join(' × ')}`);
    }
    const names = { ...(inputs && { features: inputs }), classes };
    const own = { x, rows: count, features, classes: classes.length, names };
    if (!labelled) return { ...UNLABELLED, ...own };
    if (taskOf(file) === 'regress') {
      throw new TypeError(`${place}: rows with targets that are numbers are brought as a table`);
    }
    return { ...own, y: targets(`${name}: labels.${part}`, labels[part], classes, count) };
  }
}

/** A source that can be read more than once. */
async function again(source: TableSource, name: string): Promise<TableSource> {
  const kept = source instanceof Uint8Array || source instanceof ArrayBuffer;
  if (kept || typeof source !== 'object' || 'href' in source || 'stream' in source) return source;
  const pieces: string[] = [];
  for await (const piece of textOf(source, name)) pieces.push(piece);
  return `${pieces.join('')}\n`; // with a line break, or a line alone would be a path
}

function targets(
  name: string,
  labels: LabelsToBring | undefined,
  classes: readonly string[],
  rows: number,
): Float32Array {
  if (!(labels instanceof Uint8Array)) checkArray(name, labels);
  if (labels.length !== rows) throw new RangeError(`${name}: ${labels.length} labels of ${rows} rows`);
  const indices = Array.from(labels, (label, row) => {
    const index = typeof label === 'string' ? classes.indexOf(label) : label;
    if (Number.isInteger(index) && index >= 0 && index < classes.length) return index;
    throw new RangeError(`${name}: the label in row ${row} (counted from 0) is no class of the job`);
  });
  return oneHot(indices, classes.length);
}
