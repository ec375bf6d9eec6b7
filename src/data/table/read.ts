/** Reading a table, record by record: what is kept of the text are numbers and the distinct texts of columns. */
import { ColumnBuilder } from './builder.js';
import { Growing } from './growing.js';
import { type HeaderPlan, planHeader } from './header.js';
import { checkReadOptions, type ReadTableOptions } from './options.js';
import { type CsvRecord, csvRecords } from './records.js';
import { nameOf, type TableSource, textOf } from './source.js';
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

/**
 * Reads a table of comma-separated values (RFC 4180) or their like: gzipped or not, with the delimiter that its first lines have,
 * columns of numbers and of texts. The source is read piece by piece and never held as text.
 *
 * Errors name line and column, never what stands there: the table may be private and the message shared. Lines count from
 * 1, the header's included.
 *
 *     const table = await readTable('patients.csv', { target: 'outcome', missing: 'median' });
 *
 * @throws TypeError for what is no source, and for options of another kind or that are not known
 * @throws RangeError for text that is no table, a row of another length, a cell that is missing or of another kind than
 *   those before, dates, more categories than are allowed, and columns that are named twice, not at all or not found
 * @throws Error where the source cannot be read
 */
export async function readTable(source: TableSource, options: ReadTableOptions = {}): Promise<Table> {
  checkReadOptions(options);
  const { name = nameOf(source), header = true, encoding, delimiter } = options;
  let reader: RowReader | undefined;
  for await (const records of csvRecords(textOf(source, name, encoding), name, delimiter)) {
    for (const record of records) {
      const first = !reader;
      reader ??= new RowReader(name, planHeader(record.fields, name, options), options);
      if (!(first && header)) reader.add(record);
    }
  }
  if (!reader) throw new RangeError(`${name}: is empty`);
  return reader.table();
}

class RowReader {
  readonly #name: string;
  readonly #plan: HeaderPlan;
  readonly #options: ReadTableOptions;
  readonly #builders: readonly { readonly place: number; readonly builder: ColumnBuilder }[];
  readonly #lines = new Growing(Uint32Array);
  /** The line of each key. */
  readonly #keys = new Map<string, number>();
  #dropped = 0;

  constructor(name: string, plan: HeaderPlan, options: ReadTableOptions) {
    this.#name = name;
    this.#plan = plan;
    this.#options = options;
    const {
      decimal = '.',
      shape,
      maxCategories = shape ? Number.POSITIVE_INFINITY : MOST_CATEGORIES,
    } = options;
    const rules = { decimal, maxCategories, fixed: shape !== undefined };
    this.#builders = [...plan.columns, ...plan.targets].map(({ place, plan }) => ({
      place,
      builder: new ColumnBuilder(plan, rules),
    }));
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
    const cells = this.#builders.map(({ place, builder }) => {
      const cell = builder.read(fields[place], at);
      if (cell === null && builder.plan.missing === 'drop') whole = false;
      return cell;
    });
    const rowKey = key < 0 ? undefined : this.#keyOf(fields[key], at);
    if (!whole) {
      this.#dropped++;
      return;
    }
    this.#builders.forEach(({ builder }, i) => {
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

  table(): Table {
    const rows = this.#lines.length;
    if (rows === 0) {
      const { name } = { name: this.#name };
      throw new RangeError(
        this.#dropped > 0 ? `${name}: each of ${this.#dropped} rows has a missing cell` : `${name}: no rows`,
      );
    }
    const built = this.#builders.map(({ builder }) => builder.build(this.#name));
    const columns = built.slice(0, this.#plan.columns.length);
    const { targets, task } = this.#learned(built.slice(columns.length));
    return {
      name: this.#name,
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
