/** Dealing the rows of a data set that lies in one place to owners, to act out a job whose rows lie in several. */
import { type Dataset, joinSets, selectRows } from '../data/dataset.js';
import { type LocalTrainingJob, partiesOf } from './job.js';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'] as const;

/**
 * The first `count` of the names in use: alice, bob, carol, dave, erin.
 * @throws RangeError unless 2 ≤ count ≤ 5
 */
export function ownerNames(count: number): string[] {
  if (!Number.isInteger(count) || count < 2 || count > NAMES.length) {
    throw new RangeError(`parties: expected an integer from 2 to ${NAMES.length}`);
  }
  return NAMES.slice(0, count);
}

/**
 * The rows of `indices` that fall to each of `owners` when the rows of `data` go to them in turn: row i (from 0) to
 * owner i mod owners. Of two owners the first has the odd rows and the second the even ones, counted from 1.
 * @throws RangeError when an owner would have none
 */
export function dealRows(data: Dataset, indices: Uint32Array, owners: number): Dataset[] {
  return Array.from({ length: owners }, (_, owner) => {
    const own = indices.filter((i) => i % owners === owner);
    if (own.length === 0) throw new RangeError(`${indices.length} rows are too few for ${owners} owners`);
    return selectRows(data, own);
  });
}

/** The same job, whose rows clients of the session have, in turn, and no longer the parties. */
export function ownedByClients(job: LocalTrainingJob, clients: readonly string[]): LocalTrainingJob {
  const [train, test] = (['train', 'test'] as const).map((which) => {
    const whole = joinSets(job.parts.map((part) => part[which]));
    const indices = Uint32Array.from({ length: whole.rows }, (_, i) => i);
    return dealRows(whole, indices, clients.length);
  });
  return {
    ...job,
    parties: partiesOf(job),
    parts: clients.map((owner, i) => ({ owner, train: train[i], test: test[i] })),
    session: { ...job.session, clients },
  };
}
