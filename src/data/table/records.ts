/**
 * Records of CSV text that comes in pieces (RFC 4180), by Papa Parse, with the lines that they stand in.
 *
 * Of each piece the last record is held back, since the next piece may go on with it.
 */
import Papa from 'papaparse';
import { findDelimiter } from './delimiter.js';

export interface CsvRecord {
  readonly fields: string[];
  /** The line in which it begins, from 1. */
  readonly line: number;
}

/** Characters that are parsed at once, but for the last record and a source's larger pieces. */
const BLOCK = 1 << 16;
/** The longest record in characters: where a quote is not closed, all that follows is one record. */
const LONGEST = 1 << 20;

/**
 * The records, in batches. Blank lines at the end are left out, others are records of one empty field.
 * @param delimiter one character; left out: found in the first lines
 * @throws RangeError for quotes that are not closed or have text behind them, by line
 */
export async function* csvRecords(
  text: AsyncIterable<string>,
  name: string,
  delimiter?: string,
): AsyncGenerator<CsvRecord[]> {
  let reader: RecordReader | undefined;
  let pending = '';
  for await (const piece of text) {
    pending += piece;
    if (pending.length < BLOCK) continue;
    reader ??= new RecordReader(name, pending, false, delimiter);
    yield reader.read(pending, false);
    pending = '';
  }
  reader ??= new RecordReader(name, pending, true, delimiter);
  yield reader.read(pending, true);
}

class RecordReader {
  readonly #name: string;
  readonly #delimiter: string;
  readonly #newline: '\n' | '\r';
  #rest = '';
  #line = 1;
  /** Lines of blank records that nothing has followed yet. */
  #blank: number[] = [];

  constructor(name: string, head: string, whole: boolean, delimiter?: string) {
    this.#name = name;
    this.#newline = lineBreak(head);
    this.#delimiter = delimiter ?? findDelimiter(head, this.#newline, whole, name);
  }

  /** The records that end in `text` or, `last`, at its end. */
  read(text: string, last: boolean): CsvRecord[] {
    const newline = this.#newline;
    const input = `${this.#rest}${text}${last ? newline : ''}`;
    const skipped = input.charCodeAt(0) === 0xfeff ? 1 : 0; // Papa Parse takes it for a byte order mark
    const out: CsvRecord[] = [];
    let end = 0;
    let next: { fields: string[]; problem: string | undefined; end: number } | undefined;
    const take = () => {
      if (!next) return;
      if (next.problem !== undefined) throw this.#problem(next.problem);
      this.#emit(next.fields, out);
      end = next.end;
    };
    Papa.parse<string[]>(input, {
      delimiter: this.#delimiter,
      newline,
      step({ data, errors, meta }) {
        take();
        next = { fields: data, problem: errors[0]?.code, end: meta.cursor + skipped };
      },
    });
    this.#rest = input.slice(end);
    if (last && next?.problem !== undefined) throw this.#problem(next.problem);
    if (this.#rest.length > LONGEST) {
      throw new RangeError(
        `${this.#name} line ${this.#line}: a record of more than ${LONGEST.toLocaleString('en')} characters; is a quote not closed?`,
      );
    }
    return out;
  }

  #emit(fields: string[], out: CsvRecord[]): void {
    const line = this.#line++;
    if (fields.length === 1 && fields[0].trim() === '') {
      this.#blank.push(line);
      return;
    }
    for (const blank of this.#blank.splice(0)) out.push({ fields: [''], line: blank });
    for (const field of fields) {
      for (let at = field.indexOf(this.#newline); at >= 0; at = field.indexOf(this.#newline, at + 1)) {
        this.#line++;
      }
    }
    out.push({ fields, line });
  }

  #problem(code: string): RangeError {
    const what = code === 'MissingQuotes' ? 'a quote is not closed' : 'text after a closing quote';
    return new RangeError(`${this.#name} line ${this.#line}: ${what}`);
  }
}

/** CR alone where the first line ends so, else LF: the CR of a CRLF is white space at the end of the last field. */
function lineBreak(head: string): '\n' | '\r' {
  let quoted = false;
  for (let i = 0; i < head.length; i++) {
    const char = head[i];
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === '\n') return '\n';
    else if (!quoted && char === '\r') return i + 1 === head.length || head[i + 1] === '\n' ? '\n' : '\r';
  }
  return '\n';
}
