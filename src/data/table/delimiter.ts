/** Which character stands between the fields of a table, from its first lines. */
import Papa from 'papaparse';

const CANDIDATES = [',', ';', '\t', '|'] as const;
const NAMES: Readonly<Record<string, string>> = { '\t': 'tab' };
/** Records that are looked at. */
const RECORDS = 10;

/**
 * The one that gives all of the first records the same number of fields, two or more; where none does, the one that the
 * first record has most of.
 * @param whole whether `head` ends at the end of a record
 * @throws RangeError where several fit
 */
export function findDelimiter(head: string, newline: '\n' | '\r', whole: boolean, name: string): string {
  const counted = CANDIDATES.map((delimiter) => ({
    delimiter,
    counts: count(head, newline, delimiter, whole),
  }));
  const fitting = counted.filter(
    ({ counts: [first = 1, ...others] }) => first > 1 && others.every((fields) => fields === first),
  );
  if (fitting.length > 1) {
    const names = fitting.map(({ delimiter }) => `'${NAMES[delimiter] ?? delimiter}'`).join(' or ');
    throw new RangeError(`${name}: the delimiter may be ${names} (option delimiter)`);
  }
  const [best] =
    fitting.length > 0 ? fitting : counted.sort((a, b) => (b.counts[0] ?? 1) - (a.counts[0] ?? 1));
  return best.delimiter;
}

/** Fields of each of the first records that are not blank. */
function count(head: string, newline: '\n' | '\r', delimiter: string, whole: boolean): number[] {
  const { data } = Papa.parse<string[]>(head, { delimiter, newline, preview: RECORDS + 1 });
  const complete = whole || data.length > RECORDS || data.length < 2 ? data : data.slice(0, -1);
  return complete
    .slice(0, RECORDS)
    .filter((fields) => fields.length > 1 || fields[0].trim() !== '')
    .map((fields) => fields.length);
}
