/** Numbers as a visitor types them: a row a line, commas or spaces between. */

export interface Matrix {
  readonly values: readonly number[];
  readonly shape: readonly [rows: number, columns: number];
}

const MOST = 64;

/** @throws RangeError that says what to mend, with the line */
export function readNumbers(owner: string, text: string): Matrix {
  const lines = text.split('\n').map((line) => line.trim());
  const rows = lines
    .map((line, i) => ({ words: line.split(/[\s,;]+/).filter(Boolean), line: i + 1 }))
    .filter(({ words }) => words.length > 0);
  if (rows.length === 0) throw new RangeError(`${owner} needs a number at least.`);
  const columns = rows[0].words.length;
  const values = rows.flatMap(({ words, line }) => {
    if (words.length !== columns) {
      throw new RangeError(
        `${owner}, line ${line}: ${words.length} numbers where the first line has ${columns}.`,
      );
    }
    return words.map((word) => {
      const value = Number(word);
      if (Number.isFinite(value)) return value;
      throw new RangeError(`${owner}, line ${line}: “${word}” is not a number.`);
    });
  });
  if (values.length > MOST) throw new RangeError(`${owner}: at most ${MOST} numbers, please.`);
  return { values, shape: [rows.length, columns] };
}

export const sameShape = (a: Matrix, b: Matrix): boolean =>
  a.shape[0] === b.shape[0] && a.shape[1] === b.shape[1];
