/** What each column of a table is for, from its header and the options. */

import type { ColumnPlan } from './builder.js';
import { isNumeric } from './cells.js';
import type { ReadTableOptions } from './options.js';
import { numericClasses, type TableShape, targetNames } from './shape.js';
import { listed, type MissingRule } from './table.js';

/** Places of columns in a record, with the plans of those that are kept. */
export interface HeaderPlan {
  /** Fields of a record. */
  readonly width: number;
  readonly columns: readonly PlacedColumn[];
  readonly targets: readonly PlacedColumn[];
  /** Place of the column of keys; −1 without one. */
  readonly key: number;
}

export interface PlacedColumn {
  readonly place: number;
  readonly plan: ColumnPlan;
}

/**
 * @param fields the first record
 * @throws RangeError for columns without a name, of one name, that are not there or asked for twice
 */
export function planHeader(fields: readonly string[], table: string, options: ReadTableOptions): HeaderPlan {
  const { header = true, ignore = [], key, shape } = options;
  const names = header ? fields.map((field) => field.trim()) : fields.map((_, i) => String(i + 1));
  if (header) checkNames(names, table);
  const wanted = shape ? targetNames(shape).filter((name) => names.includes(name)) : targetsOf(options);
  const place = (name: string): number => {
    const at = names.indexOf(name);
    if (at < 0) throw new RangeError(`${table}: no column "${name}"; there are ${listed(names)}`);
    return at;
  };
  const skipped = new Set([...wanted, ...ignore, ...(key === undefined ? [] : [key])]);
  for (const name of skipped) place(name);
  checkRoles(names, table, options, wanted);
  const columns = shape
    ? shape.columns.map((column) => column.name)
    : names.filter((name) => !skipped.has(name));
  if (columns.length === 0) throw new RangeError(`${table}: no column is left to learn from`);
  const placed = (target: boolean) => (name: string) => ({
    place: place(name),
    plan: shape ? shapedColumn(name, shape, target) : askedColumn(name, options, target),
  });
  const plan = {
    width: names.length,
    columns: columns.map(placed(false)),
    targets: wanted.map(placed(true)),
    key: key === undefined ? -1 : place(key),
  };
  if (shape) checkShaped(names, table, shape, wanted, skipped);
  return plan;
}

const targetsOf = ({ target = [] }: ReadTableOptions): readonly string[] =>
  typeof target === 'string' ? [target] : target;

function checkNames(names: readonly string[], table: string): void {
  names.forEach((name, i) => {
    if (name === '') throw new RangeError(`${table}: column ${i + 1} has no name`);
    const first = names.indexOf(name);
    if (first !== i) throw new RangeError(`${table}: columns ${first + 1} and ${i + 1} have one name`);
  });
  const counted = [0, 1].some((from) => names.every((name, i) => name === String(i + from)));
  if (!counted && names.every(isNumeric)) {
    throw new RangeError(`${table}: the first record looks like data, not a header (option header: false)`);
  }
}

/** A column is one thing only, and every name of an option is that of a column. */
function checkRoles(
  names: readonly string[],
  table: string,
  { ignore = [], key, kinds = {}, missing = {}, shape }: ReadTableOptions,
  targets: readonly string[],
): void {
  const roles = [
    ...targets.map((name) => [name, 'target'] as const),
    ...ignore.map((name) => [name, 'ignore'] as const),
    ...(key === undefined ? [] : [[key, 'key'] as const]),
  ];
  const seen = new Map<string, string>();
  for (const [name, role] of roles) {
    const before = seen.get(name);
    if (before === role) throw new RangeError(`${table}: column "${name}" stands twice in ${role}`);
    if (before !== undefined)
      throw new RangeError(`${table}: column "${name}" is ${before} and ${role} at once`);
    seen.set(name, role);
  }
  const rules = typeof missing === 'string' ? {} : missing;
  for (const [option, record] of Object.entries({ kinds, missing: rules })) {
    for (const name of Object.keys(record)) {
      if (!names.includes(name)) {
        throw new RangeError(`${table}: ${option} names no column "${name}"; there are ${listed(names)}`);
      }
      if (ignore.includes(name) || name === key) {
        throw new RangeError(`${table}: ${option} names column "${name}", which is not learned from`);
      }
    }
  }
  for (const name of targets) {
    if (!shape && ['mean', 'median'].includes(rules[name])) {
      throw new RangeError(`${table}: missing: the target "${name}" is never filled in; drop its rows`);
    }
  }
}

function askedColumn(
  name: string,
  { kinds = {}, missing = 'error' }: ReadTableOptions,
  target: boolean,
): ColumnPlan {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  let rule: MissingRule = 'error';
  if (typeof missing === 'string') rule = target && missing !== 'drop' ? 'error' : missing;
  else if (Object.hasOwn(missing, name)) rule = missing[name];
  return { name, kind, missing: rule, target };
}

/** A column as a shape has it: numbers and texts that may be missing stay so, to be filled in as the shape says. */
function shapedColumn(name: string, shape: TableShape, target: boolean): ColumnPlan {
  if (target) {
    const of = shape.target as NonNullable<TableShape['target']>;
    const text = of.task === 'classify' && !numericClasses(of.classes);
    return { name, kind: text ? 'category' : 'number', missing: of.missing, target };
  }
  const { kind, missing } = shape.columns.find(
    (column) => column.name === name,
  ) as TableShape['columns'][number];
  return { name, kind, missing: missing === 'error' || missing === 'drop' ? missing : 'mean', target };
}

function checkShaped(
  names: readonly string[],
  table: string,
  shape: TableShape,
  targets: readonly string[],
  skipped: ReadonlySet<string>,
): void {
  const all = targetNames(shape);
  if (targets.length > 0 && targets.length < all.length) {
    throw new RangeError(
      `${table}: has the target ${listed(targets)}, not ${listed(all.filter((name) => !targets.includes(name)))}`,
    );
  }
  const more = names.filter(
    (name) => !skipped.has(name) && !shape.columns.some((column) => column.name === name),
  );
  if (more.length > 0)
    throw new RangeError(`${table}: the shape has no column ${listed(more)} (option ignore)`);
}
