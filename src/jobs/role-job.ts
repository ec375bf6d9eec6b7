/** From a job file to what one role runs. */
import { JobError } from '../errors.js';
import { peersOf, rolesOf } from '../party/agreement.js';
import { GUEST } from '../session/guests.js';
import type { LinkEvent, NetworkOptions } from '../session/network.js';
import type { TapeOptions } from '../session/tape-options.js';
import type { WebOptions } from '../session/web.js';
import type { OwnedRows, TrainingJob } from './job.js';
import {
  agreedOf,
  computedDigest,
  type JobFile,
  type QueryFile,
  type TestRows,
  type TrainingFile,
} from './job-file.js';
import type { QueryJob, QueryRows } from './query-job.js';
import { mediansOf, missingOf, namesOf, taskOf, widthFor } from './table-form.js';

/** Where one role of a job runs. */
export interface RolePlace<Rows = OwnedRows> {
  readonly role: string;
  /** Its rows; null where it brings none. */
  readonly rows: Rows | null;
  /** PEM of its certificate and of the private key; null for a guest. */
  readonly keys: { readonly certificate: string; readonly key: string } | null;
  /** Where it takes guests. */
  readonly web?: WebOptions;
  /** Of a guest: its invitations, by the roles that it is linked to. */
  readonly invitations?: Readonly<Record<string, string>>;
  /** 'host:port' where it listens, if that is not its address in the job. */
  readonly listen?: string;
  /** True where a training is to be taken up; the same at all roles. */
  readonly resume?: boolean;
  readonly onLink?: (event: LinkEvent) => void;
  /** What the provider has dealt beforehand, in place of it. */
  readonly tape?: TapeOptions;
}

/** What a role can be called in a job: also a name of files, on every system. */
export const ROLE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/;

export const isRoleName = (name: string): boolean => ROLE_NAME.test(name);

/** The clients of a job. */
export const clientsOfJob = (file: JobFile): readonly string[] =>
  ((file.task === 'train' || file.task === 'predict') && file.clients) || [];

/** Whether the owner takes no part in a training. */
export const isAway = (file: JobFile): boolean => file.task === 'train' && file.ownerAway === true;

/** The owner of the session: where the job's is away the first party, to which nothing is revealed. */
const ownerPresent = (file: JobFile): string => (isAway(file) ? file.parties[0] : file.owner);

/** The names of a job's roles: parties, provider, the owner where it is none of them, clients. */
export const rolesOfJob = (file: JobFile): string[] => rolesOf(named(file));

/** The roles that one of a job is linked to. */
export const peersOfJob = (file: JobFile, role: string): string[] => peersOf(named(file), role);

/** Whether a role has no certificate, and comes over the web. */
export const isGuest = (file: JobFile, role: string): boolean => file.roles[role].fingerprint === GUEST;

/** The guests that come to a role. */
export const guestsOf = (file: JobFile, role: string): string[] =>
  peersOfJob(file, role).filter((peer) => isGuest(file, peer));

/**
 * Whether parties keep a training's checkpoints, which all of them must: a guest has no place for them. Public, since all roles save
 * together.
 */
export const keepsCheckpoints = (file: JobFile): boolean =>
  !file.parties.some((party) => isGuest(file, party));

const named = (file: JobFile) => {
  const { parties, provider } = file;
  return { parties, provider, owner: ownerPresent(file), clients: clientsOfJob(file) };
};

/** The training of a job file, with the rows that are in this process, on a session that is still to be placed. */
export function trainingJob(file: TrainingFile, rows: readonly OwnedRows[]): TrainingJob {
  const { parties, data, model, training, saveAs, metrics } = file;
  const medians = mediansOf(file);
  return {
    ...described(file),
    parties,
    parts: [...parties, ...clientsOfJob(file)]
      .filter((owner) => Object.hasOwn(data.rows, owner))
      .map((owner) => {
        const width = widthFor(file, owner);
        const elsewhere = { owner, rows: data.rows[owner], ...(width && { width }) };
        return rows.find((part) => part.owner === owner) ?? elsewhere;
      }),
    ...(medians.length > 0 && { medians }),
    ...(data.kind === 'table' && data.owners && { divided: 'columns' }),
    ...(model.initialScale !== undefined && { initialScale: model.initialScale }),
    ...training,
    ...(saveAs !== undefined && { saveAs }),
    ...(metrics && { metrics }),
    ...(taskOf(file) === 'regress' && { task: 'regress' }),
    names: namesOf(file),
    ...(isAway(file) && { quiet: true }),
  };
}

