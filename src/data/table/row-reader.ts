/** Rows of one table or of several with the same columns, as they are read: cells go to their columns, and the target is looked at in the end. */
import { ColumnBuilder } from './builder.js';
import { Growing } from './growing.js';
import type { HeaderPlan } from './header.js';
import type { ReadTableOptions } from './options.js';
import type { CsvRecord } from './records.js';
import {
  type CategoryColumn,
  listed,
  type NumberColumn,
  type Table,
  type TableColumn,
  type Task,
} from './table.js';

const MOST_CATEGORIES = 64;
/** The most different whole numbers that are taken for classes by themselves. */
const NUMBERED_CLASSES = 10;

export class RowReader {
  readonly #first: string;
  #name: string;
  #plan: HeaderPlan;
  readonly #options: ReadTableOptions;
  readonly #builders: readonly ColumnBuilder[];
  /** Where each column stands in a record. */
  #places: readonly number[];
  readonly #lines = new Growing(Uint32Array);
  /** The line of each key. */
  readonly #keys = new Map<string, number>();
  #dropped = 0;

  constructor(name: string, plan: HeaderPlan, options: ReadTableOptions) {
    this.#first = name;
    this.#name = name;
    this.#plan = plan;
    this.#options = options;
    const {
      decimal = '.',
      shape,
      maxCategories = shape ? Number.POSITIVE_INFINITY : MOST_CATEGORIES,
    } = options;
    const rules = { decimal, maxCategories, fixed: shape !== undefined };
    const placed = [...plan.columns, ...plan.targets];
    this.#builders = placed.map((column) => new ColumnBuilder(column.plan, rules));
    this.#places = placed.map(({ place }) => place);
  }

  /** How many rows there are so far. */
  get rows(): number {
    return this.#lines.length;
  }

  /**
   * Goes on with another table, whose columns may stand in another order.
   * @throws RangeError for columns that are not those of the first
   */
  next(name: string, plan: HeaderPlan): void {
    const placed = [...plan.columns, ...plan.targets];
    const names = this.#builders.map((builder) => builder.plan.name);
    const foreign = placed.find((column) => !names.includes(column.plan.name));
    if (foreign) {
      throw new RangeError(
        `${name}: has a column "${foreign.plan.name}" that ${this.#first} has not (ignore: ["${foreign.plan.name}"])`,
      );
    }
    this.#places = names.map((column) => {
      const own = placed.find((candidate) => candidate.plan.name === column);
      if (own) return own.place;
      throw new RangeError(`${name}: lacks the column "${column}" that ${this.#first} has`);
    });
    this.#name = name;
    this.#plan = plan;
  }

  add({ fields, line }: CsvRecord): void {
    const at = `${this.#name} line ${line}`;
    const { width, key } = this.#plan;
    if (fields.length !== width) {
      const blank = fields.length === 1 && fields[0] === '';
      throw new RangeError(
        `${at}: ${blank ? 'is blank' : `expected ${width} fields, found ${fields.length}`}`,
      );
    }
    let whole = true;
    const cells = this.#builders.map((builder, i) => {
      const cell = builder.read(fields[this.#places[i]], at);
      if (cell === null && builder.plan.missing === 'drop') whole = false;
      return cell;
    });
    const rowKey = key < 0 ? undefined : this.#keyOf(fields[key], at);
    if (!whole) {
      this.#dropped++;
      return;
    }
    this.#builders.forEach((builder, i) => {
      builder.push(cells[i], at);
    });
    if (rowKey !== undefined) this.#keys.set(rowKey, line);
    this.#lines.push(line);
  }

  #keyOf(field: string, at: string): string {
    const text = field.trim();
    const { key } = this.#options;
    if (text === '') throw new RangeError(`${at}, column "${key}": missing key`);
    const line = this.#keys.get(text);
    if (line !== undefined) throw new RangeError(`${at}, column "${key}": the key of line ${line} again`);
    return text;
  }

  /** @param name of the whole */
  table(name = this.#name): Table {
    this.#name = name;
    const { rows } = this;
    if (rows === 0) {
      throw new RangeError(
        this.#dropped > 0 ? `${name}: each of ${this.#dropped} rows has a missing cell` : `${name}: no rows`,
      );
    }
    const built = this.#builders.map((builder) => builder.build(name));
    const columns = built.slice(0, this.#plan.columns.length);
    const { targets, task } = this.#learned(built.slice(columns.length));
    return {
      name,
      rows,
      columns,
      targets,
      task,
      keys: this.#plan.key < 0 ? null : [...this.#keys.keys()],
      lines: this.#lines.values(),
      dropped: this.#dropped,
    };
  }

  #learned(targets: readonly TableColumn[]): { targets: readonly TableColumn[]; task: Task | null } {
    if (targets.length === 0) return { targets, task: null };
    const { shape, maxCategories = MOST_CATEGORIES } = this.#options;
    const asked = shape ? shape.target?.task : this.#options.task;
    const texts = targets.filter(({ kind }) => kind === 'category').map(({ name }) => name);
    if (targets.length > 1) {
      if (asked === 'classify')
        throw new RangeError(`${this.#name}: classes are one column, not ${targets.length}`);
      if (texts.length > 0) {
        throw new RangeError(`${this.#name}: several targets must be numbers; ${listed(texts)} has text`);
      }
      return { targets, task: 'regress' };
    }
    const [target] = targets;
    if (target.kind === 'category') {
      if (asked === 'regress') throw new RangeError(`${this.#name}: the target "${target.name}" has text`);
      return { targets, task: 'classify' };
    }
    const task = asked ?? (looksLikeClasses(target) ? 'classify' : 'regress');
    if (task === 'regress') return { targets, task };
    const most = shape ? Number.POSITIVE_INFINITY : maxCategories;
    return { targets: [asClasses(this.#name, target, most)], task };
  }
}

function looksLikeClasses({ values }: NumberColumn): boolean {
  const counts = new Map<number, number>();
  for (const value of values) {
    if (!Number.isInteger(value)) return false;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > NUMBERED_CLASSES) return false;
  }
  return [...counts.values()].every((count) => count > 1);
}

/** Numbers as names of classes: 1 and 1.0 are one. */
function asClasses(table: string, { name, missing, values }: NumberColumn, most: number): CategoryColumn {
  const index = new Map<number, number>();
  const codes = Int32Array.from(values, (value) => {
    const code = index.get(value) ?? index.size;
    index.set(value, code);
    return code;
  });
  if (index.size > most) {
    throw new RangeError(
      `${table}: the target "${name}" has ${index.size} different numbers, more than ${most} classes (task: 'regress', or raise maxCategories)`,
    );
  }
  return { kind: 'category', name, missing, codes, texts: [...index.keys()].map(String) };
}
