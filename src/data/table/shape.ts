/**
 * What rows for training decide about all rows: which columns there are, the categories of texts, the classes, and what stands
 * in for missing numbers. Plain JSON, so that it can be kept for later rows and given to owners of the same columns.
 *
 * It says something about the rows that it was made from: their categories and classes, and means or medians of columns in
 * which a number was allowed to be missing. Who gives it away gives these away.
 */
import { checkArray, checkInteger, checkNumber, checkOptions, checkText, checkTexts } from '../../options.js';
import { classNames } from '../one-hot.js';
import { type CategoryColumn, checkTable, type NumberColumn, type Table } from './table.js';

/** What a column of numbers becomes: how missing cells are filled. */
export interface NumberShape {
  readonly kind: 'number';
  readonly name: string;
  /**
   * The number that stands in for a missing one; or what is done instead. `'mean'`: a missing cell stays missing, NaN, until its column
   * is scaled, and then has the mean of what it is scaled by (see {@link standardise}); `'median'`: likewise, and the column is scaled about its median.
   */
  readonly missing: 'error' | 'drop' | 'mean' | 'median' | number;
}

/** What a column of texts becomes: a number for each text that there is. */
export interface CategoryShape {
  readonly kind: 'category';
  readonly name: string;
  /** In ascending order: by value where all are numbers, else by code point. Each becomes a column of zeros and ones. */
  readonly categories: readonly string[];
  /** `'zeros'`: a missing text is none of the categories. */
  readonly missing: 'error' | 'drop' | 'zeros';
  /** A text that is none of the categories: refused, or zeros. */
  readonly unknown: 'error' | 'zeros';
}

/** What the target becomes: classes, or numbers. */
export type TargetShape =
  | {
      readonly task: 'classify';
      readonly name: string;
      readonly classes: readonly string[];
      readonly missing: 'error' | 'drop';
    }
  | { readonly task: 'regress'; readonly names: readonly string[]; readonly missing: 'error' | 'drop' };

/** What training rows decide of a table, for rows that come later: plain JSON. */
export interface TableShape {
  readonly version: 1;
  /** In the order of the network's inputs. */
  readonly columns: readonly (NumberShape | CategoryShape)[];
  /** Null where nothing was to be learned. */
  readonly target: TargetShape | null;
}

/**
 * The shape of a table's rows: make it from the training rows alone.
 * @param options `unknown`: what becomes of a text of later rows that these do not have; default `'error'`. `mean`: `'own'`, the
 *   default, takes the mean of these rows where it is to stand in for missing numbers; `'joint'` leaves it to what columns are scaled by. `median`: likewise
 * @throws RangeError where a column whose missing numbers are to be filled in has none at all, and where numbers differ by too little
 *   beside their size for single precision
 */
export function tableShape(
  table: Table,
  options: { unknown?: 'error' | 'zeros'; mean?: 'own' | 'joint'; median?: 'own' | 'joint' } = {},
): TableShape {
  checkTable('tableShape', table);
  checkOptions('tableShape', options, ['unknown', 'mean', 'median']);
  const { unknown = 'error', mean = 'own', median = 'own' } = options;
  word('tableShape: unknown', unknown, UNKNOWN);
  word('tableShape: mean', mean, ['own', 'joint']);
  word('tableShape: median', median, ['own', 'joint']);
  refuseRounded(table);
  return {
    version: 1,
    columns: table.columns.map((column) =>
      column.kind === 'number'
        ? numberShape(table, column, { mean, median })
        : categoryShape(column, unknown),
    ),
    target: targetShape(table),
  };
}

/**
 * Inputs and targets are of single precision, 24 bits, of which those that numbers have in common say nothing.
 * @throws RangeError for a column of rows to train on whose numbers vary, with less than some 10 bits left to say how
 */
export function refuseRounded({ name, columns, targets }: Table): void {
  for (const column of [...columns, ...targets]) {
    if (column.kind !== 'number') continue;
    let [least, most, lost] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const value of column.values) {
      if (value < least) least = value;
      if (value > most) most = value;
      const rounding = Math.abs(value - Math.fround(value));
      if (rounding > lost) lost = rounding;
    }
    const spread = most - least;
    // a constant column varies at most by what computing it has rounded
    if (lost <= spread * 2 ** -11 || spread <= Math.max(-least, most) * 2 ** -48) continue;
    throw new RangeError(
      `${name}, column "${column.name}": numbers differ by too little beside their size for single precision: ` +
        'subtract a constant from all, a start from times for instance',
    );
  }
}

type Whose = Readonly<Record<'mean' | 'median', 'own' | 'joint'>>;

const numberShape = (table: Table, column: NumberColumn, whose: Whose): NumberShape => ({
  kind: 'number',
  name: column.name,
  missing:
    (column.missing === 'mean' || column.missing === 'median') && whose[column.missing] === 'own'
      ? fill(table, column, column.missing)
      : column.missing,
});

