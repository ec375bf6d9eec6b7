/**
 * Are these bits fair coins? A sample is one run's bits; bits are looked at one by one, in pairs, and in sets of any size
 * whose sum is constant (the rank over GF(2)).
 */

/** Deviates beyond which fair coins come once in 10^9 bits, and once in 4·10^11 pairs. */
const BIT_LIMIT = 6;
const PAIR_LIMIT = 7;
/** Runs beyond the number of bits: fair coins miss full rank once in 2^40 times. */
export const SPARE_RUNS = 40;

/** One column a bit, with one bit a run. */
export function bitColumns(runs: readonly Uint8Array[]): Uint32Array[] {
  const bits = runs[0].length * 8;
  const columns = Array.from({ length: bits }, () => new Uint32Array(Math.ceil(runs.length / 32)));
  runs.forEach((bytes, run) => {
    if (bytes.length * 8 !== bits) throw new RangeError('runs of different lengths');
    for (let bit = 0; bit < bits; bit++) {
      if ((bytes[bit >> 3] >> (bit & 7)) & 1) columns[bit][run >> 5] |= 1 << (run & 31);
    }
  });
  return columns;
}

function ones(words: Uint32Array, other?: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    let v = other ? words[i] ^ other[i] : words[i];
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    count += (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/** Columns that are no sum of others, modulo 2. */
export function rank(columns: readonly Uint32Array[]): number {
  const basis: { readonly column: Uint32Array; readonly word: number; readonly bit: number }[] = [];
  for (const own of columns) {
    const column = own.slice();
    for (const pivot of basis) {
      if (column[pivot.word] & pivot.bit)
        for (let i = 0; i < column.length; i++) column[i] ^= pivot.column[i];
    }
    const word = column.findIndex((value) => value !== 0);
    if (word >= 0) basis.push({ column, word, bit: column[word] & -column[word] });
  }
  return basis.length;
}

/** The most biased bit's deviate, and which it is. */
function bias(columns: readonly Uint32Array[], runs: number): { deviate: number; bit: number } {
  let most = { deviate: 0, bit: -1 };
  columns.forEach((column, bit) => {
    const deviate = Math.abs(2 * ones(column) - runs) / Math.sqrt(runs);
    if (deviate > most.deviate) most = { deviate, bit };
  });
  return most;
}

/** The pair of bits that agree or differ most often. */
function correlation(columns: readonly Uint32Array[], runs: number): { deviate: number; pair: number[] } {
  let [most, pair] = [0, [-1, -1]];
  for (let a = 0; a < columns.length; a++) {
    for (let b = 0; b < a; b++) {
      const deviate = Math.abs(2 * ones(columns[a], columns[b]) - runs) / Math.sqrt(runs);
      if (deviate > most) [most, pair] = [deviate, [b, a]];
    }
  }
  return { deviate: most, pair };
}

/**
 * What speaks against the bits of these runs being independent fair coins: the first test that fails, or null.
 * @param runs one sample a run, all of the same length; {@link SPARE_RUNS} more than bits
 */
export function unfairness(runs: readonly Uint8Array[]): string | null {
  const columns = bitColumns(runs);
  if (runs.length < columns.length + SPARE_RUNS) {
    throw new RangeError(`${runs.length} runs are too few for ${columns.length} bits`);
  }
  const biased = bias(columns, runs.length);
  if (biased.deviate > BIT_LIMIT) return `bit ${biased.bit} is biased (${biased.deviate.toFixed(1)})`;
  const { deviate, pair } = correlation(columns, runs.length);
  if (deviate > PAIR_LIMIT) return `bits ${pair.join(' and ')} depend on each other (${deviate.toFixed(1)})`;
  // with a constant beside them, so that a set of bits whose sum is always 1 counts too
  const constant = new Uint32Array(columns[0].length).fill(-1);
  if (runs.length % 32) constant[constant.length - 1] = 2 ** (runs.length % 32) - 1;
  const found = rank([constant, ...columns]) - 1;
  return found === columns.length
    ? null
    : `the bits depend on each other: rank ${found} of ${columns.length}`;
}
