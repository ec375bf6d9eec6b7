/** The names of a table's columns, before anything of it is read as data. */
import { checkReadOptions, type ReadTableOptions } from './options.js';
import { csvRecords } from './records.js';
import { nameOf, type TableSource, textOf } from './source.js';

/**
 * @param options how the table will be read
 * @throws RangeError for a table without a line, and for options of its form that cannot be used
 */
export async function columnNames(
  source: TableSource,
  { encoding, delimiter, header = true, name = nameOf(source) }: ReadTableOptions,
): Promise<string[]> {
  checkReadOptions({
    ...(encoding !== undefined && { encoding }),
    ...(delimiter !== undefined && { delimiter }),
  });
  for await (const [first] of csvRecords(textOf(source, name, encoding), name, delimiter)) {
    if (first) return first.fields.map((field, i) => (header ? field.trim() : String(i + 1)));
  }
  throw new RangeError(`${name}: is empty`);
}