const categoryShape = (column: CategoryColumn, unknown: 'error' | 'zeros'): CategoryShape => ({
  kind: 'category',
  name: column.name,
  categories: presentTexts(column),
  missing: column.missing === 'error' || column.missing === 'drop' ? column.missing : 'zeros',
  unknown,
});

function targetShape({ targets, task }: Table): TargetShape | null {
  const [first] = targets;
  if (!first) return null;
  const missing = targets.every((column) => column.missing === 'drop') ? 'drop' : 'error';
  return first.kind === 'category' && task === 'classify'
    ? { task, name: first.name, classes: presentTexts(first), missing }
    : { task: 'regress', names: targets.map(({ name }) => name), missing };
}

/** The texts that stand in a row, in ascending order. */
function presentTexts({ codes, texts }: CategoryColumn): string[] {
  const present = new Set(codes);
  return classNames(texts.filter((_, code) => present.has(code)));
}

function fill(table: Table, { name, values }: NumberColumn, rule: 'mean' | 'median'): number {
  const there = values.filter((value) => !Number.isNaN(value));
  if (there.length === 0) {
    throw new RangeError(
      `${table.name}, column "${name}": none of ${table.rows} rows has a number to fill in`,
    );
  }
  if (rule === 'mean') return there.reduce((sum, value) => sum + value, 0) / there.length;
  there.sort();
  const middle = there.length >> 1;
  return there.length % 2 === 1 ? there[middle] : there[middle - 1] / 2 + there[middle] / 2;
}

const UNKNOWN = ['error', 'zeros'];
const KEYS = {
  number: ['kind', 'name', 'missing'],
  category: ['kind', 'name', 'categories', 'missing', 'unknown'],
  classify: ['task', 'name', 'classes', 'missing'],
  regress: ['task', 'names', 'missing'],
} as const;

function word(name: string, value: unknown, words: readonly string[]): void {
  checkText(name, value);
  if (!words.includes(value)) throw new RangeError(`${name} must be one of ${words.join(', ')}`);
}

/** Throws TypeError or RangeError unless `shape` is one, as it came out of JSON for instance. */
export function checkTableShape(name: string, shape: unknown): asserts shape is TableShape {
  const { target: learned, ...others } = Object(shape) as TableShape;
  checkOptions(name, learned === null ? others : shape, ['version', 'columns', 'target']);
  const { version, columns, target } = shape as TableShape;
  checkInteger(`${name}.version`, version, 1, 1);
  checkArray(`${name}.columns`, columns);
  if (columns.length === 0) throw new RangeError(`${name}.columns is empty`);
  for (const [i, column] of columns.entries()) checkColumn(`${name}.columns, entry ${i}`, column);
  if (target !== null) checkTarget(`${name}.target`, target);
  distinct(`${name}.columns`, [...columns.map((column) => column.name), ...targetNames(shape as TableShape)]);
}

function checkColumn(name: string, column: TableShape['columns'][number]): void {
  checkOptions(name, column, KEYS.category);
  word(`${name}: kind`, column.kind, ['number', 'category']);
  checkOptions(name, column, KEYS[column.kind]);
  checkText(`${name}: name`, column.name);
  if (column.kind === 'category') {
    checkTexts(`${name}: categories`, column.categories);
    if (column.categories.length === 0) throw new RangeError(`${name}: categories is empty`);
    distinct(`${name}: categories`, column.categories);
    word(`${name}: missing`, column.missing, ['error', 'drop', 'zeros']);
    word(`${name}: unknown`, column.unknown, UNKNOWN);
  } else if (typeof column.missing === 'string') {
    word(`${name}: missing`, column.missing, ['error', 'drop', 'mean', 'median']);
  } else {
    checkNumber(`${name}: missing`, column.missing);
    if (!Number.isFinite(column.missing)) throw new RangeError(`${name}: missing must be finite`);
  }
}

function checkTarget(name: string, target: TargetShape): void {
  checkOptions(name, target, [...new Set([...KEYS.classify, ...KEYS.regress])]);
  word(`${name}: task`, target.task, ['classify', 'regress']);
  checkOptions(name, target, KEYS[target.task]);
  word(`${name}: missing`, target.missing, ['error', 'drop']);
  if (target.task === 'classify') {
    checkText(`${name}: name`, target.name);
    checkTexts(`${name}: classes`, target.classes);
    if (target.classes.length === 0) throw new RangeError(`${name}: classes is empty`);
    distinct(`${name}: classes`, target.classes);
  } else {
    checkTexts(`${name}: names`, target.names);
    if (target.names.length === 0) throw new RangeError(`${name}: names is empty`);
  }
}

function distinct(name: string, names: readonly string[]): void {
  if (new Set(names).size < names.length) throw new RangeError(`${name}: a name stands there twice`);
}

/** Names of a shape's target columns. */
export const targetNames = ({ target }: TableShape): readonly string[] =>
  target === null ? [] : target.task === 'classify' ? [target.name] : target.names;

/** Whether all classes are written as numbers are, so that the column is read as numbers. */
export const numericClasses = (classes: readonly string[]): boolean =>
  classes.every((name) => String(Number(name)) === name);
