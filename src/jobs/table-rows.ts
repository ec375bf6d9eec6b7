/** An owner's rows as a table in the form that a job says. */
import type { Dataset } from '../data/dataset.js';
import { toDataset, toInputs } from '../data/table/apply.js';
import { readTable } from '../data/table/read.js';
import type { TableShape } from '../data/table/shape.js';
import type { TableSource } from '../data/table/source.js';
import { JobError, reasonOf } from '../errors.js';
import type { TableData } from './job-file.js';

/** What is empty where rows have no labels. */
export const UNLABELLED = { y: new Float32Array(0) };

/**
 * Reads a table of the job's columns, in any order, and its classes.
 * @param path what errors call it
 * @param labels whether it has the target too
 * @throws JobError for a table that is not as the job says; no value of it is named
 */
export async function readTableRows(
  { columns, target, classes }: TableData<unknown>,
  path: string,
  source: TableSource,
  labels = true,
): Promise<Dataset> {
  const shape: TableShape = {
    version: 1,
    columns: columns.map((name) => ({ kind: 'number', name, missing: 'error' })),
    target: { task: 'classify', name: target, classes, missing: 'error' },
  };
  try {
    const maxCategories = Math.max(64, classes.length);
    const kinds = { [target]: 'category' } as const;
    const table = await readTable(source, { name: path, maxCategories, ...(labels && { target, kinds }) });
    const found = table.columns.map(({ name }) => name).filter((name) => name !== target);
    const lacking = columns.find((column) => !found.includes(column));
    if (lacking !== undefined) throw new RangeError(`lacks the column "${lacking}" of the job`);
    const foreign = found.find((column) => !columns.includes(column));
    if (foreign !== undefined) throw new RangeError(`has a column "${foreign}" that is not in the job`);
    if (labels) return toDataset(table, shape);
    const x = toInputs(table, { ...shape, target: null });
    return { ...UNLABELLED, x, rows: table.rows, features: columns.length, classes: classes.length };
  } catch (error) {
    const message = reasonOf(error);
    throw new JobError(message.startsWith(path) ? message : `${path}: ${message}`);
  }
}
