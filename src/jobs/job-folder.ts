/** A job in a folder that runs as it stands: job.json, keys/ROLE for every role, data/OWNER for every owner of rows. */
import { files } from '#host';
import { JobError, RangeExceeded } from '../errors.js';
import { rolesOf } from '../party/agreement.js';
import { defaultFraction } from '../party/ring-range.js';
import { dryRunOf } from '../session/dry-roles.js';
import type { SessionOptions } from '../session/options.js';
import type { Session } from '../session/session.js';
import { makeTapeKeys } from '../session/tape.js';
import { type TapeSize, tapeSize } from '../session/tape-size.js';
import { type LocalTrainingJob, modelOf, partiesOf, rowsOf } from './job.js';
import { formatJobFile, parseJobFile } from './job-document.js';
import type { ImageData, JobFile, JobRole, QueryFile, TrainingFile } from './job-file.js';
import { makeKeys, type RoleKeys } from './keys.js';
import { type OwnerTables, writeOwnerRows } from './owner-folder.js';
import { trainingProgram } from './program.js';
import { queryProgram } from './query.js';
import { queryJob, trainingJob } from './role-job.js';
import { rangeOf } from './run.js';
import type { TableForm } from './table-form.js';

/** What an owner's files are, but for how many rows each has. */
export type DataForm = TableForm | Omit<ImageData, 'rows'>;

export interface JobFolderOptions {
  /** Host of all roles' addresses. Default '127.0.0.1': this machine. */
  readonly host?: string;
  /** Port of the first party; the others and the provider have those after it. Default 9470. */
  readonly port?: number;
  /** Owners' rows as they were read, with texts and missing cells; left out: the numbers of the job. */
  readonly tables?: Readonly<Record<string, OwnerTables>>;
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
  { host = '127.0.0.1', port = 9470, tables = {} }: JobFolderOptions = {},
): Promise<TrainingFile> {
  if (!files) throw new JobError('a job needs a folder of files, which a browser does not have');
  if ((await files.list(dir)).length > 0) throw new JobError(`${dir} is not empty; nothing was written`);
  const parties = [...partiesOf(job)];
  const { provider = 'provider', owner = 'owner', clients } = job.session;
  const who = { parties, provider, owner, ...(clients && { clients: [...clients] }) };
  if (port + parties.length > MOST_PORT) throw new RangeError(`port: at most ${MOST_PORT - parties.length}`);
  const listening = [...parties, provider];
  const keys = new Map<string, RoleKeys>();
  const roles: Record<string, JobRole> = {};
  for (const role of rolesOf(who)) {
    const own = await makeKeys(role);
    keys.set(role, own);
    const place = listening.indexOf(role);
    const address = place < 0 ? undefined : `${host.includes(':') ? `[${host}]` : host}:${port + place}`;
    roles[role] = {
      ...(address !== undefined && { address }),
      fingerprint: own.fingerprint,
      ...(listening.includes(role) && { sealing: own.sealing.publicKey }),
    };
  }
  const draft = await draftOf(job, form, { ...who, roles });
  const discloses = await disclosuresOf(draft);
  const file = (await parseJobFile('job.json', formatJobFile({ ...draft, discloses }))) as TrainingFile;
  for (const [role, own] of keys) await writeKeys(role, own, `${dir}/keys/${role}`);
  for (const part of job.parts) {
    await writeOwnerRows(file, part, `${dir}/data/${part.owner}`, tables[part.owner]);
  }
  await files.replace(dir, 'job.json', new TextEncoder().encode(formatJobFile(file)));
  return file;
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
      batchSize: job.batchSize,
      seed: job.seed,
    },
    numbers: { ring, fractionBits },
    discloses: [],
    limits: { leastRows: 10, join: 600, heartbeat: 10, silence: 30 },
  };
}

/**
 * A job that asks the model which a training job leaves at its parties, with the same roles, keys and form of rows: a test on
 * the parties' test rows, or predictions of one party's.
 * @param asker the party whose rows are predicted; null for a test
 * @param metrics of a test; left out: those of the training
 * @throws JobError for a training that leaves no model, and for an asker who is no party
 */
export async function queryFileOf(
  training: TrainingFile,
  asker: string | null,
  metrics = training.metrics,
): Promise<QueryFile> {
  const { beaverdam, parties, provider, owner, roles, data, model, numbers, limits, saveAs } = training;
  if (saveAs === undefined)
    throw new JobError('the training leaves no model at its parties: it has no saveAs');
  if (asker !== null && !parties.includes(asker)) {
    throw new JobError(`no party named "${asker}" (parties: ${parties.join(', ')})`);
  }
  const divided = data.kind === 'table' && data.owners !== undefined;
  const asking = asker === null || divided ? parties : [asker];
  const asked = asking.filter((party) => Object.hasOwn(data.rows, party));
  if (asked.length === 0) {
    throw new JobError(
      `${asker ?? 'no party'} brings ${asker === null ? 'any ' : 'no '}rows in the training`,
    );
  }
  const rows = Object.fromEntries(asked.map((party) => [party, { test: data.rows[party].test }]));
  const { initialScale: _, ...described } = model;
  const draft: QueryFile = {
    beaverdam,
    title: training.title,
    ...(asker === null
      ? { task: 'evaluate', from: saveAs, loss: training.training.loss, ...(metrics && { metrics }) }
      : { task: 'predict', from: saveAs, asker }),
    parties,
    provider,
    owner,
    roles: Object.fromEntries(Object.entries(roles).filter(([role]) => !training.clients?.includes(role))),
    data: { ...dataOf(data), rows },
    model: described,
    numbers,
    discloses: [],
    ...(limits && { limits }),
  };
  return { ...draft, discloses: await disclosuresOf(draft) };
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
  const deal = { dir: '', parties: {}, key: makeTapeKeys().privateKey }; // a key is as long as any other
  return (await tapeSize(program, { ...options, ...(signed && { deal }) })).bytes;
}

/** A job's program and the options of its session, where none of its roles is anywhere. */
function dryProgram(file: JobFile): [(session: Session) => Promise<unknown>, SessionOptions] {
  const { parties, provider, owner } = file;
  const { program, session } = programOf(file);
  const { discloses: _, ...options } = session;
  return [program, { ...options, parties, provider, owner }];
}

/** A job's program where none of its roles is, and the options of its session; folders are named, and not read. */
function programOf(file: JobFile) {
  if (file.task !== 'train') {
    const job = queryJob(file, []);
    return { program: (dry: Session) => queryProgram(dry, job, { state: 'state' }), session: job.session };
  }
  const job = trainingJob(file, []);
  const kept = { checkpoint: 'state', state: 'state' }; // as every role of a job does
  return { program: (dry: Session) => trainingProgram(dry, job, kept), session: job.session };
}
