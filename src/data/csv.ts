/**
 * Tables of numbers from CSV text, for data owners' files.
 *
 * Errors name the row and the column, never what stands there: the text may be private and the message shared.
 * Rows are counted from 1, the header not included.
 */
import { checkBoolean, checkOptions, checkText, checkTexts, kindOf } from '../options.js';
import { csvRecords } from './csv-records.js';
import type { Dataset } from './dataset.js';
import { classNames, labelIndices, oneHot } from './one-hot.js';

export interface CsvOptions {
  /** What the errors call the text, a file's name for instance. */
  name?: string;
  /** The column that holds the labels. Its fields are kept as text. */
  label?: string;
  /** Columns to leave out, an identifier for instance. */
  ignore?: readonly string[];
  /** Field delimiter, one character; the default is a comma. */
  delimiter?: string;
  /** False when the first record is data already; the columns are then called 1, 2, 3 … */
  header?: boolean;
}

export interface CsvTable {
  /** Names of the numeric columns. */
  readonly columns: string[];
  /** The numbers, count × columns, row-major. */
  readonly rows: Float64Array;
  /** Number of rows, at least 1. */
  readonly count: number;
  /** The label column's fields, one a row, when {@link CsvOptions.label} asked for one. */
  readonly labels?: string[];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a table of finite numbers.
 * @throws TypeError when `text` is no string, and for options of another kind or that are not known.
 * @throws RangeError for a missing value, a field that is not a number, a row of another length, a column
 *   that is named twice, not at all or not found, and a table without rows.
 */
export function readCsv(text: string, options: CsvOptions = {}): CsvTable {
  checkOptions('readCsv', options, CSV);
  return readTable(text, options);
}

const CSV = ['name', 'label', 'ignore', 'delimiter', 'header'];

function readTable(text: string, options: CsvOptions): CsvTable {
  const { name = 'CSV', label, ignore = [], delimiter = ',', header = true } = options;
  checkText('readCsv: name', name);
  if (label !== undefined) checkText('readCsv: label', label);
  checkTexts('readCsv: ignore', ignore);
  checkText('readCsv: delimiter', delimiter);
  checkBoolean('readCsv: header', header);
  if (typeof text !== 'string') throw new TypeError(`${name}: expected text, got ${kindOf(text)}`);
  if (delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
    throw new RangeError(`${name}: the delimiter must be one character, not a quote or a line break`);
  }
  let plan: ColumnPlan | undefined;
  const numbers = new Growing();
  const labels: string[] = [];
  let row = 0;
  for (const fields of csvRecords(text, name, delimiter)) {
    if (!plan) {
      plan = planColumns(header ? fields : fields.map((_, i) => String(i + 1)), name, label, ignore, header);
      if (header) continue;
    }
    row++;
    if (fields.length !== plan.names.length) {
      throw new RangeError(
        `${name} row ${row}: expected ${plan.names.length} fields, found ${fields.length}`,
      );
    }
    for (const column of plan.numeric) {
      numbers.push(readNumber(fields[column], () => `${name} row ${row}, column "${plan?.names[column]}"`));
    }
    if (plan.label < 0) continue;
    const text = fields[plan.label].trim();
    if (text === '') throw new RangeError(`${name} row ${row}, column "${label}": missing value`);
    labels.push(text);
  }
  if (!plan || row === 0) throw new RangeError(`${name}: no rows`);
  return {
    columns: plan.numeric.map((column) => plan.names[column]),
    rows: numbers.values(),
    count: row,
    ...(label === undefined ? {} : { labels }),
  };
}

/**
 * Reads a labelled data set. Owners who hold different rows of one table must agree on `classes`, since a class
 * may be absent from one owner's part; without it they are the distinct labels in ascending order.
 * @throws as {@link readCsv}, and RangeError when a label is not among `classes`.
 */
export function readCsvDataset(
  text: string,
  options: CsvOptions & { label: string; classes?: readonly string[] },
): Dataset {
  checkOptions('readCsvDataset', options, [...CSV, 'classes']);
  const { columns, rows, count, labels = [] } = readTable(text, options);
  if (columns.length === 0) throw new RangeError(`${options.name ?? 'CSV'}: no column besides the label`);
  if (options.classes !== undefined) checkTexts('readCsvDataset: classes', options.classes);
  const classes = options.classes ?? classNames(labels);
  return {
    x: Float32Array.from(rows),
    y: oneHot(labelIndices(labels, classes), classes.length),
    rows: count,
    features: columns.length,
    classes: classes.length,
    names: { features: columns, classes },
  };
}

interface ColumnPlan {
  names: string[];
  numeric: number[];
  label: number;
}

function planColumns(
  fields: string[],
  name: string,
  label: string | undefined,
  ignore: readonly string[],
  header: boolean,
): ColumnPlan {
  const names = fields.map((field) => field.trim());
  names.forEach((column, i) => {
    if (column === '') throw new RangeError(`${name}: column ${i + 1} has no name`);
    if (names.indexOf(column) !== i)
      throw new RangeError(`${name}: columns ${names.indexOf(column) + 1} and ${i + 1} have one name`);
  });
  const counted =
    names.every((column, i) => column === String(i)) || names.every((column, i) => column === String(i + 1));
  if (header && !counted && names.every((column) => NUMBER.test(column))) {
    throw new RangeError(`${name}: the first record looks like data, not a header (option header: false)`);
  }
  for (const wanted of label === undefined ? ignore : [label, ...ignore]) {
    if (!names.includes(wanted)) throw new RangeError(`${name}: no column "${wanted}"`);
  }
  return {
    names,
    numeric: names.flatMap((column, i) => (column === label || ignore.includes(column) ? [] : [i])),
    label: label === undefined ? -1 : names.indexOf(label),
  };
}

function readNumber(field: string, where: () => string): number {
  const text = field.trim();
  if (text === '') throw new RangeError(`${where()}: missing value`);
  if (!NUMBER.test(text)) throw new RangeError(`${where()}: not a number`);
  const value = Number(text);
  if (!Number.isFinite(value)) throw new RangeError(`${where()}: not a finite number`);
  return value;
}

/** A Float64Array that doubles when it is full. */
class Growing {
  #array = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#array.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#array);
      this.#array = larger;
    }
    this.#array[this.#length++] = value;
  }

  values(): Float64Array {
    return this.#array.slice(0, this.#length);
  }
}