/** The query of a job file, alike. */
export function queryJob(file: QueryFile, rows: readonly QueryRows[]): QueryJob {
  const { parties, data, task, from } = file;
  const asked = [...parties, ...clientsOfJob(file)].filter((role) => Object.hasOwn(data.rows, role));
  return {
    ...described(file),
    task,
    from,
    parties,
    parts: asked.map((owner) => {
      const width = widthFor(file, owner);
      const part = rows.find((candidate) => candidate.owner === owner) ?? {
        owner,
        rows: (data.rows[owner] as TestRows).test,
      };
      return { ...part, ...(width && { width }) };
    }),
    ...(data.kind === 'table' && data.owners && { divided: 'columns' }),
    ...(file.task === 'predict' && { asker: file.asker }),
    ...(file.task === 'evaluate' && { loss: file.loss }),
    ...(file.task === 'evaluate' && file.metrics && { metrics: file.metrics }),
    ...(taskOf(file) === 'regress' && { learned: 'regress' }),
  };
}

/** What a file says of any job. */
function described(file: JobFile) {
  const { title, provider, data, model, numbers, fewRounds, discloses, limits = {} } = file;
  const clients = clientsOfJob(file);
  const { leastRows, silence } = limits;
  const missing = missingOf(file);
  return {
    title,
    unit: data.kind === 'images' ? 'images' : 'rows',
    standardise: data.kind === 'table' && data.scaling === 'standardise',
    ...(missing.length > 0 && { missing }),
    layers: [{ ...model.layers[0], inputShape: model.inputShape }, ...model.layers.slice(1)],
    session: {
      provider,
      owner: ownerPresent(file),
      ...(clients.length > 0 && { clients }),
      ...numbers,
      ...(fewRounds && { fewRounds }),
      discloses,
      ...(leastRows !== undefined && { leastRows }),
      ...(silence !== undefined && { timeout: silence * 1000 }),
    },
  };
}

/** What one role of a training runs, linked to the others as the job says. */
export function roleJob(file: TrainingFile, place: RolePlace): TrainingJob {
  const job = trainingJob(file, place.rows ? [place.rows] : []);
  return { ...job, session: { ...job.session, ...linksOf(file, place) } };
}

/** What one role of a query runs, alike. */
export function roleQuery(file: QueryFile, place: RolePlace<QueryRows>): QueryJob {
  const job = queryJob(file, place.rows ? [place.rows] : []);
  return { ...job, session: { ...job.session, ...linksOf(file, place) } };
}

/** Options of the session of one role. */
function linksOf(file: JobFile, place: RolePlace<unknown>) {
  const { role, keys, listen, web, invitations, resume = false, onLink, tape } = place;
  const { join, heartbeat } = file.limits ?? {};
  const linked = rolesOfJob(file).filter((name) => tape === undefined || name !== file.provider);
  const network: NetworkOptions = {
    roles: Object.fromEntries(
      linked.map((name) => {
        const { sealing: _, ...known } = file.roles[name];
        return [name, known];
      }),
    ),
    keys: keys ? { [role]: keys } : {},
    ...(web && { web: { [role]: web } }),
    ...(invitations && { invitations }),
    agreed: { ...agreedOf(file), 'whether the training is taken up (--resume)': resume },
    ...(listen !== undefined && { listen: { [role]: listen } }),
    ...(join !== undefined && { joinWithin: join }),
    ...(heartbeat !== undefined && { heartbeat }),
    ...(onLink && { onLink }),
  };
  return { here: [role], network, ...(tape && { tape }) };
}

/**
 * Options of the session in which the provider of a job deals tapes beforehand.
 * @param key PEM of its own private key, by which the parties know who has dealt; null where it has none
 * @throws JobError for a party without a key to which its tape could be sealed
 */
export async function dealing(file: JobFile, dir: string, key: string | null) {
  const parties = file.parties.map((party) => {
    const { sealing } = file.roles[party];
    if (sealing === undefined)
      throw new JobError(`roles.${party} has no sealing key to which its tape could be sealed`);
    return [party, sealing] as const;
  });
  const job = await computedDigest(file);
  const deal = { dir, parties: Object.fromEntries(parties), job, ...(key !== null && { key }) };
  return { here: [file.provider], deal };
}
