/** A table's columns among owners, as a training on them wants it: one owner's inputs after the other's. */
import type { Dataset } from '../data/dataset.js';
import { divideColumns } from '../data/divide.js';
import type { TableShape } from '../data/table/shape.js';
import type { Table } from '../data/table/table.js';

export interface ColumnOwners {
  /** The table with its columns in the order of their owners. */
  readonly table: Table;
  /** Each owner's part of a data set of such a table: its inputs, and the labels at one of them. */
  divide(set: Dataset, shape: TableShape): Record<string, Dataset>;
}

/**
 * @param columns names of columns by owner; targets that nobody names are the first's
 * @throws RangeError as divideColumns, and for fewer than two owners
 */
export function columnOwners(
  table: Table,
  columns: Readonly<Record<string, readonly string[]>>,
): ColumnOwners {
  const parts = divideColumns(table, columnsOf(table, columns));
  const ownerOf = new Map(
    Object.entries(parts).flatMap(([owner, part]) => part.columns.map(({ name }) => [name, owner] as const)),
  );
  const labelled = Object.keys(parts).find((owner) => parts[owner].targets.length > 0);
  return {
    table: { ...table, columns: Object.values(parts).flatMap((part) => part.columns) },
    divide(set, shape) {
      let from = 0;
      const own = Object.keys(parts).map((owner) => {
        const widths = shape.columns
          .filter(({ name }) => ownerOf.get(name) === owner)
          .map((column) => (column.kind === 'number' ? 1 : column.categories.length));
        const width = widths.reduce((sum, columns) => sum + columns, 0);
        from += width;
        return [owner, inputsOf(set, from - width, width, owner === labelled)] as const;
      });
      return Object.fromEntries(own);
    },
  };
}

/** All columns by owner, targets too. @throws RangeError for fewer than two owners */
export function columnsOf(
  table: Table,
  columns: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  const named = Object.values(columns).flat();
  const targets = table.targets.map(({ name }) => name).filter((name) => !named.includes(name));
  const [first, ...others] = Object.keys(columns);
  if (others.length === 0)
    throw new RangeError('divideColumns: columns are divided among two owners or more');
  return { ...columns, [first]: [...columns[first], ...targets] };
}

/** Some of a set's inputs, with its labels or without. */
function inputsOf(set: Dataset, from: number, width: number, withLabels: boolean): Dataset {
  const { x, rows, features, names } = set;
  const own = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    own.set(x.subarray(row * features + from, row * features + from + width), row * width);
  }
  return {
    ...set,
    x: own,
    features: width,
    names: { ...names, features: (names?.features ?? []).slice(from, from + width) },
    ...(!withLabels && { y: new Float32Array(0), classes: 0 }),
  };
}
