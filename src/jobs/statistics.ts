/**
 * Means and deviations of columns whose rows lie with several owners, parties or clients, computed without showing a row.
 *
 *     mean      = Σ_p Σ_i x / N              one aggregate: every party brings its own column sums
 *     deviation = √(Σ_p Σ_i (x − mean)² / N)   a second one, about the mean that is now public
 *
 * A column in which cells may be missing has the mean of those that are there, and is taken to have it where they are missing: its
 * owner's sums leave them out, and how many cells are there is opened beside the sums.
 *
 * Opened to all parties, and to the clients that bring rows: the totals of the two aggregates, which say no more than mean and deviation, and nothing in
 * parts. The number of rows of each owner is public anyway, as the shape of what it shares. What the totals say is
 * not nothing: who knows all parts but one subtracts them, so of two parties each learns the other's mean and
 * deviation of every column. Those of two rows are the two rows, so a party with few rows is refused.
 */
import { type ColumnStatistics, deviations } from '../data/scale.js';
import { checkArray, checkInteger, checkOptions, kindOf } from '../options.js';
import { clientsOf, withData } from '../party/agreement.js';
import { fromWords, toWords } from '../party/wide.js';
import { refuseFewRows } from '../session/few-rows.js';
import type { Session } from '../session/session.js';

/** What a job's rows were scaled by, in clear. */
export interface Scaling {
  readonly inputs: ColumnStatistics | null;
  /** Of targets that are numbers. */
  readonly targets: ColumnStatistics | null;
}

/** An owner's sums are rounded once, to multiples of 2^−60, and added up in 128 bits. */
const UNIT = 2 ** 60;
const WORDS = 2;
const MOST = 2 ** 127;

/**
 * Population mean and deviation of each column over the rows of all owners. 2 rounds, 16 bytes a column and peer each.
 *
 * With n owners and N rows a mean is exact up to n·2^−61/N, a variance likewise (and float64 summation).
 * @param parts each owner's rows, row-major [rows, columns], or how many there are where it is not here; a party that
 *   has none may be left out
 * @param names of the columns, for messages
 * @param missing columns, from 0, in which a cell may be missing, NaN; 16 bytes each and peer more
 * @returns null where none of these is here
 * @throws TypeError for a name that is no party and no client, RangeError when there is no row, a part is no whole number of rows or
 *   has some but fewer than the session's `leastRows`, or has as few cells that are not missing in a column, or nobody has one, or an owner's sums are not finite or reach 2^67 / n; column and owner are
 *   named, no value
 */
export async function jointStatistics(
  session: Session,
  parts: PartsOfOwners,
  columns: number,
  names: readonly string[] = [],
  missing: readonly number[] = [],
): Promise<ColumnStatistics> {
  const count = countRows(session, parts, columns);
  checkArray('jointStatistics: missing', missing);
  for (const column of missing) checkInteger('jointStatistics: missing: a column', column, 0, columns - 1);
  const nameOf = (column: number): string => names[column] ?? String(column);
  const counts = new Float64Array(columns).fill(count);
  const zero = new Float64Array(columns);
  const clients = clientsOf(session.settings).filter((client) => Object.hasOwn(parts, client));
  const bringing = [...session.parties, ...clients];
  const average = async (power: 1 | 2, center: Float64Array): Promise<Float64Array | null> => {
    const here = bringing.filter((party) => session.isHere(party));
    const lists = here.map((party) => {
      const part = Object.hasOwn(parts, party) ? parts[party] : 0;
      const x = typeof part === 'number' ? new Float64Array(0) : part;
      const named = (column: number) => `${party}'s column ${nameOf(column)}`;
      const own = powerSums(x, center, power, missing);
      const there = power === 1 ? cellsThere(x, columns, missing, named, session.settings.leastRows) : [];
      return [party, toIntegers([...own, ...there], bringing.length, named)] as const;
    });
    const totals = await session.aggregate(Object.fromEntries(lists), {
      length: (columns + (power === 1 ? missing.length : 0)) * WORDS,
      words: WORDS,
      clients,
    });
    if (!totals) return null;
    const sums = Float64Array.from(fromWords(totals, WORDS), (total) => Number(total) / UNIT);
    if (power === 2) return sums.map((sum) => sum / count);
    missing.forEach((column, i) => {
      counts[column] = sums[columns + i];
      if (counts[column] > 0) return;
      throw new RangeError(`jointStatistics: column ${nameOf(column)}: nobody has a number to train on`);
    });
    return sums.subarray(0, columns).map((sum, column) => sum / counts[column]);
  };
  const mean = await average(1, zero);
  const variance = await average(2, mean ?? zero);
  return (mean && variance && { mean, deviation: deviations(variance, mean) }) as ColumnStatistics;
}

