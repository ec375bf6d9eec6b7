/** Rows for a table's model, read by the names of their columns. */
import type { Dataset } from '../data/dataset.js';
import { toDataset } from '../data/table/apply.js';
import { columnNames } from '../data/table/names.js';
import type { ReadTableOptions } from '../data/table/options.js';
import { readTable } from '../data/table/read.js';
import { targetNames } from '../data/table/shape.js';
import { listed, type Table } from '../data/table/table.js';
import type { TableModel } from './table-model.js';
import { formOf } from './table-options.js';

/** The rows to ask about. */
export interface AskedRows {
  /** Without targets. */
  readonly table: Table;
  /** The same rows with their targets; null where they have none. */
  readonly labelled: Dataset | null;
  /** Why targets that are there cannot be compared with; null where there is no reason to tell. */
  readonly unlabelled: string | null;
}

/** How the file is read; what is left out is as it was in the training. */
export interface RowsOptions {
  readonly decimal?: '.' | ',' | undefined;
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly header?: boolean | undefined;
  readonly ignore?: readonly string[] | undefined;
}

/**
 * Columns may stand in any order; those that the training left out may be there, and so may targets, whole or not.
 * @throws RangeError for columns that are not there or not known and cells that are not as in the training, Error where the
 *   file cannot be read
 */
export async function readRows(path: string, model: TableModel, options: RowsOptions): Promise<AskedRows> {
  const { shape } = model;
  const { decimal = model.form.decimal, header = model.form.header, ignore = [] } = options;
  const form: ReadTableOptions = { decimal, header, ...formOf(options) };
  const needed = ignore.filter((name) => shape.columns.some((column) => column.name === name));
  if (needed.length > 0) throw new RangeError(`--ignore: the model needs the column ${listed(needed)}`);
  const names = await columnNames(path, form);
  const targets = targetNames(shape).filter((name) => names.includes(name));
  const known = [...ignore, ...model.ignore.filter((name) => names.includes(name))];
  const left = [...new Set(known)].filter((name) => !targets.includes(name));
  const inputs = { ...shape, target: null };
  const table = await readTable(path, { ...form, shape: inputs, ignore: [...left, ...targets] });
  if (targets.length === 0) return { table, labelled: null, unlabelled: null };
  try {
    const whole = await readTable(path, { ...form, shape, ignore: left });
    if (String(whole.lines) === String(table.lines)) {
      return { table, labelled: toDataset(whole, shape), unlabelled: null };
    }
    return { table, labelled: null, unlabelled: `${table.name}: some rows have no target` };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { table, labelled: null, unlabelled: error.message };
  }
}
