/** Splitting CSV text into records and fields (RFC 4180): quotes, CRLF, LF or CR, a byte order mark. */

const QUOTE = 34;
const LF = 10;
const CR = 13;

/**
 * The records of `text`, one array of fields each. Blank lines at the end are dropped.
 * @param name what the errors call the text
 * @param delimiter one character
 * @throws RangeError for a quote that is never closed or has text behind it; names the record, counted from 1.
 */
export function* csvRecords(text: string, name: string, delimiter: string): Generator<string[]> {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === LF || text.charCodeAt(end - 1) === CR)) end--;
  const separator = delimiter.charCodeAt(0);
  let position = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let record = 0;
  while (position < end) {
    const fields: string[] = [];
    record++;
    for (let more = true; more; ) {
      const start = position;
      if (text.charCodeAt(position) === QUOTE) {
        position = closingQuote(text, position, end);
        if (position < 0) throw new RangeError(`${name} record ${record}: a quote is not closed`);
        fields.push(text.slice(start + 1, position).replaceAll('""', '"'));
        position++;
        const next = text.charCodeAt(position);
        if (position < end && next !== separator && next !== LF && next !== CR) {
          throw new RangeError(`${name} record ${record}: text after a closing quote`);
        }
      } else {
        while (position < end) {
          const code = text.charCodeAt(position);
          if (code === separator || code === LF || code === CR) break;
          position++;
        }
        fields.push(text.slice(start, position));
      }
      more = position < end && text.charCodeAt(position) === separator;
      if (more) position++;
    }
    if (text.charCodeAt(position) === CR) position++;
    if (text.charCodeAt(position) === LF) position++;
    yield fields;
  }
}

/** Index of the quote that closes the field opened at `open`; −1 when there is none. A doubled quote is data. */
function closingQuote(text: string, open: number, end: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0 && at < end; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  }
  return -1;
}
