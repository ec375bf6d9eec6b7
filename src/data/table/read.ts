/** Reading a table, record by record: what is kept of the text are numbers and the distinct texts of columns. */
import { planHeader } from './header.js';
import { checkReadOptions, type ReadTableOptions } from './options.js';
import { csvRecords } from './records.js';
import { RowReader } from './row-reader.js';
import { nameOf, type TableSource, textOf } from './source.js';
import type { Table } from './table.js';

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
  const { name = nameOf(source) } = options;
  return (await readInto(null, source, name, options)).table();
}

/** Several tables as one, and how many of its rows come from each. */
export interface ReadTables {
  readonly table: Table;
  readonly rows: readonly number[];
}

/**
 * Reads tables of the same columns, in any order, one after the other into one: kinds, categories and classes are those of all.
 * @param options as of {@link readTable}, without a key; `name` is that of the whole
 * @throws as {@link readTable}, by the name of the table, and RangeError for one without rows or with other columns than the first
 */
export async function readTables(
  sources: readonly TableSource[],
  options: ReadTableOptions = {},
): Promise<ReadTables> {
  checkReadOptions(options);
  const rows: number[] = [];
  let reader: RowReader | null = null;
  for (const source of sources) {
    const name = nameOf(source);
    const before: number = reader?.rows ?? 0;
    reader = await readInto(reader, source, name, options);
    if (reader.rows === before) throw new RangeError(`${name}: no rows, or each has a missing cell`);
    rows.push(reader.rows - before);
  }
  if (!reader) throw new RangeError('readTable: no table');
  const names = [...new Set(sources.map(nameOf))];
  const { name = names.length < 4 ? names.join(', ') : `${names.length} tables` } = options;
  return { table: reader.table(name), rows };
}

/** @param before what has read the tables before this one, and goes on */
async function readInto(
  before: RowReader | null,
  source: TableSource,
  name: string,
  options: ReadTableOptions,
): Promise<RowReader> {
  const { header = true, encoding, delimiter } = options;
  let reader: RowReader | null = null;
  for await (const records of csvRecords(textOf(source, name, encoding), name, delimiter)) {
    for (const record of records) {
      const first = reader === null;
      reader ??= started(planHeader(record.fields, name, options));
      if (!(first && header)) reader.add(record);
    }
  }
  if (!reader) throw new RangeError(`${name}: is empty`);
  return reader;

  function started(plan: ReturnType<typeof planHeader>): RowReader {
    if (!before) return new RowReader(name, plan, options);
    before.next(name, plan);
    return before;
  }
}
