/**
 * Means and deviations of columns whose rows lie with several owners, parties or clients, computed without showing a row.
 *
 *     mean      = Σ_p Σ_i x / N              one aggregate: every party brings its own column sums
 *     deviation = √(Σ_p Σ_i (x − mean)² / N)   a second one, about the mean that is now public
 *
 * A column in which cells may be missing has the mean of those that are there, and is taken to have it where they are missing: its
 * owner's sums leave them out, and how many cells are there is opened beside the sums. Or it has their median, which is searched for on shares (medians.ts)
 * and stands for the mean: the column is scaled about it, and of the first aggregate nothing is opened for it.
 *
 * Opened to all parties, and to the clients that bring rows: the totals of the two aggregates, which say no more than mean and deviation, and nothing in
 * parts; and digits of medians. The number of rows of each owner is public anyway, as the shape of what it shares. What the totals say is
 * not nothing: who knows all parts but one subtracts them, so of two parties each learns the other's mean and
 * deviation of every column. Those of two rows are the two rows, so a party with few rows is refused.
 */
import { type ColumnStatistics, columnStatistics, deviations } from '../data/scale.js';
import { checkArray, checkInteger, checkOptions, kindOf } from '../options.js';
import { clientsOf, withData } from '../party/agreement.js';
import { fromWords, toWords } from '../party/wide.js';
import { refuseFewRows } from '../session/few-rows.js';
import type { Session } from '../session/session.js';
import { type CellsOfOwner, openMedians } from './medians.js';

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
/** Of smaller sums of squares too little is left. */
const LEAST = 2 ** -52;

/**
 * Population mean and deviation of each column over the rows of all owners. 2 rounds but for medians, 16 bytes a column and peer each.
 *
 * With n owners and N rows a mean is exact up to n·2^−61/N, a variance likewise (and float64 summation).
 * @param parts each owner's rows, row-major [rows, columns], or how many there are where it is not here; a party that
 *   has none may be left out
 * @param names of the columns, for messages
 * @param missing columns, from 0, in which a cell may be missing, NaN; 16 bytes each and peer more
 * @param medians those of them, or others, that are scaled about their median in place of the mean: `mean` has it there, of cells as float32, the lower
 *   one of an even number, exact, and `deviation` is about it. It is opened to those that learn the sums, and is a cell of one of them: who
 *   has no such cell learns one of another's, though not whose row. 20 to 28 rounds for all of them together, with 2 or 3 parties
 * @returns null where none of these is here
 * @throws TypeError for a name that is no party and no client, RangeError when there is no row, a part is no whole number of rows or
 *   has some but fewer than the session's `leastRows`, or has as few cells that are not missing in a column, or nobody has one, or an owner's sums are not finite or reach 2^67 / n, or its cells
 *   vary and their squares about the mean add up to less than 2^−52; column and owner are named, no value
 */
