/** An owner's rows as a table in the form that a job says. */
import type { Dataset } from '../data/dataset.js';
import { orderByKey } from '../data/keys.js';
import { inputNames, toDataset, toInputs } from '../data/table/apply.js';
import { columnNames } from '../data/table/names.js';
import { readTable } from '../data/table/read.js';
import { refuseRounded, type TableShape, targetNames } from '../data/table/shape.js';
import type { TableSource } from '../data/table/source.js';
import { JobError, reasonOf } from '../errors.js';
import { keysDigest, shapeFor, type TableForm } from './table-form.js';

/** The rows of a file. */
export interface ReadRows {
  readonly set: Dataset;
  /** The line of each row; null for images. */
  readonly lines: Uint32Array | null;
  /** How many rows were left out. */
  readonly dropped: number;
}

/** Which rows of a job. */
export interface WhichRows {
  readonly owner: string;
  readonly part: 'train' | 'test';
  /** What errors call the table. */
  readonly path: string;
  /** Whether targets are read, where the owner has them. */
  readonly labelled: boolean;
}

/** Rows without labels. */
export const UNLABELLED = { y: new Float32Array(0) };

/**
 * Reads a table of the job's columns, in any order, and its targets.
 * @param source is read twice
 * @throws JobError for a table that is not as the job says; no value of it is named
 */
export async function readTableRows(
  data: TableForm,
  { owner, part, path, labelled }: WhichRows,
  source: TableSource,
): Promise<ReadRows> {
  const shape = shapeFor(data, owner);
  const labels = labelled && shape.target !== null;
  const { key } = data;
  try {
    const comma = await columnNames(source, { name: path, delimiter: ',' });
    const form = { name: path, ...(comma.length > 1 && { delimiter: ',' }) }; // else what the lines say
    const names = comma.length > 1 ? comma : await columnNames(source, form);
    checkNames(names, shape, labels, key);
    const targets = targetNames(shape).filter((name) => names.includes(name));
    const how = { ...form, ...(key !== undefined && { key }) };
    const read = labels
      ? await readTable(source, { ...how, shape })
      : await readTable(source, { ...how, shape: { ...shape, target: null }, ignore: targets });
    if (part === 'train') refuseRounded(read);
    const table = read.keys ? orderByKey(read) : read;
    const wanted = data.keys?.[part];
    if (wanted !== undefined && (await keysDigest(table.keys ?? [])) !== wanted) {
      throw new RangeError(`column "${key}": the keys are not those of data.keys.${part} in the job`);
    }
    const places = { lines: table.lines, dropped: table.dropped };
    if (labels) return { set: toDataset(table, shape), ...places };
    const x = toInputs(table, { ...shape, target: null });
    const features = inputNames(shape);
    const set = { ...UNLABELLED, x, rows: table.rows, features: features.length, classes: 0 };
    return { set: { ...set, names: { features } }, ...places };
  } catch (error) {
    const message = ofJob(reasonOf(error), data);
    throw new JobError(message.startsWith(path) ? message : `${path}: ${message}`);
  }
}

/** @throws RangeError for columns that the job has and the file has not, or the other way round */
function checkNames(names: readonly string[], shape: TableShape, labels: boolean, key?: string): void {
  const targets = targetNames(shape);
  const keys = key === undefined ? [] : [key];
  const columns = shape.columns.map(({ name }) => name);
  const lacking = [...keys, ...columns, ...(labels ? targets : [])].find((name) => !names.includes(name));
  if (lacking !== undefined) throw new RangeError(`lacks the column "${lacking}" of the job`);
  const foreign = names.find((name) => ![...keys, ...columns, ...targets].includes(name));
  if (foreign !== undefined) throw new RangeError(`has a column "${foreign}" that is not in the job`);
}

/** What the library says of a shape, where it is the job's. Classes that are numbers are read as such. */
const ofJob = (message: string, { classes, target }: TableForm): string =>
  (classes && message.endsWith(`column "${target}": not a number`)
    ? message.replace(/not a number$/, `none of the job's ${classes.length} classes`)
    : message
  )
    .replace(/ \(tableShape's unknown: .*\)$/, '')
    .replace(', for which the shape has none', ', where the job says that none may be missing')
    .replace("the shape's", "the job's")
    .replace('and the shape ', 'and the job ');
