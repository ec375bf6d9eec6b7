/** Numbers as people read them. */

export const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

export function bytes(count: number): string {
  if (count === 0) return '–';
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} kB`;
  return `${(count / 1e6).toFixed(1)} MB`;
}

export const seconds = (time: number): string =>
  time < 1 ? `${Math.round(1000 * time)} ms` : `${time.toFixed(1)} s`;

/** Up to six places after the point, no zeros at the end. */
export const short = (value: number): string => String(Number(value.toFixed(5)));
