/** Sums over few rows say too much of each row, so they are not opened. */

/**
 * @param what the sum that would be opened, with the operation: 'evaluate: losses and metrics'
 * @param least the session's `leastRows`
 * @throws RangeError naming what would be opened and both numbers of rows, which are public
 */
export function refuseFewRows(what: string, rows: number, least: number): void {
  if (rows >= least) return;
  throw new RangeError(
    `${what} over ${rows} ${rows === 1 ? 'row' : 'rows'} would say too much of each; the session opens ` +
      `sums over ${least} rows or more (option leastRows)`,
  );
}
