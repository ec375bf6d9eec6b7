/**
 * A table as it was read, in clear: columns of numbers and of texts, with the line that each row comes from. What its
 * cells become for a network is said by a shape, see {@link tableShape}.
 */
import { kindOf } from '../../options.js';

/** What is done where a cell is missing. */
export type MissingRule = 'error' | 'mean' | 'median' | 'drop';

/** What is learned: one of several classes, or numbers. */
export type Task = 'classify' | 'regress';

interface Column {
  readonly name: string;
  /** What was asked for; rows are dropped as they are read. */
  readonly missing: MissingRule;
}

/** A column of numbers. */
export interface NumberColumn extends Column {
  readonly kind: 'number';
  /** One a row, NaN where it is missing. */
  readonly values: Float64Array;
}

/** A column of texts. */
export interface CategoryColumn extends Column {
  readonly kind: 'category';
  /** One a row: an index of `texts`, −1 where it is missing. */
  readonly codes: Int32Array;
  /** The distinct texts, in the order in which they were met. */
  readonly texts: readonly string[];
}

/** A column of a table. */
export type TableColumn = NumberColumn | CategoryColumn;

/** A table as it was read, column by column. */
export interface Table {
  /** What errors call it: its file's name, for instance. */
  readonly name: string;
  /** Number of rows, at least 1. */
  readonly rows: number;
  /** What is learned from, in the order of the source. */
  readonly columns: readonly TableColumn[];
  /** What is learned: one column of classes, one or more of numbers, or none. */
  readonly targets: readonly TableColumn[];
  /** Null where there is no target. */
  readonly task: Task | null;
  /** Each row's key, where a column of keys was named. */
  readonly keys: readonly string[] | null;
  /** The line in which each row begins, from 1. */
  readonly lines: Uint32Array;
  /** How many rows were left out since a cell was missing. */
  readonly dropped: number;
}

/** Throws TypeError unless `table` is one that readTable has made. */
export function checkTable(caller: string, table: unknown): asserts table is Table {
  if (isTable(table)) return;
  throw new TypeError(`${caller}: expected a table, as readTable makes it, got ${kindOf(table)}`);
}

export function isTable(value: unknown): value is Table {
  const { columns, targets, lines } = Object(value) as Partial<Table>;
  return Array.isArray(columns) && Array.isArray(targets) && lines instanceof Uint32Array;
}

/** A column's cells at `rows`. */
function pick(column: TableColumn, rows: ArrayLike<number>): TableColumn {
  return column.kind === 'number'
    ? { ...column, values: Float64Array.from(rows, (row) => column.values[row]) }
    : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]) };
}

/** The rows of `table` that `rows` names (from 0), in that order; all of them there. */
export const pickRows = (table: Table, rows: ArrayLike<number>): Table => ({
  ...table,
  rows: rows.length,
  columns: table.columns.map((column) => pick(column, rows)),
  targets: table.targets.map((column) => pick(column, rows)),
  keys: table.keys && Array.from(rows, (row) => (table.keys as readonly string[])[row]),
  lines: Uint32Array.from(rows, (row) => table.lines[row]),
});

/** The rows of tables that were picked from one, one table's after the other's. */
export function joinTables(tables: readonly Table[]): Table {
  const [first] = tables;
  const joined = (which: 'columns' | 'targets') =>
    first[which].map((column, c): TableColumn => {
      const all = tables.map((table) => table[which][c]);
      return column.kind === 'number'
        ? { ...column, values: Float64Array.from(all.flatMap((part) => [...(part as NumberColumn).values])) }
        : { ...column, codes: Int32Array.from(all.flatMap((part) => [...(part as CategoryColumn).codes])) };
    });
  return {
    ...first,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    columns: joined('columns'),
    targets: joined('targets'),
    keys: first.keys && tables.flatMap(({ keys }) => keys ?? []),
    lines: Uint32Array.from(tables.flatMap(({ lines }) => [...lines])),
  };
}

/** Names for messages: "a", "b" and 3 more. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name));
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ');
}
