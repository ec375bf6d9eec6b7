/** The commands job init: a job in a folder, or beside the training whose model it asks. */
import { dirname, resolve } from 'node:path';
import { files } from '#host';
import { JobError } from '../errors.js';
import type { ClassWeights } from '../jobs/class-weights.js';
import type { LocalTrainingJob } from '../jobs/job.js';
import { formatJobFile } from '../jobs/job-document.js';
import {
  type Asking,
  type DataForm,
  type JobFolderOptions,
  queryFileOf,
  writeJobFolder,
} from '../jobs/job-folder.js';
import { rolesOfJob, trainingJob } from '../jobs/role-job.js';
import type { ScoreName } from '../model/scores.js';
import { classWeightsOption, withClassWeights } from './class-weights-option.js';
import { command } from './command.js';
import { meant } from './inputs.js';
import { checkSaveAs, guestsFor, withClients } from './job-roles.js';
import { given, print, readJob, usable } from './jobs.js';
import { metricsOption, withMetrics } from './metrics-option.js';
import { count, flag, integer, needed, text } from './options.js';
import { patienceOption, withPatience } from './patience-option.js';
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
  patience: patienceOption,
  'class-weights': classWeightsOption,
  port: integer('port of the first party; the others and the provider have those after it', 9470, 1, 65_000),
  guest: text(
    'roles that have no certificate and come over the web, separated by commas, no two of them linked',
    'NAMES',
    'none',
  ),
  'owner-away': flag('the owner takes no part: nothing is revealed before a later job opens the model'),
};

export interface Place {
  readonly clients: string | undefined;
  readonly out: string | undefined;
  readonly host: string | undefined;
  readonly port: number;
  readonly 'save-as': string | undefined;
  readonly metrics: readonly ScoreName[];
  readonly patience: number | undefined;
  readonly 'class-weights': ClassWeights | undefined;
  readonly guest: string | undefined;
  readonly 'owner-away': boolean;
}

/** What a command was given, apart: whose the job is and where, and the rest. */
export function apart<Values extends Place>(values: Values): [Place, Omit<Values, keyof Place>] {
  const entries = Object.entries(values);
  const part = (placed: boolean) =>
    Object.fromEntries(entries.filter(([name]) => Object.hasOwn(place, name) === placed));
  return [part(true) as unknown as Place, part(false) as Omit<Values, keyof Place>];
}

/** Writes a job's folder and says how it is run. @param tables rows as they were read, of the owners as the job has them */
export async function init(
  name: string,
  job: LocalTrainingJob,
  form: DataForm,
  place: Place,
  tables?: JobFolderOptions['tables'],
) {
  const {
    out,
    host,
    port,
    'save-as': saveAs,
    clients,
    metrics,
    patience,
    'class-weights': classWeights,
    guest,
    'owner-away': quiet,
  } = place;
  const dir = given(name, '--out', out);
  if (saveAs !== undefined) checkSaveAs(name, saveAs);
  const owned = clients === undefined || tables ? job : withClients(name, job, clients);
  if (quiet && saveAs === undefined) {
    throw new UsageError(`${name}: --owner-away needs --save-as: nothing would be left of the training`);
  }
  if (quiet && metrics.length > 0) {
    throw new UsageError(`${name}: --metrics and --owner-away: nothing is revealed then`);
  }
  if (quiet && patience !== undefined) {
    throw new UsageError(`${name}: --patience and --owner-away: nobody sees a loss then`);
  }
  const left = { ...(saveAs !== undefined && { saveAs }), ...(quiet && { quiet }) };
  const weighted = withClassWeights(name, { ...owned, ...left }, classWeights);
  const named = withPatience(withMetrics(name, weighted, metrics), patience);
  const guests = guest === undefined ? [] : guestsFor(name, named, guest);
  const where = { port, guests, ...(host !== undefined && { host }), ...(tables && { tables }) };
  const file = await meant(name, dir, () => writeJobFolder(named, form, dir, where));
  print(
    `${dir}/job.json   ${file.title}: read it, all roles agree on it`,
    `${dir}/keys/ROLE  certificate and keys of every role`,
    ...guests.map(
      (role) =>
        `${dir}/keys/${role} has no keys, but invitations for one run; beaverdam job invite makes more`,
    ),
    `${dir}/data/OWNER rows of ${Object.keys(file.data.rows).join(', ')}`,
    '',
    'Run the roles, in any order, each in a terminal or on a machine of its own:',
    '',
    ...rolesOfJob(file).map((role) => `  beaverdam run ${dir}/job.json --role ${role}`),
  );
  return exitCodes.done;
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
  async run(values) {
    const [where, options] = apart(values);
    given('job init wine', '--out', where.out);
    const job = await wineOf(options);
    const { names } = job.parts[0].train;
    const form: DataForm = {
      kind: 'table',
      columns: [...(names?.features ?? [])],
      target: 'class',
      classes: [...(names?.classes ?? [])],
      scaling: 'standardise',
    };
    return init('job init wine', job, form, where);
  },
});

