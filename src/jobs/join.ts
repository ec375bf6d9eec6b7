/**
 * beaverdam/join: one role of a job file without a certificate, a guest, in a page or in Node; the other roles are `beaverdam run`
 * elsewhere.
 *
 *     const job = await (await fetch('job.json')).text();
 *     const rows = { train: trainFile, test: testFile };
 *     await joinJob(job, { role: 'clinic', invitations: lines, rows });
 */
import { checkArray, checkOptions, checkText } from '../options.js';
import type { AssetOptions } from '../session/assets.js';
import { invitationsOf } from '../session/invitation.js';
import type { LinkEvent } from '../session/network.js';
import { type Bringing, bringToQuery, bringToTraining } from './given-rows.js';
import { parseJobFile } from './job-document.js';
import { formDigest, type JobFile, jobDigest } from './job-file.js';
import type { RoleResult } from './program.js';
import { runQuery } from './query.js';
import type { QueryResult } from './query-job.js';
import { isGuest, keepsCheckpoints, peersOfJob, roleJob, roleQuery, rolesOfJob } from './role-job.js';
import { runRole } from './run.js';
import type { RunOptions } from './run-options.js';

export type { LabelsToBring, RowsToBring } from './given-rows.js';

/** What `joinJob` takes: who comes, what it brings, who is told what. */
export interface JoinOptions
  extends Bringing,
    AssetOptions,
    Pick<RunOptions, 'onStep' | 'onEpoch' | 'onProgress' | 'signal'> {
  /** The guest. */
  role: string;
  /** The lines of its invitations, one of each role that it is linked to, in any order. One run uses them up. */
  invitations: readonly string[];
  /** True where a training is taken up (`beaverdam run --resume`), at all roles alike. Default false. */
  resume?: boolean;
  /** Told when a role elsewhere has come, is out of reach, or has gone. */
  onLink?: (event: LinkEvent) => void;
}

/** What a role is shown of a job: of a training, or of a question to a model. */
export type Joined =
  | ({ readonly task: 'train' } & RoleResult)
  | ({ readonly task: 'evaluate' | 'predict' | 'open' } & QueryResult);

const NAME = 'joinJob';
const ASSETS = ['workerUrl', 'wasmUrl', 'wasmModule'] as const;
const CALLBACKS = ['onStep', 'onEpoch', 'onProgress'] as const;
const KNOWN = [
  'role',
  'invitations',
  'rows',
  'labels',
  'resume',
  'onLink',
  'signal',
  ...ASSETS,
  ...CALLBACKS,
];

/** Nobody writes to it: guests keep nothing. */
const FOLDER = 'state';

/**
 * Joins a job as one of its guests, and runs that role to its end: the same program as `beaverdam run`. Resolves to what the role is
 * shown; a client that brings rows is done when the parties have them.
 * @param job the job file: its text, its bytes, or the document that it is
 * @throws JobError for a document that is no job, by its field, and when another role leaves, refuses, or runs another job; TypeError or
 *   RangeError for options, invitations and rows that do not fit the job; never by a value
 */
export async function joinJob(job: string | Uint8Array | object, options: JoinOptions): Promise<Joined> {
  checkOptions(NAME, options, KNOWN);
  const { role, invitations, rows, labels, resume = false, onLink, signal } = options;
  checkText(`${NAME}: role`, role);
  checkArray(`${NAME}: invitations`, invitations);
  const text = typeof job === 'string' || job instanceof Uint8Array ? job : JSON.stringify(job);
  const file = await parseJobFile(`${NAME}: the job`, text);
  checkGuest(file, role);
  if (resume && !keepsCheckpoints(file)) {
    throw new RangeError(`${NAME}: resume: no party keeps checkpoints where one is a guest`);
  }
  const brings = Object.hasOwn(file.data.rows, role);
  if (!brings && (rows !== undefined || labels !== undefined)) {
    throw new TypeError(`${NAME}: rows: ${role} brings none in this job`);
  }
  const place = {
    role,
    keys: null,
    invitations: invitationsOf(`${NAME}: invitations`, invitations, peersOfJob(file, role), role),
    ...(onLink && { onLink }),
  };
  const assets = picked(options, ASSETS);
  const state = { dir: FOLDER, data: await formDigest(file) };
  const ending = signal ? { signal } : {};
  if (file.task !== 'train') {
    const own = brings ? await bringToQuery(NAME, file, role, { rows, labels }) : null;
    const query = roleQuery(file, { ...place, rows: own });
    const session = { ...query.session, ...assets };
    return { task: file.task, ...(await runQuery({ ...query, session }, { state, ...ending })) };
  }
  const own = brings ? await bringToTraining(NAME, file, role, { rows, labels }) : null;
  const training = roleJob(file, { ...place, rows: own, resume });
  const checkpoint = { dir: FOLDER, job: await jobDigest(file) };
  const result = await runRole(
    { ...training, session: { ...training.session, ...assets } },
    {
      state,
      ...(keepsCheckpoints(file) && { checkpoint }),
      ...(resume && { resume: checkpoint }),
      ...ending,
      ...picked(options, CALLBACKS),
    },
  );
  return { task: 'train', ...result };
}

function checkGuest(file: JobFile, role: string): void {
  const roles = rolesOfJob(file);
  if (!roles.includes(role)) {
    throw new RangeError(`${NAME}: no role named "${role}" in the job (roles: ${roles.join(', ')})`);
  }
  if (!isGuest(file, role)) {
    throw new RangeError(`${NAME}: ${role} has a certificate in the job, and is run by beaverdam run`);
  }
}

/** Those of some options that are given. */
const picked = <O extends object, K extends keyof O>(options: O, keys: readonly K[]): Partial<Pick<O, K>> =>
  Object.fromEntries(
    keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  ) as Partial<Pick<O, K>>;
