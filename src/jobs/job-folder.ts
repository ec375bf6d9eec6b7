/** A job in a folder that runs as it stands: job.json, keys/ROLE for every role, data/OWNER for every owner of rows. */
import { files } from '#host';
import { pathIn } from '../bytes.js';
import { JobError, RangeExceeded } from '../errors.js';
import { peersOf, rolesOf } from '../party/agreement.js';
import { defaultFraction } from '../party/ring-range.js';
import { dryRunOf } from '../session/dry-roles.js';
import { GUEST } from '../session/guests.js';
import { invite } from '../session/invite.js';
import type { SessionOptions } from '../session/options.js';
import type { Session } from '../session/session.js';
import { makeTapeKeys } from '../session/tape.js';
import { type TapeSize, tapeSize } from '../session/tape-size.js';
import { isLoopback } from '../session/web.js';
import { type LocalTrainingJob, modelOf, partiesOf, rowsOf } from './job.js';
import { formatJobFile, parseJobFile } from './job-document.js';
import {
  computedDigest,
  type ImageData,
  type JobFile,
  type JobRole,
  type QueryFile,
  type TestRows,
  type TrainingFile,
} from './job-file.js';
import { makeKeys, type RoleKeys } from './keys.js';
import { type OwnerTables, writeOwnerRows } from './owner-folder.js';
import { trainingProgram } from './program.js';
import { queryProgram } from './query.js';
import { keepsCheckpoints, peersOfJob, queryJob, trainingJob } from './role-job.js';
import { rangeOf } from './run.js';
import type { TableForm } from './table-form.js';

/** What an owner's files are, but for how many rows each has. */
export type DataForm = TableForm | Omit<ImageData, 'rows'>;

export interface JobFolderOptions {
  /** Host of all roles' addresses. Default '127.0.0.1': this machine. */
  readonly host?: string;
  /** Port of the first party; the others and the provider have those after it, then the web addresses of those that take guests. Default 9470. */
  readonly port?: number;
  /** Owners' rows as they were read, with texts and missing cells; left out: the numbers of the job. */
  readonly tables?: Readonly<Record<string, OwnerTables>>;
  /** Roles without a certificate, no two of which are linked. Default none. */
  readonly guests?: readonly string[];
}

const MOST_PORT = 65_535;

/**
 * Writes a job with keys and rows of all its roles, to be tried on one machine, or taken apart for several.
 * @param dir a folder that is empty or not there yet
 * @throws JobError where there is something in the folder, RangeExceeded where no ring holds the training
 */
export async function writeJobFolder(
  job: LocalTrainingJob,
  form: DataForm,
  dir: string,
  { host = '127.0.0.1', port = 9470, guests = [], tables = {} }: JobFolderOptions = {},
): Promise<TrainingFile> {
  if (!files) throw new JobError('a job needs a folder of files, which a browser does not have');
  if ((await files.list(dir)).length > 0) throw new JobError(`${dir} is not empty; nothing was written`);
  const parties = [...partiesOf(job)];
  const { provider = 'provider', owner = 'owner', clients } = job.session;
  const who = { parties, provider, owner, ...(clients && { clients: [...clients] }) };
  const listening = [...parties, provider];
  const hosts = rolesOf(who).filter((role) => peersOf(who, role).some((peer) => guests.includes(peer)));
  const ports = listening.length + hosts.length;
  if (port + ports - 1 > MOST_PORT) throw new RangeError(`port: at most ${MOST_PORT - ports + 1}`);
  const at = (place: number) => `${host.includes(':') ? `[${host}]` : host}:${port + place}`;
  const keys = new Map<string, RoleKeys>();
  const roles: Record<string, JobRole> = {};
  for (const role of rolesOf(who)) {
    if (guests.includes(role)) {
      roles[role] = { fingerprint: GUEST };
      continue;
    }
    const own = await makeKeys(role);
    keys.set(role, own);
    const [place, web] = [listening.indexOf(role), hosts.indexOf(role)];
    const scheme = isLoopback(host) ? 'ws' : 'wss';
    roles[role] = {
      ...(place >= 0 && { address: at(place) }),
      ...(web >= 0 && { web: `${scheme}://${at(listening.length + web)}` }),
      fingerprint: own.fingerprint,
      ...(listening.includes(role) && { sealing: own.sealing.publicKey }),
    };
  }
  const draft = await draftOf(job, form, { ...who, roles });
  const discloses = await disclosuresOf(draft);
  const file = (await parseJobFile('job.json', formatJobFile({ ...draft, discloses }))) as TrainingFile;
  for (const [role, own] of keys) await writeKeys(role, own, `${dir}/keys/${role}`);
  for (const guest of guests) await inviteTo(file, guest, dir);
  for (const part of job.parts) {
    await writeOwnerRows(file, part, `${dir}/data/${part.owner}`, tables[part.owner]);
  }
  await files.replace(dir, 'job.json', new TextEncoder().encode(formatJobFile(file)));
  return file;
}

