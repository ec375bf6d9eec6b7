/** What a cell's text says: nothing, a number, or something that only looks like one. */

/** A column's kind: numbers, or texts of which each distinct one becomes a column of zeros and ones. */
export type ColumnKind = 'number' | 'category';

const MISSING: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?']);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Columns of numbers end as float32. */
const LARGEST = 3.4028234663852886e38;

export const isMissing = (text: string): boolean => MISSING.has(text);

/** Whether a text is written as a number is, whatever its size. */
export const isNumeric = (text: string): boolean => NUMBER.test(text);

/** The number that a cell says; undefined where it is not written as one. May be infinite, see {@link fits}. */
export function numberOf(text: string, decimal: '.' | ','): number | undefined {
  const plain = decimal === '.' ? text : text.includes('.') ? '' : text.replace(',', '.');
  return NUMBER.test(plain) ? Number(plain) : undefined;
}

export const fits = (value: number): boolean => Math.abs(value) <= LARGEST;

const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const TIME = '\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d+)?)?( ?[ap]m)?';
const DATES = [
  `\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}([T ]${TIME} ?(Z|[+-]\\d{2}:?\\d{2})?)?`,
  `\\d{1,2}[-/.]\\d{1,2}[-/.](\\d{4}|\\d{2})([, ]+${TIME})?`,
  `\\d{1,2}[. -]*${MONTH}[ ,-]*\\d{2,4}`,
  `${MONTH} ?\\d{1,2},? \\d{4}`,
  TIME,
].map((pattern) => new RegExp(`^${pattern}$`, 'i'));

/** What such a text is: what stands there, and what can be done; `column` is quoted. */
const LOOKS: readonly {
  readonly like: (text: string) => boolean;
  readonly says: (column: string) => string;
}[] = [
  {
    like: (text) => DATES.some((pattern) => pattern.test(text)),
    says: (column) =>
      `looks like dates or times: put numbers in their place, days since a day of yours for instance, or leave it out (ignore: [${column}])`,
  },
  {
    like: (text) => /^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(text),
    says: () => "looks like numbers with a decimal comma (option decimal: ',') or with digits in groups",
  },
  {
    like: (text) => /^[+-]?\d*\.\d+(e[+-]?\d+)?$/i.test(text),
    says: () => "looks like numbers with a decimal point, and decimal is ','",
  },
  {
    like: (text) => /^[+-]?\d{1,3}([ ,.'’\u00a0\u202f]\d{3})+([.,]\d+)?$/.test(text),
    says: () => 'looks like numbers whose digits stand in groups: write them without separators',
  },
  {
    like: (text) => /^[+-]?(inf|infinity)$/i.test(text),
    says: () => 'is not finite',
  },
  {
    like: (text) => /^[$€£¥]\s*[\d.,]+$|^[+-]?[\d.,]+\s*[%$€£¥]$/.test(text),
    says: () => 'looks like numbers with a sign of percent or of a currency: write them without it',
  },
];

/** What a text looks like that is no number and may have been meant as one, with what to do; undefined for other texts. */
export const lookalike = (text: string, column: string): string | undefined =>
  LOOKS.find(({ like }) => like(text))?.says(JSON.stringify(column));
