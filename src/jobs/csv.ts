/** Rows as comma-separated values (RFC 4180). */
import type { Dataset } from '../data/dataset.js';
import type { Table, TableColumn } from '../data/table/table.js';

/** A field as CSV has it. */
export const quoted = (field: string): string =>
  /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replace(/"/g, '""')}"` : field;

/** Lines of fields. */
export const csv = (lines: readonly (readonly string[])[]): string =>
  lines.map((fields) => `${fields.map(quoted).join(',')}\n`).join('');

/**
 * A table as it was read: missing cells are empty, numbers the shortest that are read as they are.
 * @param key the column of the rows' keys; left out: they are not written
 */
export function csvOfTable({ columns, targets, rows, keys }: Table, key?: string): string {
  const all = [...columns, ...targets];
  const names = all.map(({ name }) => name);
  const lines = Array.from({ length: rows }, (_, row) => all.map((column) => cell(column, row)));
  if (key === undefined) return csv([names, ...lines]);
  return csv([[key, ...names], ...lines.map((line, row) => [keys?.[row] ?? '', ...line])]);
}

const cell = (column: TableColumn, row: number): string =>
  column.kind === 'number'
    ? Number.isNaN(column.values[row])
      ? ''
      : String(column.values[row])
    : (column.texts[column.codes[row]] ?? '');

/** A set of numbers with classes. @param columns names of its columns */
export function csvOfSet(
  { x, rows, features, classes, y }: Dataset,
  columns: readonly string[],
  target: string,
  names: readonly string[],
): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = y.subarray(row * classes, (row + 1) * classes).indexOf(1);
    return [...Array.from(x.subarray(row * features, (row + 1) * features), shortest), names[label]];
  });
  return csv([[...columns, target], ...lines]);
}

/** The shortest decimal that is read as this float. */
function shortest(float: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(float.toPrecision(digits)));
    if (Math.fround(Number(text)) === float) return text;
  }
  return String(float);
}