/** The rows of owners that are here, and the number of rows of others. */
type PartsOfOwners = Readonly<Record<string, Float32Array | Float64Array | number>>;

/**
 * How many cells an owner has in columns where some may be missing.
 * @throws RangeError for so few that their sum would say too much of each
 */
function cellsThere(
  x: Float32Array | Float64Array,
  columns: number,
  missing: readonly number[],
  nameOf: (column: number) => string,
  least: number,
): number[] {
  return missing.map((column) => {
    let there = 0;
    for (let i = column; i < x.length; i += columns) if (!Number.isNaN(x[i])) there++;
    if (there === 0 || there >= least) return there;
    throw new RangeError(
      `jointStatistics: ${nameOf(column)} has fewer than ${least} cells that are not missing; their mean would say too much ` +
        'of each: leave the column out, or agree on a number that stands in',
    );
  });
}

/** One owner's Σ (x − center)^power of each column, of the cells that are not missing. */
function powerSums(
  x: Float32Array | Float64Array,
  center: Float64Array,
  power: 1 | 2,
  missing: readonly number[],
): Float64Array {
  const columns = center.length;
  const sums = new Float64Array(columns);
  const lost = new Float64Array(columns); // what rounding has taken of each sum so far (W. Kahan 1965)
  for (let i = 0; i < x.length; i++) {
    const column = i % columns;
    if (Number.isNaN(x[i]) && missing.includes(column)) continue;
    const term = (x[i] - center[column]) ** power - lost[column];
    const sum = sums[column] + term;
    lost[column] = sum - sums[column] - term;
    sums[column] = sum;
  }
  return sums;
}

function toIntegers(
  sums: readonly number[],
  parties: number,
  nameOf: (column: number) => string,
): BigInt64Array {
  const limit = MOST / parties;
  const integers = Array.from(sums, (sum, column) => {
    const scaled = Math.round(sum * UNIT);
    if (!(Math.abs(scaled) < limit)) {
      const range = Number.isFinite(sum) ? 'too large to be summed: use a larger unit' : 'not finite';
      throw new RangeError(`jointStatistics: ${nameOf(column)} is ${range}`);
    }
    return BigInt(scaled);
  });
  return toWords(integers, WORDS);
}

function countRows(session: Session, parts: PartsOfOwners, columns: number): number {
  const { parties, settings } = session;
  checkInteger('jointStatistics: columns', columns, 1);
  checkOptions('jointStatistics: parts', parts, [...new Set([...Object.keys(Object(parts)), ...parties])]);
  const owners = withData(settings);
  let count = 0;
  for (const [party, x] of Object.entries(parts)) {
    if (!owners.includes(party)) throw new TypeError(`jointStatistics: no party named "${party}"`);
    const rows = session.isHere(party) ? rowsIn(party, x, columns) : x;
    checkInteger(`jointStatistics: ${party} is not here; its number of rows`, rows, 0);
    if (rows > 0) refuseFewRows(`jointStatistics: ${party}'s means and deviations`, rows, settings.leastRows);
    count += rows;
  }
  if (count === 0) throw new RangeError('jointStatistics: no rows');
  return count;
}

function rowsIn(party: string, x: unknown, columns: number): number {
  if (!(x instanceof Float32Array || x instanceof Float64Array)) {
    throw new TypeError(
      `jointStatistics: ${party}'s part must be a Float32Array or a Float64Array, got ${kindOf(x)}`,
    );
  }
  if (x.length % columns === 0) return x.length / columns;
  throw new RangeError(`jointStatistics: ${party}'s part is no whole number of rows of ${columns} columns`);
}