export const jobInitFashionMnist = command({
  name: 'job init fashion-mnist',
  summary: 'write the Fashion-MNIST job, with keys and images for all roles',
  about: ABOUT,
  options: { ...place, ...fashionMnistOptions },
  async run(values) {
    const [where, options] = apart(values);
    given('job init fashion-mnist', '--out', where.out);
    const job = await fashionMnistOf('job init fashion-mnist', options);
    const classes = [...(job.parts[0].train.names?.classes ?? [])];
    const form: DataForm = { kind: 'images', height: 28, width: 28, classes };
    return init('job init fashion-mnist', job, form, where);
  },
});

const derived = {
  model: needed('the training job, which has a saveAs', 'JOB'),
  out: needed('file for the job, beside the training job, which must not be there yet', 'FILE'),
};

/** Writes a job that asks the model of another. */
async function derive(
  name: string,
  model: string,
  out: string,
  asking: Asking,
  metrics: readonly ScoreName[] = [],
): Promise<number> {
  const training = await readJob(model);
  if (training.task !== 'train') throw new UsageError(`${name}: --model: ${model} is no training`);
  const job = withMetrics(name, trainingJob(training, []), metrics);
  const file = await usable(queryFileOf(training, asking, job.metrics && [...job.metrics]));
  const base = out.replace(/^.*[/\\]/, '');
  const folder = out.slice(0, out.length - base.length) || '.';
  if (!files) throw new JobError('a job needs a folder of files, which a browser does not have');
  if (resolve(dirname(out)) !== resolve(dirname(model))) {
    throw new UsageError(`${name}: --out: ${out} is not beside ${model}, where keys and kept models are`);
  }
  if ((await files.list(folder)).includes(base)) {
    throw new UsageError(`${name}: ${out} is there already; nothing was written`);
  }
  await files.replace(folder, base, new TextEncoder().encode(formatJobFile(file)));
  print(
    `${out}   ${file.title}: read it, all roles agree on it`,
    '',
    'Run the roles, in any order, each where the training has left its share of the model:',
    '',
    ...rolesOfJob(file).map((role) => {
      const keeps = file.task === 'open' && role === file.owner ? ' --out model' : '';
      return `  beaverdam run ${out} --role ${role}${keeps}`;
    }),
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
    const path = given(name, '--model', model);
    return derive(name, path, given(name, '--out', out), { task: 'evaluate' }, metrics);
  },
});

export const jobInitPredict = command({
  name: 'job init predict',
  summary: "write a job that asks the model about one role's rows",
  about: [
    'Writes a job with the roles, keys and form of rows of a training job: the model that its parties keep is asked about',
    'the test rows of one of them, or of a client, which alone learns the outputs. A client is told what columns are scaled by.',
    'With --rows it is asked about so many others: the asker has them as test.csv in the folder that run --data names.',
  ].join('\n'),
  options: {
    ...derived,
    asker: text('the party or client whose rows they are', 'ROLE', 'the first party'),
    rows: count('rows that it asks about', 'as many as it has to test'),
  },
  async run({ model, out, asker, rows }) {
    const name = 'job init predict';
    const path = given(name, '--model', model);
    const [first] = (await readJob(path)).parties;
    const other = rows === undefined ? {} : { rows };
    return derive(name, path, given(name, '--out', out), {
      task: 'predict',
      asker: asker ?? first,
      ...other,
    });
  },
});

export const jobInitOpen = command({
  name: 'job init open',
  summary: 'write a job that opens the model which a training has left to its owner',
  about: [
    'Writes a job with the roles, keys and form of rows of a training job: the model that its parties keep is opened to the',
    'owner, hours or weeks later, which keeps it in a folder for beaverdam predict.',
  ].join('\n'),
  options: derived,
  async run({ model, out }) {
    const name = 'job init open';
    return derive(name, given(name, '--model', model), given(name, '--out', out), { task: 'open' });
  },
});
