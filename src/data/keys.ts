/** Rows in one order at owners of different columns, by a column of keys. */
import { checkOptions, checkTexts, kindOf } from '../options.js';
import { selectRows } from './dataset.js';
import { checkTable, isTable, type Table } from './table/table.js';

/**
 * A table's rows in the order of their keys: of an agreed list, or ascending by code point. Owners of different columns of the same
 * rows bring them so into one order.
 *
 * The keys are compared in clear, and owners who agree on a list show each other whose rows they have. Finding the
 * rows that owners have in common without showing the others (private set intersection) is not done here.
 * @param keys all rows' keys; left out: sorted
 * @throws RangeError where the table has no keys, has one twice, or has others than `keys`; names lines of the table and
 *   places in the list, no key
 */
export function orderByKey(table: Table, keys?: readonly string[]): Table {
  checkTable('orderByKey', table);
  const rowOf = keyRows('orderByKey', table);
  if (keys === undefined) {
    const sorted = [...rowOf.keys()].sort((a, b) => (a < b ? -1 : 1));
    return selectRows(
      table,
      sorted.map((key) => rowOf.get(key) as number),
    );
  }
  checkTexts('orderByKey: keys', keys);
  const places = new Map<string, number>();
  const order = keys.map((key, i) => {
    const before = places.get(key);
    if (before !== undefined) {
      throw new RangeError(`orderByKey: keys, entry ${i}: stands there twice, as entry ${before}`);
    }
    places.set(key, i);
    const row = rowOf.get(key);
    if (row === undefined) throw new RangeError(`${table.name}: no row has the key of entry ${i}`);
    return row;
  });
  for (const [key, row] of rowOf) {
    if (places.has(key)) continue;
    throw new RangeError(`${table.name} line ${table.lines[row]}: the key is not in the list`);
  }
  return selectRows(table, order);
}

/**
 * Tables of different columns of the same rows, in one place, with rows in the order of the first by their keys. As in
 * {@link orderByKey}, the keys are compared in clear.
 * @throws RangeError where a table has no keys, has one twice, or lacks one of another table; names owner and line of the table
 *   whose row has no partner, no key
 */
export function alignRows(tables: Readonly<Record<string, Table>>): Record<string, Table> {
  checkOptions('alignRows', tables, Object.keys(Object(tables)));
  const entries = Object.entries(tables);
  if (entries.length === 0) throw new RangeError('alignRows: no table');
  for (const [owner, table] of entries) {
    if (!isTable(table)) {
      throw new TypeError(
        `alignRows: ${owner}: expected a table, as readTable makes it, got ${kindOf(table)}`,
      );
    }
  }
  const rows = entries.map(([owner, table]) => keyRows(`alignRows: ${owner}`, table));
  const [[firstOwner, first]] = entries;
  entries.forEach(([owner, table], t) => {
    for (const [key, row] of rows[0]) {
      if (rows[t].has(key)) continue;
      throw new RangeError(
        `alignRows: ${firstOwner} line ${first.lines[row]}: ${owner} has no row of this key`,
      );
    }
    for (const [key, row] of rows[t]) {
      if (rows[0].has(key)) continue;
      throw new RangeError(
        `alignRows: ${owner} line ${table.lines[row]}: ${firstOwner} has no row of this key`,
      );
    }
  });
  const keys = [...rows[0].keys()];
  return Object.fromEntries(
    entries.map(([owner, table], t) => [
      owner,
      selectRows(
        table,
        keys.map((key) => rows[t].get(key) as number),
      ),
    ]),
  );
}

/** The row of each key. */
function keyRows(caller: string, { keys, lines, name }: Table): Map<string, number> {
  if (keys === null) throw new RangeError(`${caller}: the table has no keys (readTable's option key)`);
  const rows = new Map<string, number>();
  keys.forEach((key, row) => {
    const before = rows.get(key);
    if (before !== undefined) {
      throw new RangeError(`${caller}: ${name} line ${lines[row]}: the key of line ${lines[before]} again`);
    }
    rows.set(key, row);
  });
  return rows;
}
