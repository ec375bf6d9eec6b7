/** What readTable can be asked for, checked. */
import { checkBoolean, checkInteger, checkOptions, checkText, checkTexts, kindOf } from '../../options.js';
import type { ColumnKind } from './cells.js';
import { checkTableShape, type TableShape } from './shape.js';
import type { MissingRule, Task } from './table.js';

/** What `readTable` takes. */
export interface ReadTableOptions {
  /** What errors call the table; left out: the file's name. */
  name?: string;
  /** The column that is to be learned, or several columns of numbers. Left out: none. */
  target?: string | readonly string[];
  /**
   * Left out: `'classify'` for texts and for at most 10 different whole numbers of which each stands in two rows or
   * more, else `'regress'`.
   */
  task?: Task;
  /** Columns to leave out, names or numbers of persons for instance. */
  ignore?: readonly string[];
  /** A column by whose texts rows are known; it is not learned from. See `orderByKey`. */
  key?: string;
  /** Kinds of columns by name. Left out: by a column's first cell that is not missing. */
  kinds?: Readonly<Record<string, ColumnKind>>;
  /**
   * Where a cell is missing (empty, NA, N/A, NaN, null, ?): `'error'` refuses the table; `'drop'` leaves the row out; `'mean'` and
   * `'median'` take that of the column's other numbers, and no category for texts. For all columns or by name; default `'error'`.
   */
  missing?: MissingRule | Readonly<Record<string, MissingRule>>;
  /** The most different texts of a column. Default 64. */
  maxCategories?: number;
  /** The character between fields. Left out: comma, semicolon, tab or bar, as the first lines have it. */
  delimiter?: string;
  /** Default '.'. */
  decimal?: '.' | ',';
  /** False where the first record is data; the columns are then called 1, 2, 3 … */
  header?: boolean;
  /** As `TextDecoder` has it. Left out: UTF-8, or UTF-16 where its mark stands at the beginning. */
  encoding?: string;
  /** Reads the columns that an earlier table had, which says target, task, kinds and what is done where a cell is missing. */
  shape?: TableShape;
}

const KNOWN = [
  'name',
  'target',
  'task',
  'ignore',
  'key',
  'kinds',
  'missing',
  'maxCategories',
  'delimiter',
  'decimal',
  'header',
  'encoding',
  'shape',
] as const satisfies readonly (keyof ReadTableOptions)[];

/** What a shape says by itself. */
const OF_SHAPE = ['target', 'task', 'kinds', 'missing', 'maxCategories'] as const;

export const MISSING_RULES = ['error', 'mean', 'median', 'drop'] as const satisfies readonly MissingRule[];
export const KINDS = ['number', 'category'] as const satisfies readonly ColumnKind[];
export const TASKS = ['classify', 'regress'] as const satisfies readonly Task[];

/** Throws RangeError unless `value` is one of a few words, TypeError unless it is a text. */
export function checkWord(name: string, value: unknown, words: readonly string[]): void {
  checkText(name, value);
  if (!words.includes(value)) {
    throw new RangeError(`${name} must be one of ${words.map((word) => `'${word}'`).join(', ')}`);
  }
}

/** Throws TypeError or RangeError that names the option. */
export function checkReadOptions(options: ReadTableOptions): void {
  const at = (option: string) => `readTable: ${option}`;
  checkOptions('readTable', options, KNOWN);
  const { name, target, task, ignore, key, kinds, missing, maxCategories } = options;
  if (name !== undefined) checkText(at('name'), name);
  if (target !== undefined && typeof target !== 'string') {
    if (!Array.isArray(target)) {
      throw new TypeError(`${at('target')} must be a string or an array of them, got ${kindOf(target)}`);
    }
    checkTexts(at('target'), target);
    if (target.length === 0) throw new RangeError(`${at('target')} names no column; leave it out`);
  }
  if (task !== undefined) checkWord(at('task'), task, TASKS);
  if (ignore !== undefined) checkTexts(at('ignore'), ignore);
  if (key !== undefined) checkText(at('key'), key);
  if (kinds !== undefined) checkRecord(at('kinds'), kinds, KINDS);
  if (typeof missing === 'string') checkWord(at('missing'), missing, MISSING_RULES);
  else if (missing !== undefined) checkRecord(at('missing'), missing, MISSING_RULES);
  if (maxCategories !== undefined) checkInteger(at('maxCategories'), maxCategories, 1);
  checkForm(options);
  if (task !== undefined && target === undefined && options.shape === undefined) {
    throw new RangeError(`${at('task')} needs a target`);
  }
  if (options.shape === undefined) return;
  checkTableShape(at('shape'), options.shape);
  for (const option of OF_SHAPE) {
    if (options[option] !== undefined)
      throw new RangeError(`${at(option)} is said by the shape; leave it out`);
  }
}

function checkRecord(name: string, value: unknown, words: readonly string[]): void {
  if (typeof value !== 'object') {
    throw new TypeError(`${name} must be an object with columns for keys, got ${kindOf(value)}`);
  }
  checkOptions(name, value, Object.keys(Object(value)));
  for (const [column, word] of Object.entries(value as object))
    checkWord(`${name}["${column}"]`, word, words);
}

function checkForm({ delimiter, decimal, header, encoding }: ReadTableOptions): void {
  if (delimiter !== undefined) {
    checkText('readTable: delimiter', delimiter);
    if (delimiter.length !== 1 || '"\r\n\ufeff'.includes(delimiter)) {
      throw new RangeError('readTable: delimiter must be one character, not a quote or a line break');
    }
  }
  if (decimal !== undefined) checkWord('readTable: decimal', decimal, ['.', ',']);
  if (header !== undefined) checkBoolean('readTable: header', header);
  if (encoding === undefined) return;
  checkText('readTable: encoding', encoding);
  try {
    new TextDecoder(encoding);
  } catch {
    throw new RangeError('readTable: encoding is none that TextDecoder knows');
  }
}
