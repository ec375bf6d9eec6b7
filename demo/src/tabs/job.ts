/** A role's part of the job: Wine, of which it brings its own rows, linked to the others by ports. */
import { type TrainingJob, wineJob } from 'beaverdam/jobs';
import type { Role } from './messages.js';
import type { Relay } from './relay.js';

/** Seconds after which a silent tab is given up, and in which all must have begun. */
const HEARTBEAT = 8;
const JOIN_WITHIN = 60;

/** The rows that a role shows in its tab: the first few, with the first few columns. */
export interface OwnRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly count: number;
}

/** All rows to train on that a role has in clear. */
export interface WholeRows {
  readonly x: Float32Array;
  readonly rows: number;
  readonly features: number;
}

const FIRST = { rows: 3, columns: 3 };

const partOf = async (role: Role) => (await wineJob()).parts.find(({ owner }) => owner === role);

/** The rows of a role; null for the provider. */
export const wholeRows = async (role: Role): Promise<WholeRows | null> => (await partOf(role))?.train ?? null;

/** What a role has in clear; null for the provider. */
export async function ownRows(role: Role): Promise<OwnRows | null> {
  const part = await partOf(role);
  if (!part) return null;
  const { x, features, rows, names } = part.train;
  const columns = Array.from(
    { length: FIRST.columns },
    (_, i) => names?.features?.[i].replaceAll('_', ' ') ?? `column ${i + 1}`,
  );
  return {
    columns,
    rows: Array.from({ length: FIRST.rows }, (_, row) =>
      Array.from(x.subarray(row * features, row * features + FIRST.columns)),
    ),
    count: rows,
  };
}

/** The job as this role has it: others' rows are elsewhere. In earnest each would read a file of its own. */
export async function roleJob(role: Role, relays: ReadonlyMap<string, Relay>): Promise<TrainingJob> {
  const job = await wineJob();
  return {
    ...job,
    parts: job.parts.map((part) =>
      part.owner === role
        ? part
        : { owner: part.owner, rows: { train: part.train.rows, test: part.test.rows } },
    ),
    session: {
      ring: 32,
      threads: 0,
      here: [role],
      owner: 'alice',
      network: {
        ports: Object.fromEntries([...relays].map(([peer, { port }]) => [peer, port])),
        heartbeat: HEARTBEAT,
        joinWithin: JOIN_WITHIN,
      },
    },
  };
}
