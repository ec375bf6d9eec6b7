/** Numbers and tables for people. */

/** '94.4 %' from 0.944. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export { count } from '../count.js';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** '880.1 kB' from 880064: powers of 1000. */
export function bytes(value: number): string {
  let unit = 0;
  let scaled = value;
  while (scaled >= 999.95 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${unit === 0 ? scaled : scaled.toFixed(1)} ${UNITS[unit]}`;
}

/** Widths of hidden layers: '128-64', 'none'. */
export const widthsName = (hidden: readonly number[]): string => hidden.join('-') || 'none';

/** '41 ms', '2.35 s', '12 min 5 s'. */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/**
 * Lines of aligned columns, two spaces apart: the first to the left, the others to the right.
 * @param rows the first is the heading
 */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('   ')
      .trimEnd(),
  );
}
