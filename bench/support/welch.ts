/** Whether two samples of times differ: Welch's t-test, with slow outliers cropped at many heights, as dudect does it. */

/** Welch's t: the difference of two samples' means in units of its standard error; 0 when nothing varies or differs. */
export function welch(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [moments(a), moments(b)];
  const difference = x.mean - y.mean;
  return difference === 0 ? 0 : difference / Math.sqrt(x.variance / a.length + y.variance / b.length);
}

/** Mean and variance, the latter without bias. */
function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

/** Heights at which times are cropped: these shares of all times are kept, from a third to nearly all. */
const KEPT = Array.from({ length: 18 }, (_, i) => 1 - 2 ** (-(i + 1) / 2));
/** Fewest times of a sample that a test is made of. */
const FEWEST = 50;

/**
 * The largest |t| of all times and of those below each height. Interrupts make a few times very long, and would hide a
 * small difference; the heights are those of both samples together, so that cropping favours neither.
 */
export function largestT(a: readonly number[], b: readonly number[]): number {
  const sorted = [...a, ...b].sort((x, y) => x - y);
  const heights = KEPT.map((share) => sorted[Math.ceil(share * sorted.length) - 1]);
  let largest = 0;
  for (const height of [...heights, Number.POSITIVE_INFINITY]) {
    const [x, y] = [a, b].map((times) => times.filter((time) => time <= height));
    if (Math.min(x.length, y.length) >= FEWEST) largest = Math.max(largest, Math.abs(welch(x, y)));
  }
  return largest;
}
