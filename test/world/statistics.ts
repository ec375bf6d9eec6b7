/** Is this uniform? Pearson's chi-square test on bytes, with the statistic turned into standard deviations. */

/**
 * Pearson's statistic for equally likely cells, as a standard normal deviate (E. B. Wilson, M. M. Hilferty, "The
 * distribution of chi-square", PNAS 17, 1931). Above 6 about once in 10⁹ times when the cells are equally likely.
 */
export function chiSquareDeviate(counts: ArrayLike<number>): number {
  const cells = Array.from(counts);
  const expected = cells.reduce((sum, count) => sum + count, 0) / cells.length;
  const statistic = cells.reduce((sum, count) => sum + (count - expected) ** 2, 0) / expected;
  return wilsonHilferty(statistic, cells.length - 1);
}

function wilsonHilferty(statistic: number, degrees: number): number {
  const variance = 2 / (9 * degrees);
  return (Math.cbrt(statistic / degrees) - (1 - variance)) / Math.sqrt(variance);
}

/** Deviate that no honest sample of this project's size reaches. */
export const LIMIT = 6;

/** Samples for each cell that the chi-square approximation wants at the least. */
const PER_CELL = 8;

/** How often each byte value occurs at each place of a word of `period` bytes: counts[place · 256 + value]. */
function byteCounts(bytes: Uint8Array, period: number): Uint32Array {
  const counts = new Uint32Array(period * 256);
  for (let at = 0; at < bytes.length; at += period) {
    const end = Math.min(period, bytes.length - at);
    for (let place = 0; place < end; place++) counts[place * 256 + bytes[at + place]]++;
  }
  return counts;
}

/** The deviate of the values of every byte, or of every half byte where there are few. */
function spread(counts: Uint32Array, total: number): number {
  const whole = total >= 256 * PER_CELL;
  const cells = new Uint32Array(whole ? 256 : 16);
  for (let i = 0; i < counts.length; i++) {
    const value = i & 255;
    if (whole) cells[value] += counts[i];
    else {
      cells[value & 15] += counts[i];
      cells[value >> 4] += counts[i];
    }
  }
  return chiSquareDeviate(cells);
}

/** How evenly each bit of a word is 0 and 1: independent deviates, squared and summed like a chi-square. */
function bitBalance(counts: Uint32Array): number {
  const bits = counts.length / 32; // 256 counts for each 8 bits
  let statistic = 0;
  for (let bit = 0; bit < bits; bit++) {
    const first = (bit >> 3) * 256;
    let [ones, all] = [0, 0];
    for (let value = 0; value < 256; value++) {
      all += counts[first + value];
      if ((value >> (bit & 7)) & 1) ones += counts[first + value];
    }
    statistic += (ones - all / 2) ** 2 / (all / 4);
  }
  return wilsonHilferty(statistic, bits);
}

/** The byte-wise difference of two streams, or of a stream and itself `distance` bytes further on. */
export function difference(a: Uint8Array, b: Uint8Array, distance = 0): Uint8Array {
  const out = new Uint8Array(Math.min(a.length - distance, b.length));
  for (let i = 0; i < out.length; i++) out[i] = a[i + distance] - b[i];
  return out;
}

/** Every bit against the next one in the stream, as bytes. */
function bitDifferences(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const next = i + 1 < bytes.length ? bytes[i + 1] : bytes[0];
    out[i] = bytes[i] ^ ((bytes[i] >> 1) | ((next & 1) << 7));
  }
  return out;
}

const histogram = (bytes: Uint8Array): number => spread(byteCounts(bytes, 1), bytes.length);

/**
 * What speaks against these bytes being uniform and independent: the name of the test that they fail, or null.
 * @param period bytes of one word: the distance of neighbours
 */
export function irregularity(bytes: Uint8Array, period: number): string | null {
  const counts = byteCounts(bytes, period);
  const deviates = {
    'bytes are not uniform': spread(counts, bytes.length),
    'bits are not balanced': bitBalance(counts),
    'differences of neighbours are not uniform': histogram(difference(bytes, bytes, period)),
    'neighbouring bits depend on each other': histogram(bitDifferences(bytes)),
  };
  for (const [what, deviate] of Object.entries(deviates)) {
    if (!(Math.abs(deviate) < LIMIT)) return `${what} (${deviate.toFixed(1)} standard deviations)`;
  }
  return null;
}

/** What speaks against bytes being independent of those `distance` bytes before: their difference is not uniform; or null. */
export function recurrence(bytes: Uint8Array, distance: number): string | null {
  const deviate = histogram(difference(bytes, bytes, distance));
  if (Math.abs(deviate) < LIMIT) return null;
  return `changes over ${distance} bytes are not uniform (${deviate.toFixed(1)} standard deviations)`;
}

/** What speaks against two runs being independent of each other: their difference is not uniform; or null. */
export function dependence(run: Uint8Array, before: Uint8Array): string | null {
  const deviate = histogram(difference(run, before));
  if (Math.abs(deviate) < LIMIT) return null;
  return `changes between runs are not uniform (${deviate.toFixed(1)} standard deviations)`;
}
