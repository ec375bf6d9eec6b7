/** The commands job init: a job in a folder, or beside the training whose model it asks. */
import { files } from '#host';
import { JobError } from '../errors.js';
import { type LocalTrainingJob, partiesOf } from '../jobs/job.js';
import { formatJobFile } from '../jobs/job-document.js';
import { type DataForm, type JobFolderOptions, queryFileOf, writeJobFolder } from '../jobs/job-folder.js';
import { ownedByClients } from '../jobs/owners.js';
import { isRoleName, rolesOfJob, trainingJob } from '../jobs/role-job.js';
import type { ScoreName } from '../model/scores.js';
import { checkKeptName } from '../session/kept-model.js';
import { command } from './command.js';
import { meant } from './inputs.js';
import { given, print, readJob, usable } from './jobs.js';
import { integer, needed, text } from './options.js';
import { metricsOption, withMetrics } from './table-options.js';
import { fashionMnistOf, fashionMnistOptions, wineOf, wineOptions } from './train.js';
import { exitCodes, UsageError } from './usage.js';

/** Options of every job that trains: whose it is, and where. */
export const place = {
  clients: text(
    'owners of the rows that do not compute, separated by commas',
    'NAMES',
    'none: the parties own the rows',
  ),
  out: needed('folder for the job, which must be empty or not there yet', 'DIR'),
  host: text('host of the addresses in the job', 'HOST', '127.0.0.1'),
  'save-as': text(
    'name under which the model stays as shares at the parties, for later jobs',
    'NAME',
    'none',
  ),
  metrics: metricsOption,
  port: integer('port of the first party; the others and the provider have those after it', 9470, 1, 65_000),
};

export interface Place {
  readonly clients: string | undefined;
  readonly out: string | undefined;
  readonly host: string | undefined;
  readonly port: number;
  readonly 'save-as': string | undefined;
  readonly metrics: readonly ScoreName[];
}

/** Writes a job's folder and says how it is run. @param tables rows as they were read, of the owners as the job has them */
export async function init(
  name: string,
  job: LocalTrainingJob,
  form: DataForm,
  place: Place,
  tables?: JobFolderOptions['tables'],
) {
  const { out, host, port, 'save-as': saveAs, clients, metrics } = place;
  const dir = given(name, '--out', out);
  if (saveAs !== undefined) checkSaveAs(name, saveAs);
  const owned = clients === undefined || tables ? job : withClients(name, job, clients);
  const named = withMetrics(name, { ...owned, ...(saveAs !== undefined && { saveAs }) }, metrics);
  const where = { port, ...(host !== undefined && { host }), ...(tables && { tables }) };
  const file = await meant(name, dir, () => writeJobFolder(named, form, dir, where));
  print(
    `${dir}/job.json   ${file.title}: read it, all roles agree on it`,
    `${dir}/keys/ROLE  certificate and keys of every role`,
    `${dir}/data/OWNER rows of ${Object.keys(file.data.rows).join(', ')}`,
    '',
    'Run the roles, in any order, each in a terminal or on a machine of its own:',
    '',
    ...rolesOfJob(file).map((role) => `  beaverdam run ${dir}/job.json --role ${role}`),
  );
  return exitCodes.done;
}

/** The job whose rows are clients', in as many parts as there are of them. @throws UsageError for names that are none */
const withClients = (name: string, job: LocalTrainingJob, list: string): LocalTrainingJob =>
  ownedByClients(job, clientsOf(name, partiesOf(job), list));

/** Names of clients. @throws UsageError for names that no role can have, or that are taken */
export function clientsOf(name: string, parties: readonly string[], list: string): string[] {
  const clients = list.split(',').map((client) => client.trim());
  const bad = clients.find((client) => !isRoleName(client));
  if (bad !== undefined) throw new UsageError(`${name}: --clients: "${bad}" is no name of a role`);
  const twice = clients.find((client, i) => [...parties, ...clients.slice(0, i)].includes(client));
  if (twice !== undefined) throw new UsageError(`${name}: --clients: the name "${twice}" is taken twice`);
  return clients;
}

