/** A model that parties have kept, opened to its owner: the weights, and what the columns of rows were scaled by. */
import type { ColumnStatistics } from '../data/scale.js';
import { JobError } from '../errors.js';
import type { KeptExtras } from '../session/kept-model.js';
import type { Sequential } from '../session/sequential.js';
import type { Session } from '../session/session.js';
import { tellOwner } from './tell.js';

/** A model in clear. */
export interface Opened {
  /** For each layer its kernel, row-major, then its bias. */
  readonly weights: readonly Float32Array[];
  /** What the columns of rows were scaled by; null where they were not. */
  readonly scaling: ColumnStatistics | null;
  /** What targets that are numbers were scaled by; null for classes. */
  readonly targets: ColumnStatistics | null;
}

/**
 * Opens a restored model to the owner; null where it is not here.
 * @param columns of a row, where they were scaled; else 0
 * @param kept what the parties here have beside their shares
 * @param units of the output, where it is numbers that were scaled; else 0
 */
export async function openModel(
  session: Session,
  model: Sequential,
  columns: number,
  kept: KeptExtras | null,
  units: number,
): Promise<Opened | null> {
  const { owner } = session.settings;
  const scaling = columns > 0 ? await tellScaling(session, owner, columns, kept) : null;
  const targets =
    units > 0 ? await tellOwner(session, session.parties[0], kept?.targets ?? null, units) : null;
  const weights: Float32Array[] | null = await model.weights();
  return weights && { weights, scaling, targets };
}

/**
 * Tells a role what all parties know. It goes as their sum of integers, 64 bits of a float each, to which the first party brings the
 * numbers and everybody else zeros: exact, and of a label that jobs list.
 * @param to the owner, or a client
 */
export async function tellScaling(
  session: Session,
  to: string,
  columns: number,
  kept: KeptExtras | null,
): Promise<ColumnStatistics | null> {
  const { parties } = session;
  const length = 2 * columns;
  const own = kept?.scaling && bitsOf(kept.scaling);
  if (own && own.length !== length) throw new JobError(`the model was scaled by ${own.length / 2} columns`);
  const apart = parties.includes(to) ? [] : [to];
  const lists = [...parties, ...apart]
    .filter((role) => session.isHere(role))
    .map((role) => [role, role === parties[0] && own ? own : new BigInt64Array(length)] as const);
  const sums: BigInt64Array | null = await session.aggregate(Object.fromEntries(lists), {
    length,
    clients: apart,
  });
  if (!sums) return null;
  if (own?.some((bits, i) => bits !== sums[i])) {
    throw new JobError(`${parties[0]} has kept another scaling of the columns`);
  }
  const numbers = new Float64Array(sums.buffer, sums.byteOffset, length);
  return { mean: numbers.slice(0, columns), deviation: numbers.slice(columns) };
}

function bitsOf({ mean, deviation }: ColumnStatistics): BigInt64Array {
  const numbers = Float64Array.from([...mean, ...deviation]);
  return new BigInt64Array(numbers.buffer);
}
