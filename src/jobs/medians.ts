/**
 * Medians of columns whose rows lie with several owners, without showing a row or how the rows are spread.
 *
 *     median = the least v with 2 · Σ_p #{x ≤ v} ≥ Σ_p #{x}
 *
 * A search for the digits of v, of which all know those found so far: every owner counts its own cells below the 255 numbers that the next
 * digit could begin at and shares 2 · #{below} − #{there} of each; of the sums on shares, comparisons with 0 say which numbers
 * lie above half of the cells, and how many do is the digit, which is opened. Neither a count nor a sum of them is.
 *
 * A number's digits are those of its float32 pattern, in an order that is that of the numbers: 4 of 8 bits. So the search is as
 * exact for 1e-7 as for 1e9, and takes the same rounds whatever the columns hold.
 */
import { checkInteger } from '../options.js';
import type { Session } from '../session/session.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';

/** The label of what is opened, in lists of disclosures. */
const LABEL = 'medians';
/** Bits of a number, and of a digit. */
const BITS = 32;
const DIGIT = 8;
const THRESHOLDS = 2 ** DIGIT - 1;

/** An owner's cells of a column, none of them missing; null where the owner is elsewhere. */
export interface CellsOfOwner {
  readonly owner: string;
  readonly columns: readonly (Float32Array | Float64Array)[] | null;
  /** Rows, which are public: a bound of the cells. */
  readonly rows: number;
}

/**
 * The median of each column over the cells of all owners, rounded to float32; of an even number of cells the lower of the two in the middle.
 * 4 digits, each a comparison of 255 numbers a column and an opening to each of `to`, one after the other.
 * @param columns how many, at least 1
 * @param to parties and clients that learn the medians
 * @returns NaN for a column in which nobody has a cell; null where none of `to` is here
 * @throws RangeError for more rows of an owner than the ring can count, 2^(k − 2 − f): 262,144 in ring 32 with 12 fraction bits
 */
export async function openMedians(
  session: Session,
  parts: readonly CellsOfOwner[],
  columns: number,
  to: readonly string[],
): Promise<Float64Array | null> {
  const { ring, fractionBits } = session.settings;
  const most = 2 ** (ring - 2 - fractionBits) - 1;
  checkInteger('jointStatistics: medians: columns', columns, 1);
  for (const { owner, rows } of parts) {
    if (rows <= most) continue;
    throw new RangeError(
      `jointStatistics: medians: ${owner} has ${rows} rows, and ring ${ring} counts up to ${most}: use ring 64, or means`,
    );
  }
  const sorted = parts.map(({ owner, columns: cells }) => [owner, cells?.map(keysOf)] as const);
  let found: number[] | null = new Array(columns).fill(0);
  for (let left = BITS - DIGIT; left >= 0; left -= DIGIT) {
    const starts: number[] | undefined = found?.map((digits) => digits * 2 ** DIGIT);
    const above = session.tidy(() => {
      const shared = sorted.map(([owner, keys]) => {
        const lists = keys && starts ? counts(keys, starts, 2 ** left) : null;
        // units of the last place, which the ring has most of
        const values = lists && Float64Array.from(lists, (count) => count * 2 ** -fractionBits);
        return session.share(values, { owner, shape: [columns, THRESHOLDS] });
      });
      return shared
        .reduce((sum, own) => sum.add(own))
        .less(0)
        .sum(1);
    });
    const digits = await openTo(above, to);
    above.dispose();
    found = digits && starts ? starts.map((start, column) => start + digits[column]) : null;
  }
  return found && Float64Array.from(found, numberOf);
}

/** The value as the first of these that is here sees it; null where none is. */
async function openTo(x: SecureTensor, to: readonly string[]): Promise<readonly number[] | null> {
  const seen = await Promise.all(to.map((role) => x.reveal({ to: role, label: LABEL })));
  const own = seen.find((values) => values !== null);
  return own ? Array.from(own, Math.round) : null;
}

/** Of each column and threshold, 2 · #{keys below} − #{keys}; a threshold is (start + d + 1) · unit. */
function counts(columns: readonly Uint32Array[], starts: readonly number[], unit: number): number[] {
  return columns.flatMap((keys, column) =>
    Array.from({ length: THRESHOLDS }, (_, d) => {
      const threshold = (starts[column] + d + 1) * unit;
      return 2 * below(keys, threshold) - keys.length;
    }),
  );
}

/** How many of sorted keys are below a threshold. */
function below(keys: Uint32Array, threshold: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

const SIGN = 2 ** 31;

/** Patterns of float32 in the order of the numbers: of negative ones all bits are flipped, of others the sign. */
function keysOf(cells: Float32Array | Float64Array): Uint32Array {
  const words = new Uint32Array(Float32Array.from(cells, (cell) => cell + 0).buffer); // −0 is 0
  return words.map((word) => (word >= SIGN ? ~word : word + SIGN)).sort();
}

function numberOf(key: number): number {
  const word = key >= SIGN ? key - SIGN : ~key;
  return new Float32Array(Uint32Array.of(word).buffer)[0];
}