/** @throws UsageError for a name that no kept model can have */
function checkSaveAs(name: string, saveAs: string): void {
  try {
    checkKeptName(`${name}: --save-as`, saveAs);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

export const ABOUT = [
  'Writes a job that runs as it stands: job.json, which all roles agree on, keys for every role, and the rows of',
  'every owner. To try it on one machine, or to take apart: in earnest, keys and rows are on the machines of their',
  'owners from the beginning.',
].join('\n');

export const jobInitWine = command({
  name: 'job init wine',
  summary: 'write the Wine job, with keys and rows for all roles',
  about: ABOUT,
  options: { ...place, ...wineOptions },
  async run({ out, host, port, clients, 'save-as': saveAs, metrics, ...options }) {
    given('job init wine', '--out', out);
    const job = await wineOf(options);
    const { names } = job.parts[0].train;
    const form: DataForm = {
      kind: 'table',
      columns: [...(names?.features ?? [])],
      target: 'class',
      classes: [...(names?.classes ?? [])],
      scaling: 'standardise',
    };
    return init('job init wine', job, form, { out, host, port, clients, 'save-as': saveAs, metrics });
  },
});

export const jobInitFashionMnist = command({
  name: 'job init fashion-mnist',
  summary: 'write the Fashion-MNIST job, with keys and images for all roles',
  about: ABOUT,
  options: { ...place, ...fashionMnistOptions },
  async run({ out, host, port, clients, 'save-as': saveAs, metrics, ...options }) {
    given('job init fashion-mnist', '--out', out);
    const job = await fashionMnistOf('job init fashion-mnist', options);
    const classes = [...(job.parts[0].train.names?.classes ?? [])];
    const form: DataForm = { kind: 'images', height: 28, width: 28, classes };
    return init('job init fashion-mnist', job, form, {
      out,
      host,
      port,
      clients,
      'save-as': saveAs,
      metrics,
    });
  },
});

const derived = {
  model: needed('the training job, which has a saveAs', 'JOB'),
  out: needed('file for the job, beside the training job, which must not be there yet', 'FILE'),
};

/** Writes a job that asks the model of another. @param asker null for a test */
async function derive(
  name: string,
  model: string,
  out: string,
  asker: string | null,
  metrics: readonly ScoreName[] = [],
): Promise<number> {
  const training = await readJob(model);
  if (training.task !== 'train') throw new UsageError(`${name}: --model: ${model} is no training`);
  const job = withMetrics(name, trainingJob(training, []), metrics);
  const file = await usable(queryFileOf(training, asker, job.metrics && [...job.metrics]));
  const base = out.replace(/^.*[/\\]/, '');
  const folder = out.slice(0, out.length - base.length) || '.';
  if (!files) throw new JobError('a job needs a folder of files, which a browser does not have');
  if ((await files.list(folder)).includes(base)) {
    throw new UsageError(`${name}: ${out} is there already; nothing was written`);
  }
  await files.replace(folder, base, new TextEncoder().encode(formatJobFile(file)));
  print(
    `${out}   ${file.title}: read it, all roles agree on it`,
    '',
    'Run the roles, in any order, each where the training has left its share of the model:',
    '',
    ...rolesOfJob(file).map((role) => `  beaverdam run ${out} --role ${role}`),
  );
  return exitCodes.done;
}

export const jobInitEvaluate = command({
  name: 'job init evaluate',
  summary: 'write a job that tests the model which a training has left at its parties',
  about: [
    'Writes a job with the roles, keys and form of rows of a training job: the model that its parties keep is tested on',
    'their test rows, and its loss and accuracy become clear to the owner.',
  ].join('\n'),
  options: {
    ...derived,
    metrics: {
      ...metricsOption,
      describe: 'measured of the test rows, for the model owner alone',
      shown: 'those of the training',
    },
  },
  async run({ model, out, metrics }) {
    const name = 'job init evaluate';
    return derive(name, given(name, '--model', model), given(name, '--out', out), null, metrics);
  },
});

export const jobInitPredict = command({
  name: 'job init predict',
  summary: "write a job that asks the model about one party's rows",
  about: [
    'Writes a job with the roles, keys and form of rows of a training job: the model that its parties keep is asked about',
    'the test rows of one of them, which alone learns the outputs.',
  ].join('\n'),
  options: { ...derived, asker: text('the party whose rows they are', 'ROLE', 'the first') },
  async run({ model, out, asker }) {
    const name = 'job init predict';
    const path = given(name, '--model', model);
    const [first] = (await readJob(path)).parties;
    return derive(name, path, given(name, '--out', out), asker ?? first);
  },
});