/** Where a role keeps its invitations, in the folder of its keys. */
export const invitationsIn = (keys: string): string => pathIn(keys, 'invitations');

/** Where a guest has its own, in the folder where others have their keys. */
export const linesIn = (keys: string, guest: string): string => pathIn(keys, `${guest}.invitations`);

/** Invites a guest at all roles that it is linked to. */
async function inviteTo(file: JobFile, role: string, dir: string): Promise<void> {
  const lines: string[] = [];
  for (const at of peersOfJob(file, role)) {
    lines.push(await invite({ at, role, folder: invitationsIn(`${dir}/keys/${at}`) }));
  }
  const text = lines.map((line) => `${line}\n`).join('');
  await files?.replace(`${dir}/keys/${role}`, `${role}.invitations`, new TextEncoder().encode(text));
}

/** Writes a role's keys as ROLE.crt, ROLE.key and, for what is sealed to it, ROLE.sealing.key. */
export async function writeKeys(role: string, keys: RoleKeys, folder: string): Promise<void> {
  if (!files) throw new JobError('keys need a folder of files, which a browser does not have');
  const encode = (text: string) => new TextEncoder().encode(text);
  await files.replace(folder, `${role}.sealing.key`, encode(keys.sealing.privateKey));
  await files.replace(folder, `${role}.key`, encode(keys.key));
  await files.replace(folder, `${role}.crt`, encode(keys.certificate));
}

/** The file without what it discloses. */
async function draftOf(
  job: LocalTrainingJob,
  form: DataForm,
  who: Pick<TrainingFile, 'parties' | 'provider' | 'owner' | 'clients' | 'roles'>,
): Promise<TrainingFile> {
  const report = await rangeOf('job init', job);
  if (report && !report.fits)
    throw new RangeExceeded(`no ring holds this training: ${report.chosen.problem}`);
  const ring = report?.ring ?? (job.session.ring === 32 ? 32 : 64);
  const fractionBits = report?.fractionBits ?? job.session.fractionBits ?? defaultFraction(ring);
  const rows = Object.fromEntries(
    job.parts.map((part) => [part.owner, { train: rowsOf(part, 'train'), test: rowsOf(part, 'test') }]),
  );
  const [first, ...others] = job.layers;
  const { inputShape: _, ...layer } = first;
  return {
    beaverdam: 'job 1',
    title: job.title,
    task: 'train',
    ...(job.saveAs !== undefined && { saveAs: job.saveAs }),
    ...(job.metrics && { metrics: [...job.metrics] }),
    ...(job.quiet && { ownerAway: true }),
    ...who,
    data: { ...form, rows },
    model: {
      inputShape: [...modelOf(job).inputShape],
      layers: [layer as typeof first, ...others],
      ...(job.initialScale !== undefined && { initialScale: job.initialScale }),
    },
    training: {
      loss: job.loss,
      optimizer: job.optimizer,
      epochs: job.epochs,
      ...(job.earlyStopping && { earlyStopping: { ...job.earlyStopping } }),
      ...(job.classWeights && { classWeights: job.classWeights }),
      batchSize: job.batchSize,
      seed: job.seed,
    },
    numbers: { ring, fractionBits },
    discloses: [],
    limits: { leastRows: 10, join: 600, heartbeat: 10, silence: 30 },
  };
}

/** What is asked of a model that parties have kept: a test, predictions of one role's rows, or the model itself. */
export type Asking =
  | { readonly task: 'evaluate' | 'open' }
  | {
      readonly task: 'predict';
      readonly asker: string;
      /** How many, where it asks about others than its test rows. */
      readonly rows?: number;
    };

/**
 * A job that asks the model which a training job leaves at its parties, with the same roles, keys and form of rows: a test on
 * the parties' test rows, predictions of one party's or client's, or the model, opened to the owner.
 * @param metrics of a test; left out: those of the training
 * @throws JobError for a training that leaves no model, and for an asker who brings no rows
 */
