/** Is this uniform? Pearson's chi-square test on bytes, with the statistic turned into standard deviations. */

/**
 * Pearson's statistic for equally likely cells, as a standard normal deviate (E. B. Wilson, M. M. Hilferty, "The
 * distribution of chi-square", PNAS 17, 1931). Above 6 about once in 10⁹ times when the cells are equally likely.
 */
export function chiSquareDeviate(counts: ArrayLike<number>): number {
  const cells = Array.from(counts);
  const expected = cells.reduce((sum, count) => sum + count, 0) / cells.length;
  const statistic = cells.reduce((sum, count) => sum + (count - expected) ** 2, 0) / expected;
  const degrees = cells.length - 1;
  const spread = 2 / (9 * degrees);
  return (Math.cbrt(statistic / degrees) - (1 - spread)) / Math.sqrt(spread);
}

/** Deviate that no honest sample of this project's size reaches. */
export const LIMIT = 6;

/** Samples for each cell that the chi-square approximation wants at the least. */
const PER_CELL = 8;

/** The values of every byte, or of every half byte where there are few, as a deviate. */
function histogram(bytes: Uint8Array): number {
  const whole = bytes.length >= 256 * PER_CELL;
  const counts = new Uint32Array(whole ? 256 : 16);
  for (const byte of bytes) {
    if (whole) counts[byte]++;
    else {
      counts[byte & 15]++;
      counts[byte >> 4]++;
    }
  }
  return chiSquareDeviate(counts);
}

/** How often each of the `period` bytes' bits is set: independent deviates, squared and summed like a chi-square. */
function bitBalance(bytes: Uint8Array, period: number): number {
  const ones = new Float64Array(period * 8);
  for (let i = 0; i < bytes.length; i++) {
    for (let j = 0; j < 8; j++) ones[(i % period) * 8 + j] += (bytes[i] >> j) & 1;
  }
  const samples = bytes.length / period;
  const statistic = ones.reduce((sum, count) => sum + (count - samples / 2) ** 2 / (samples / 4), 0);
  const spread = 2 / (9 * ones.length);
  return (Math.cbrt(statistic / ones.length) - (1 - spread)) / Math.sqrt(spread);
}

/** Differences of neighbours, `distance` bytes apart, byte by byte. */
const differences = (bytes: Uint8Array, distance: number): Uint8Array =>
  bytes.slice(distance).map((byte, i) => byte - bytes[i]);

/** Every bit against the next one in the stream, as bytes. */
const bitDifferences = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => byte ^ ((byte >> 1) | ((bytes[(i + 1) % bytes.length] & 1) << 7)));

/**
 * What speaks against these bytes being uniform and independent: the name of the test that they fail, or null.
 * @param period bytes of one word: the distance of neighbours
 */
export function irregularity(bytes: Uint8Array, period: number): string | null {
  const deviates = {
    'bytes are not uniform': histogram(bytes),
    'bits are not balanced': bitBalance(bytes, period),
    'differences of neighbours are not uniform': histogram(differences(bytes, period)),
    'neighbouring bits depend on each other': histogram(bitDifferences(bytes)),
  };
  for (const [what, deviate] of Object.entries(deviates)) {
    if (!(Math.abs(deviate) < LIMIT)) return `${what} (${deviate.toFixed(1)} standard deviations)`;
  }
  return null;
}
