/** Numbers as people read them; no line ends between a number and its unit. */

export const percent = (part: number): string => `${(100 * part).toFixed(1)}\u00a0%`;

export function bytes(count: number): string {
  if (count === 0) return '–';
  if (count < 1000) return `${count}\u00a0B`;
  if (count < 1e6) return `${(count / 1e3).toFixed(1)}\u00a0kB`;
  return `${(count / 1e6).toFixed(1)}\u00a0MB`;
}

export const seconds = (time: number): string =>
  time < 1 ? `${Math.round(1000 * time)}\u00a0ms` : `${time.toFixed(1)}\u00a0s`;

/** Up to five places after the point, no zeros at the end. */
export const short = (value: number): string => String(Number(value.toFixed(5)));