export async function queryFileOf(
  training: TrainingFile,
  asking: Asking,
  metrics = training.metrics,
): Promise<QueryFile> {
  const { beaverdam, parties, provider, owner, roles, data, model, numbers, limits, saveAs } = training;
  if (saveAs === undefined)
    throw new JobError('the training leaves no model at its parties: it has no saveAs');
  const { initialScale: _, ...described } = model;
  const head = { beaverdam, title: training.title };
  const from = asking.task === 'predict' ? asking.asker : null;
  const gone = training.clients?.filter((client) => client !== from) ?? [];
  const who = {
    parties,
    provider,
    owner,
    roles: Object.fromEntries(Object.entries(roles).filter(([role]) => !gone.includes(role))),
  };
  const rest = { model: described, numbers, discloses: [], ...(limits && { limits }) };
  const draft = ((): QueryFile => {
    if (asking.task === 'open') {
      return { ...head, task: 'open', from: saveAs, ...who, data: { ...dataOf(data), rows: {} }, ...rest };
    }
    const asked = { ...dataOf(data), rows: askedRows(training, asking) };
    if (from !== null) {
      const clients = parties.includes(from) ? {} : { clients: [from] };
      return {
        ...head,
        task: 'predict',
        from: saveAs,
        asker: from,
        ...clients,
        ...who,
        data: asked,
        ...rest,
      };
    }
    const { loss } = training.training;
    const measured = metrics ? { metrics } : {};
    return { ...head, task: 'evaluate', from: saveAs, loss, ...measured, ...who, data: asked, ...rest };
  })();
  return { ...draft, discloses: await disclosuresOf(draft) };
}

/** The test rows of parties, or of one role, or as many others. @throws JobError where there are none */
function askedRows(
  { parties, clients = [], data }: TrainingFile,
  asking: Exclude<Asking, { task: 'open' }>,
): Record<string, TestRows> {
  const { asker = null, rows } = asking.task === 'predict' ? asking : {};
  if (asker !== null && ![...parties, ...clients].includes(asker)) {
    const [who, others] = clients.length > 0 ? [' or client', `; clients: ${clients.join(', ')}`] : ['', ''];
    throw new JobError(`no party${who} named "${asker}" (parties: ${parties.join(', ')}${others})`);
  }
  const divided = data.kind === 'table' && data.owners !== undefined;
  const bringing = asker === null || divided ? parties : [asker];
  const asked = bringing.filter((party) => Object.hasOwn(data.rows, party));
  if (asked.length === 0) {
    throw new JobError(
      `${asker ?? 'no party'} brings ${asker === null ? 'any ' : 'no '}rows in the training`,
    );
  }
  if (rows !== undefined && divided) {
    throw new JobError('where columns are divided other rows have other keys, whose digest owners agree on');
  }
  return Object.fromEntries(asked.map((party) => [party, { test: rows ?? data.rows[party].test }]));
}

/** The form of a training's rows, with the keys of those that a question is about. */
function dataOf(data: TrainingFile['data']) {
  if (data.kind === 'images' || data.keys === undefined) return data;
  const { keys, ...form } = data;
  return { ...form, ...(keys.test !== undefined && { keys: { test: keys.test } }) };
}

/** What the program of a job file discloses, which is what a new one lists. */
export async function disclosuresOf(file: JobFile): Promise<JobFile['discloses']> {
  const { disclosed } = await costsOf(file);
  return disclosed.map(({ label, to }) => ({ label, to }));
}

/** What a job file's program discloses and costs. */
export const costsOf = (file: JobFile) => dryRunOf(...dryProgram(file));

/** How large the tapes of a job will be, by role. */
export async function tapesOf(file: JobFile): Promise<TapeSize['bytes']> {
  const [program, options] = dryProgram(file);
  const signed = file.roles[file.provider].sealing !== undefined;
  const key = makeTapeKeys().privateKey; // as long as any other
  const deal = { dir: '', parties: {}, job: await computedDigest(file), ...(signed && { key }) };
  return (await tapeSize(program, { ...options, deal })).bytes;
}

/** A job's program and the options of its session, where none of its roles is anywhere. */
function dryProgram(file: JobFile): [(session: Session) => Promise<unknown>, SessionOptions] {
  const { program, session } = programOf(file);
  const { discloses: _, ...options } = session;
  return [program, { ...options, parties: file.parties }];
}

/** A job's program where none of its roles is, and the options of its session; folders are named, and not read. */
function programOf(file: JobFile) {
  if (file.task !== 'train') {
    const job = queryJob(file, []);
    return { program: (dry: Session) => queryProgram(dry, job, { state: 'state' }), session: job.session };
  }
  const job = trainingJob(file, []);
  const kept = { ...(keepsCheckpoints(file) && { checkpoint: 'state' }), state: 'state' }; // as every role of a job does
  return { program: (dry: Session) => trainingProgram(dry, job, kept), session: job.session };
}
