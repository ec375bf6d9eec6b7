/** The table of a job: what its columns become for a network, as its shape says, and back. */

import { hexOf } from '../bytes.js';
import { inputNames, medianInputs, missingInputs } from '../data/table/apply.js';
import type { CategoryShape, NumberShape, TableShape } from '../data/table/shape.js';
import type { Table, Task } from '../data/table/table.js';
import { digestOf } from '../session/digest.js';
import type { Width } from './job.js';
import type { JobColumn, JobFile, TableData } from './job-file.js';

/** A job's table, however many rows there are. */
export type TableForm = Omit<TableData, 'rows'>;

/** Names of the target's columns. */
export const targetsOf = ({ target }: TableForm): string[] =>
  typeof target === 'string' ? [target] : target;

const columnShape = (column: JobColumn): NumberShape | CategoryShape => {
  if (typeof column === 'string') return { kind: 'number', name: column, missing: 'error' };
  const { name, kind, missing = 'error' } = column;
  return kind === 'number'
    ? { kind, name, missing: missing as NumberShape['missing'] }
    : {
        kind,
        name,
        categories: column.categories,
        missing: missing as CategoryShape['missing'],
        unknown: column.unknown ?? 'error',
      };
};

/** By which every owner's rows are read. */
export function shapeOfForm(form: TableForm): TableShape {
  const { columns, target, classes, missingTarget: missing = 'error' } = form;
  return {
    version: 1,
    columns: columns.map(columnShape),
    target:
      classes === undefined || typeof target !== 'string'
        ? { task: 'regress', names: targetsOf(form), missing }
        : { task: 'classify', name: target, classes, missing },
  };
}

/** By which an owner's rows are read: its own columns, where these are divided. */
export function shapeFor(form: TableForm, owner: string): TableShape {
  const shape = shapeOfForm(form);
  const own = form.owners?.[owner];
  if (own === undefined) return shape;
  return {
    ...shape,
    columns: shape.columns.filter(({ name }) => own.includes(name)),
    target: targetsOf(form).some((name) => own.includes(name)) ? shape.target : null,
  };
}

/** What an owner of columns brings of each row; null where rows are divided. */
export function widthFor(file: Pick<JobFile, 'data'>, owner: string): Width | null {
  const { data } = file;
  if (data.kind !== 'table' || data.owners === undefined) return null;
  const { columns, target } = shapeFor(data, owner);
  const inputs = columns.reduce(
    (sum, column) => sum + (column.kind === 'number' ? 1 : column.categories.length),
    0,
  );
  return { inputs, labels: target === null ? 0 : namesOf(file).classes.length };
}

/** The digest of rows' keys, in order. */
export const keysDigest = async (keys: readonly string[]): Promise<string> =>
  `sha256:${hexOf(await digestOf(keys))}`;

/** The shape that refuses a text which its training rows lacked, unless some row of `tables` has such a one. */
export const strictShape = (shape: TableShape, tables: readonly Table[]): TableShape => ({
  ...shape,
  columns: shape.columns.map((column) =>
    column.kind === 'category' && tables.every((table) => hasOnly(table, column))
      ? { ...column, unknown: 'error' }
      : column,
  ),
});

function hasOnly({ columns }: Table, { name, categories }: CategoryShape): boolean {
  const column = columns.find((candidate) => candidate.name === name);
  if (column?.kind !== 'category') return true;
  return column.codes.every((code) => code < 0 || categories.includes(column.texts[code]));
}

/** The form of a job's rows that are read by a shape. */
export function formOfShape(shape: TableShape): TableForm {
  const { columns, target } = shape;
  if (target === null) throw new TypeError('a job needs a target');
  return {
    kind: 'table',
    columns: columns.map((column): JobColumn => {
      const { name, missing } = column;
      const rule = missing === 'error' ? {} : { missing };
      if (column.kind === 'number') {
        return missing === 'error' ? name : { name, kind: 'number', missing: column.missing };
      }
      const { kind, categories, unknown } = column;
      return {
        name,
        kind,
        categories: [...categories],
        ...(rule as { missing?: 'drop' | 'zeros' }),
        ...(unknown === 'zeros' && { unknown }),
      };
    }),
    ...(target.task === 'classify'
      ? { target: target.name, classes: [...target.classes] }
      : { target: target.names.length === 1 ? target.names[0] : [...target.names] }),
    ...(target.missing === 'drop' && { missingTarget: 'drop' }),
    scaling: 'standardise',
  };
}

/** What a job's model tells: classes, or numbers. */
export const taskOf = ({ data }: Pick<JobFile, 'data'>): Task =>
  data.kind === 'table' && data.classes === undefined ? 'regress' : 'classify';

/** Names of the model's inputs and outputs: a category has an input, an output is a class or a target. */
export function namesOf({ data }: Pick<JobFile, 'data'>): { features?: string[]; classes: string[] } {
  if (data.kind === 'images') return { classes: data.classes };
  return { features: inputNames(shapeOfForm(data)), classes: data.classes ?? targetsOf(data) };
}

/** Inputs of the model that have the training rows' mean or median where a cell is missing. */
export const missingOf = ({ data }: Pick<JobFile, 'data'>): number[] =>
  data.kind === 'table' ? missingInputs(shapeOfForm(data)) : [];

/** Those of them that have the median. */
export const mediansOf = ({ data }: Pick<JobFile, 'data'>): number[] =>
  data.kind === 'table' ? medianInputs(shapeOfForm(data)) : [];

/** Whether rows are not all those of a file in its order: some are left out, or a key orders them. */
export const rearranges = ({ data }: Pick<JobFile, 'data'>): boolean =>
  data.kind === 'table' &&
  (data.key !== undefined ||
    data.columns.some((column) => typeof column !== 'string' && column.missing === 'drop'));
