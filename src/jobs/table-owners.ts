/**
 * Whose a table's rows or columns are: rows of one table in turn, or of a file an owner, which are read as one so that kinds, categories
 * and classes are those of all; or columns.
 */
import type { Dataset } from '../data/dataset.js';
import { divideColumns, divideRows } from '../data/divide.js';
import { orderByKey } from '../data/keys.js';
import { type SplitRowsOptions, splitRows } from '../data/split.js';
import { toDataset } from '../data/table/apply.js';
import type { ReadTableOptions } from '../data/table/options.js';
import { readTable, readTables } from '../data/table/read.js';
import type { TableShape } from '../data/table/shape.js';
import type { TableSource } from '../data/table/source.js';
import { joinTables, pickRows, type Table } from '../data/table/table.js';
import { checkOptions, checkText } from '../options.js';
import { columnOwners, columnsOf } from './column-owners.js';
import type { OwnerTables } from './owner-folder.js';

/** An owner's rows: a table of its own. */
export interface OwnerFile {
  /** Name of a party. */
  readonly owner: string;
  /** As `readTable` takes it. */
  readonly file: TableSource;
}

/** Rows to train and to test on. */
interface OwnerSets {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Rows that are split for tests. */
export interface OwnedSplit {
  /** The training rows of all. */
  readonly train: Table;
  /** Each owner's as they were read. */
  readonly tables: Readonly<Record<string, OwnerTables>>;
  /** Each owner's by a shape. */
  sets(shape: TableShape): Readonly<Record<string, OwnerSets>>;
}

/** A table that owners share. */
export interface OwnedTable {
  /** All of it; columns stand in the order of their owners where these are divided. */
  readonly table: Table;
  split(how: SplitRowsOptions): OwnedSplit;
}

/** Who has what: `owners` as divideRows takes them, or columns. */
export interface Division {
  readonly owners: readonly string[] | Readonly<Record<string, number>>;
  readonly columns?: Readonly<Record<string, readonly string[]>> | undefined;
}

/**
 * Reads a table, or a file an owner.
 * @throws as readTable, by the name of the file; RangeError for owners who cannot have it, and files of other columns than the first
 */
export async function readOwned(
  source: TableSource | readonly OwnerFile[],
  form: ReadTableOptions,
  { owners, columns }: Division,
): Promise<OwnedTable> {
  if (isFiles(source)) return ofFiles(source, form);
  const read = await readTable(source, form);
  const table = read.keys ? orderByKey(read) : read;
  return columns ? ofColumns(table, columns) : ofRows(table, owners);
}

const isFiles = (source: TableSource | readonly OwnerFile[]): source is readonly OwnerFile[] =>
  Array.isArray(source);

const ofRows = (table: Table, owners: Division['owners']): OwnedTable => ({
  table,
  split(how) {
    const { train, test } = splitRows(table, how);
    return byRows(train, together(divideRows(train, owners), divideRows(test, owners)));
  },
});

function ofColumns(table: Table, columns: Readonly<Record<string, readonly string[]>>): OwnedTable {
  const divided = columnOwners(table, columns);
  return {
    table: divided.table,
    split(how) {
      const { train, test } = splitRows(divided.table, how);
      const own = (part: Table) => divideColumns(part, columnsOf(part, columns));
      return {
        train,
        tables: together(own(train), own(test)),
        sets: (shape) => {
          const parts = (part: Table) => divided.divide(toDataset(part, shape), shape);
          return together(parts(train), parts(test));
        },
      };
    },
  };
}

async function ofFiles(files: readonly OwnerFile[], form: ReadTableOptions): Promise<OwnedTable> {
  checkFiles('tableJob', files);
  const { table, rows } = await readTables(
    files.map(({ file }) => file),
    form,
  );
  let from = 0;
  const own = files.map(({ owner }, i) => {
    const places = Array.from({ length: rows[i] }, (_, row) => from + row);
    from += rows[i];
    return [owner, pickRows(table, places)] as const;
  });
  return {
    table,
    split(how) {
      const parts = own.map(([owner, rows]) => [owner, splitRows(rows, how)] as const);
      return byRows(joinTables(parts.map(([, { train }]) => train)), Object.fromEntries(parts));
    },
  };
}

/** Rows that are divided: each owner's are read by the shape by themselves. */
const byRows = (train: Table, tables: OwnedSplit['tables']): OwnedSplit => ({
  train,
  tables,
  sets: (shape) =>
    Object.fromEntries(
      Object.entries(tables).map(([owner, { train, test }]) => [
        owner,
        { train: toDataset(train, shape), test: toDataset(test, shape) },
      ]),
    ),
});

/** What each owner has of two parts. */
const together = <T>(
  train: Readonly<Record<string, T>>,
  test: Readonly<Record<string, T>>,
): Record<string, { readonly train: T; readonly test: T }> =>
  Object.fromEntries(Object.keys(train).map((owner) => [owner, { train: train[owner], test: test[owner] }]));

/** @throws TypeError or RangeError for what are no files of two owners or more */
function checkFiles(name: string, files: readonly OwnerFile[]): void {
  files.forEach((file, i) => {
    checkOptions(`${name}: files, entry ${i}`, file, ['owner', 'file']);
    checkText(`${name}: files, entry ${i}: owner`, file.owner);
  });
  const owners = files.map(({ owner }) => owner);
  if (owners.length < 2) throw new RangeError(`${name}: files of two owners or more are needed`);
  const twice = owners.find((owner, i) => owners.indexOf(owner) !== i);
  if (twice !== undefined) throw new RangeError(`${name}: files: ${twice} stands there twice`);
}
