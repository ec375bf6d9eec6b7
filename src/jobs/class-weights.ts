/**
 * Weights of classes in a job: each owner looks up those of its own training rows and shares them, so that no role learns which row counts
 * for what. The weights themselves are public, or balanced by how many rows each class has over all owners: sums that are opened to
 * the parties, and to the clients that bring rows, as those that scale columns are.
 */
import type { Dataset } from '../data/dataset.js';
import { balancedWeights, classesOf, countClasses, rowWeights } from '../model/class-weights.js';
import { clientsOf } from '../party/agreement.js';
import { refuseFewRows } from '../session/few-rows.js';
import type { RowsOfOwner } from '../session/rows.js';
import type { Session } from '../session/session.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';

/** See `TrainingJob.classWeights`. */
export type ClassWeights = 'balanced' | readonly number[];

/** An owner's labels, where they are here, and how many rows it has. */
export interface LabelsOfOwner {
  readonly owner: string;
  readonly set: Pick<Dataset, 'y'> | null;
  readonly rows: number;
}

/** What the rows of each class count for, and those of all training rows, in order. */
export interface Weighting {
  /** Null where nobody is here who knows. */
  readonly classes: readonly number[] | null;
  readonly rows: SecureTensor;
}

/** Has owners share the weights of their rows. @param units outputs of the model */
export async function shareClassWeights(
  session: Session,
  wanted: ClassWeights,
  parts: readonly LabelsOfOwner[],
  units: number,
): Promise<Weighting> {
  const weights = wanted === 'balanced' ? await balancedOver(session, parts, units) : wanted;
  const brought = parts.map(
    ({ owner, set, rows }): RowsOfOwner =>
      set && weights ? { owner, values: rowWeights(set.y, units, weights) } : { owner, values: null, rows },
  );
  return { classes: weights, rows: await session.shareRows(brought, []) };
}

/** Null where nobody is here who brings rows, nor a party. */
async function balancedOver(
  session: Session,
  parts: readonly LabelsOfOwner[],
  units: number,
): Promise<readonly number[] | null> {
  const { parties, settings } = session;
  const classes = classesOf(units);
  const apart = clientsOf(settings);
  const clients = parts.map(({ owner }) => owner).filter((owner) => apart.includes(owner));
  for (const { owner, rows } of parts) {
    refuseFewRows(`the number of ${owner}'s rows in each class`, rows, settings.leastRows);
  }
  const lists = [...parties, ...clients]
    .filter((name) => session.isHere(name))
    .map((name) => {
      const own = parts.find(({ owner }) => owner === name)?.set;
      const counts = own ? countClasses(own.y, units) : new Array<number>(classes).fill(0);
      return [name, BigInt64Array.from(counts, BigInt)] as const;
    });
  const totals: BigInt64Array | null = await session.aggregate(Object.fromEntries(lists), {
    length: classes,
    clients,
  });
  return totals && balancedWeights(Array.from(totals, Number));
}

/** Where a training is kept or taken up, by its class weights where nothing else says which job it is: under others it is another. */
export const keptUnder = <T extends { readonly dir: string; readonly job?: string }>(
  option: string | T | undefined,
  weights: ClassWeights | undefined,
): string | T | undefined => {
  if (option === undefined || weights === undefined) return option;
  const job = `class weights ${weights}`;
  return { job, ...(typeof option === 'string' ? ({ dir: option } as T) : option) };
};
