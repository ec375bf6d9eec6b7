/** What a table's cells become for a network, as a shape says. */
import type { Dataset } from '../dataset.js';
import {
  type CategoryShape,
  checkTableShape,
  type NumberShape,
  type TableShape,
  tableShape,
} from './shape.js';
import { checkTable, listed, type Table, type TableColumn } from './table.js';

/** A part of a matrix: what stands in its columns from `from` on, row by row. */
type Write = (row: number, out: Float32Array, at: number) => void;

/**
 * A table's rows as inputs of a network: numbers as they are (see {@link standardise}), texts as zeros and ones. Without targets,
 * for rows that are to be predicted, or an owner who has none. A missing number is NaN where the shape says `'mean'` or `'median'`.
 * @param shape of the training rows; left out: that of these rows
 * @returns [rows, width of the shape], row-major
 * @throws RangeError naming line and column where a cell does not fit the shape
 */
export function toInputs(table: Table, shape: TableShape = tableShape(table)): Float32Array {
  checkTable('toInputs', table);
  checkTableShape('toInputs: shape', shape);
  return inputs(table, shape);
}

/**
 * A table's rows as a data set: inputs as {@link toInputs} has them; classes one-hot in the shape's order, or targets as the
 * numbers they are.
 * @param shape of the training rows; left out: that of these rows
 * @throws RangeError without a target, and naming line and column where a cell does not fit the shape
 */
export function toDataset(table: Table, shape: TableShape = tableShape(table)): Dataset {
  checkTable('toDataset', table);
  checkTableShape('toDataset: shape', shape);
  const { target } = shape;
  if (target === null) throw new RangeError('toDataset: the shape has no target; toInputs gives the inputs');
  if (table.targets.length === 0) throw new RangeError(`${table.name}: no target; toInputs gives the inputs`);
  const classes = target.task === 'classify' ? target.classes : target.names;
  const features = inputNames(shape);
  return {
    x: inputs(table, shape),
    y:
      target.task === 'classify'
        ? matrix(table.rows, [[classes.length, classWrite(table, target.name, classes)]])
        : matrix(
            table.rows,
            target.names.map((name) => [1, numberWrite(table, table.targets, { name, missing: 'error' })]),
          ),
    rows: table.rows,
    features: features.length,
    classes: classes.length,
    names: { features, classes: [...classes] },
    task: target.task,
  };
}

/** Names of a shape's inputs: a column's, or its name with each of its categories. */
export const inputNames = (shape: TableShape): string[] =>
  shape.columns.flatMap((column) =>
    column.kind === 'number' ? [column.name] : column.categories.map((text) => `${column.name}=${text}`),
  );

/** Inputs of a shape, from 0, in which a cell may be missing until its column is scaled: see {@link standardise}. */
export const missingInputs = (shape: TableShape): number[] => inputsThat(shape, isJoint);

/** Those of them that are scaled about their median. */
export const medianInputs = (shape: TableShape): number[] => inputsThat(shape, (rule) => rule === 'median');

/** Whether what stands in for a missing number is found when columns are scaled. */
const isJoint = (rule: NumberShape['missing']): boolean => rule === 'mean' || rule === 'median';

function inputsThat({ columns }: TableShape, fits: (rule: NumberShape['missing']) => boolean): number[] {
  let at = 0;
  return columns.flatMap((column) => {
    const from = at;
    at += column.kind === 'number' ? 1 : column.categories.length;
    return column.kind === 'number' && fits(column.missing) ? [from] : [];
  });
}

/**
 * A shape with numbers where it says `'mean'` or `'median'`: for rows that come after a training.
 * @param mean of each input, as the training's columns were scaled by
 */
export function filledShape(shape: TableShape, mean: ArrayLike<number>): TableShape {
  checkTableShape('filledShape: shape', shape);
  const inputs = inputNames(shape).length;
  if (mean.length !== inputs) {
    throw new RangeError(`filledShape: ${mean.length} means, and the shape has ${inputs} inputs`);
  }
  const places = missingInputs(shape).values();
  const columns = shape.columns.map((column) =>
    column.kind === 'number' && isJoint(column.missing)
      ? { ...column, missing: mean[places.next().value as number] }
      : column,
  );
  return { ...shape, columns };
}

const inputs = (table: Table, { columns }: TableShape): Float32Array =>
  matrix(
    table.rows,
    columns.map((column) =>
      column.kind === 'number'
        ? [1, numberWrite(table, table.columns, column)]
        : [column.categories.length, categoryWrite(table, column)],
    ),
  );

function matrix(rows: number, parts: readonly (readonly [width: number, write: Write])[]): Float32Array {
  const width = parts.reduce((sum, [columns]) => sum + columns, 0);
  const out = new Float32Array(rows * width);
  let from = 0;
  for (const [columns, write] of parts) {
    for (let row = 0; row < rows; row++) write(row, out, row * width + from);
    from += columns;
  }
  return out;
}

function numberWrite(
  table: Table,
  columns: readonly TableColumn[],
  { name, missing }: Pick<NumberShape, 'name' | 'missing'>,
): Write {
  const { values } = find(table, columns, name, 'number');
  return (row, out, at) => {
    const value = values[row];
    if (!Number.isNaN(value)) out[at] = value;
    else if (typeof missing === 'number') out[at] = missing;
    else if (isJoint(missing)) out[at] = Number.NaN;
    else throw new RangeError(`${cell(table, row, name)}: missing value, for which the shape has none`);
  };
}

function categoryWrite(table: Table, { name, categories, missing, unknown }: CategoryShape): Write {
  const { codes, texts } = find(table, table.columns, name, 'category');
  const places = texts.map((text) => categories.indexOf(text));
  return (row, out, at) => {
    const code = codes[row];
    if (code < 0) {
      if (missing === 'zeros') return;
      throw new RangeError(`${cell(table, row, name)}: missing value, for which the shape has none`);
    }
    if (places[code] >= 0) out[at + places[code]] = 1;
    else if (unknown === 'error') {
      throw new RangeError(
        `${cell(table, row, name)}: none of the shape's ${categories.length} categories (tableShape's unknown: 'zeros' lets it be)`,
      );
    }
  };
}

function classWrite(table: Table, name: string, classes: readonly string[]): Write {
  const { codes, texts } = find(table, table.targets, name, 'category');
  const places = texts.map((text) => classes.indexOf(text));
  return (row, out, at) => {
    if (!(places[codes[row]] >= 0)) {
      throw new RangeError(`${cell(table, row, name)}: none of the shape's ${classes.length} classes`);
    }
    out[at + places[codes[row]]] = 1;
  };
}

const cell = (table: Table, row: number, column: string): string =>
  `${table.name} line ${table.lines[row]}, column "${column}"`;

function find<K extends TableColumn['kind']>(
  table: Table,
  columns: readonly TableColumn[],
  name: string,
  kind: K,
): Extract<TableColumn, { kind: K }> {
  const column = columns.find((column) => column.name === name);
  if (!column) {
    throw new RangeError(
      `${table.name}: no column "${name}"; there are ${listed(columns.map((c) => c.name))}`,
    );
  }
  if (column.kind !== kind) {
    const [has, wants] = kind === 'number' ? ['texts', 'numbers'] : ['numbers', 'texts'];
    throw new RangeError(`${table.name}, column "${name}": has ${has}, and the shape ${wants}`);
  }
  return column as Extract<TableColumn, { kind: K }>;
}
