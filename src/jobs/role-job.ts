/** From a job file to what one role runs. */
import { JobError } from '../errors.js';
import type { LinkEvent, NetworkOptions } from '../session/network.js';
import type { TapeOptions } from '../session/tape-options.js';
import type { OwnedRows, TrainingJob } from './job.js';
import { agreedOf, type JobFile } from './job-file.js';

/** Where one role of a job runs. */
export interface RolePlace {
  readonly role: string;
  /** Its rows; null where it brings none. */
  readonly rows: OwnedRows | null;
  /** PEM of its certificate and of the private key. */
  readonly keys: { readonly certificate: string; readonly key: string };
  /** 'host:port' where it listens, if that is not its address in the job. */
  readonly listen?: string;
  /** True where the training is to be taken up; the same at all roles. */
  readonly resume?: boolean;
  readonly onLink?: (event: LinkEvent) => void;
  /** What the provider has dealt beforehand, in place of it. */
  readonly tape?: TapeOptions;
}

/** The names of a job's roles: parties, provider, and the owner where it is none of them. */
export const rolesOfJob = ({ parties, provider, owner }: JobFile): string[] => [
  ...parties,
  provider,
  ...(parties.includes(owner) ? [] : [owner]),
];

/** The training of a job file, with the rows that are in this process, on a session that is still to be placed. */
export function trainingJob(file: JobFile, rows: readonly OwnedRows[]): TrainingJob {
  const { title, parties, provider, owner, data, model, training, numbers, limits = {} } = file;
  const { leastRows, silence } = limits;
  return {
    title,
    unit: data.kind === 'images' ? 'images' : 'rows',
    parts: parties.map((party) => {
      return rows.find((part) => part.owner === party) ?? { owner: party, rows: data.rows[party] };
    }),
    standardise: data.kind === 'table' && data.scaling === 'standardise',
    layers: [{ ...model.layers[0], inputShape: model.inputShape }, ...model.layers.slice(1)],
    ...(model.initialScale !== undefined && { initialScale: model.initialScale }),
    ...training,
    session: {
      provider,
      owner,
      ...numbers,
      discloses: file.discloses,
      ...(leastRows !== undefined && { leastRows }),
      ...(silence !== undefined && { timeout: silence * 1000 }),
    },
  };
}

/** What one role of a job runs, linked to the others as the job says. */
export function roleJob(file: JobFile, place: RolePlace): TrainingJob {
  const { role, rows, keys, listen, resume = false, onLink, tape } = place;
  const { join, heartbeat } = file.limits ?? {};
  const linked = rolesOfJob(file).filter((name) => tape === undefined || name !== file.provider);
  const network: NetworkOptions = {
    roles: Object.fromEntries(
      linked.map((name) => {
        const { fingerprint, address } = file.roles[name];
        return [name, { fingerprint, ...(address !== undefined && { address }) }];
      }),
    ),
    keys: { [role]: keys },
    agreed: { ...agreedOf(file), 'whether the training is taken up (--resume)': resume },
    ...(listen !== undefined && { listen: { [role]: listen } }),
    ...(join !== undefined && { joinWithin: join }),
    ...(heartbeat !== undefined && { heartbeat }),
    ...(onLink && { onLink }),
  };
  const job = trainingJob(file, rows ? [rows] : []);
  return { ...job, session: { ...job.session, here: [role], network, ...(tape && { tape }) } };
}

/**
 * What the provider of a job runs to deal tapes beforehand.
 * @param key PEM of its own private key, by which the parties know who has dealt; null where it has none
 * @throws JobError for a party without a key to which its tape could be sealed
 */
export function dealingJob(file: JobFile, dir: string, key: string | null): TrainingJob {
  const parties = file.parties.map((party) => {
    const { sealing } = file.roles[party];
    if (sealing === undefined)
      throw new JobError(`roles.${party} has no sealing key to which its tape could be sealed`);
    return [party, sealing] as const;
  });
  const job = trainingJob(file, []);
  const deal = { dir, parties: Object.fromEntries(parties), ...(key !== null && { key }) };
  return { ...job, session: { ...job.session, here: [file.provider], deal } };
}