export async function jointStatistics(
  session: Session,
  parts: PartsOfOwners,
  columns: number,
  names: readonly string[] = [],
  missing: readonly number[] = [],
  medians: readonly number[] = [],
): Promise<ColumnStatistics> {
  const count = countRows(session, parts, columns);
  for (const [option, chosen] of Object.entries({ missing, medians })) {
    checkArray(`jointStatistics: ${option}`, chosen);
    for (const column of chosen) checkInteger(`jointStatistics: ${option}: a column`, column, 0, columns - 1);
  }
  const nameOf = (column: number): string => names[column] ?? String(column);
  const counts = new Float64Array(columns).fill(count);
  const zero = new Float64Array(columns);
  const clients = clientsOf(session.settings).filter((client) => Object.hasOwn(parts, client));
  const bringing = [...session.parties, ...clients];
  const means = Array.from({ length: columns }, (_, column) => column).filter((c) => !medians.includes(c));
  const counted = missing.filter((column) => !medians.includes(column));
  const summed = means.length + counted.length;
  const rowsOf = (party: string) => (Object.hasOwn(parts, party) ? parts[party] : 0);
  const average = async (power: 1 | 2, center: Float64Array): Promise<Float64Array | null> => {
    const here = bringing.filter((party) => session.isHere(party));
    const lists = here.map((party) => {
      const part = rowsOf(party);
      const x = typeof part === 'number' ? new Float64Array(0) : part;
      const named = (column: number) => `${party}'s column ${nameOf(column)}`;
      const own = powerSums(x, center, power, missing);
      if (power === 2) {
        refuseTiny(x, own, missing, named);
        return [party, toIntegers([...own], bringing.length, named)] as const;
      }
      const sums = means.map((column) => own[column]);
      const there = cellsThere(x, columns, counted, named, session.settings.leastRows);
      const nameAt = (i: number) => named([...means, ...counted][i]);
      return [party, toIntegers([...sums, ...there], bringing.length, nameAt)] as const;
    });
    const totals = await session.aggregate(Object.fromEntries(lists), {
      length: (power === 1 ? summed : columns) * WORDS,
      words: WORDS,
      clients,
    });
    if (!totals) return null;
    const sums = Float64Array.from(fromWords(totals, WORDS), (total) => Number(total) / UNIT);
    if (power === 2) return sums.map((sum) => sum / count);
    counted.forEach((column, i) => {
      counts[column] = sums[means.length + i];
      if (!(counts[column] > 0)) nobodyHas(nameOf(column));
    });
    const centers = center.slice();
    means.forEach((column, i) => {
      centers[column] = sums[i] / counts[column];
    });
    return centers;
  };
  const middles = await mediansOf();
  const mean = summed > 0 ? await average(1, middles ?? zero) : middles;
  const variance = await average(2, mean ?? zero);
  return (mean && variance && { mean, deviation: deviations(variance, mean) }) as ColumnStatistics;

  /** Medians where they are asked for, 0 elsewhere. */
  async function mediansOf(): Promise<Float64Array | null> {
    if (medians.length === 0) return zero;
    const { leastRows } = session.settings;
    const owned = bringing.flatMap((owner): CellsOfOwner[] => {
      const part = rowsOf(owner);
      const rows = typeof part === 'number' ? part : part.length / columns;
      if (rows === 0) return [];
      if (typeof part === 'number') return [{ owner, columns: null, rows }];
      const named = (column: number) => `${owner}'s column ${nameOf(column)}`;
      cellsThere(part, columns, medians, named, leastRows);
      const cells = medians.map((column) => finiteCells(part, columns, column, missing, named));
      return [{ owner, columns: cells, rows }];
    });
    const found = await openMedians(session, owned, medians.length, bringing);
    if (!found) return null;
    const centers = zero.slice();
    medians.forEach((column, i) => {
      centers[column] = found[i];
      if (!Number.isFinite(found[i])) nobodyHas(nameOf(column));
    });
    return centers;
  }
}

function nobodyHas(column: string): never {
  throw new RangeError(`jointStatistics: column ${column}: nobody has a number to train on`);
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
      `jointStatistics: ${nameOf(column)} has fewer than ${least} cells that are not missing; their mean or median would say too much ` +
        'of each: leave the column out, or agree on a number that stands in',
    );
  });
}

/** An owner's cells of a column that are not missing. @throws RangeError for one that is no finite float32 */
function finiteCells(
  x: Float32Array | Float64Array,
  columns: number,
  column: number,
  missing: readonly number[],
  nameOf: (column: number) => string,
): Float32Array | Float64Array {
  const cells = x.filter((_, i) => i % columns === column);
  const there = missing.includes(column) ? cells.filter((cell) => !Number.isNaN(cell)) : cells;
  if (there.every((cell) => Number.isFinite(Math.fround(cell)))) return there;
  throw new RangeError(`jointStatistics: ${nameOf(column)} is not finite`);
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

/** @throws RangeError for a column that varies, by so little that its squares would be rounded away */
function refuseTiny(
  x: Float32Array | Float64Array,
  squares: Float64Array,
  missing: readonly number[],
  nameOf: (column: number) => string,
): void {
  if (x.length === 0 || squares.every((sum) => sum >= LEAST)) return;
  const { deviation } = columnStatistics(x, squares.length, missing);
  const column = squares.findIndex((sum, c) => sum < LEAST && deviation[c] > 0);
  if (column < 0) return;
  throw new RangeError(
    `jointStatistics: ${nameOf(column)} varies too little to be summed: use a smaller unit`,
  );
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
