/** The commands that prepare a job: keys, job init, job check. */
import { files, readAsset, urlOf } from '#host';
import { JobError, reasonOf } from '../errors.js';
import type { LocalTrainingJob } from '../jobs/job.js';
import { formatJobFile, parseJobFile } from '../jobs/job-document.js';
import type { JobFile } from '../jobs/job-file.js';
import { type Asking, type DataForm, queryFileOf, writeJobFolder, writeKeys } from '../jobs/job-folder.js';
import { makeKeys } from '../jobs/keys.js';
import { readOwnerRows, readQueryRows } from '../jobs/owner-files.js';
import { isRoleName, rolesOfJob } from '../jobs/role-job.js';
import { command } from './command.js';
import { meant, unreadable } from './inputs.js';
import { describeRoles } from './job-report.js';
import { checkSaveAs, guestsFor, withClients } from './job-roles.js';
import { flag, integer, needed, positive, text } from './options.js';
import { fashionMnistOf, fashionMnistOptions, wineOf, wineOptions } from './train.js';
import { exitCodes, UsageError } from './usage.js';

const print = (...lines: string[]) => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

/** @throws UsageError for an option that is needed and not there */
export function given(name: string, option: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new UsageError(`${name}: ${option} is needed (see beaverdam ${name} --help)`);
}

/** What a user's files hold. @throws UsageError where they are not as they should be: it would not help to try again */
export async function usable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof JobError ? new UsageError(error.message) : error;
  }
}

/** @throws UsageError for a file that cannot be read or is no job */
export async function readJob(path: string): Promise<JobFile> {
  const bytes = await readAsset(urlOf(path)).catch((error: unknown) => {
    throw new UsageError(`cannot read ${path}: ${unreadable(error) ?? reasonOf(error)}`);
  });
  return usable(parseJobFile(path, bytes));
}

export const keys = command({
  name: 'keys',
  operands: ['NAME'],
  summary: "make a role's certificate and keys",
  about: [
    'Makes NAME.crt, NAME.key and NAME.sealing.key in DIR, which only you may read, and prints what the others',
    "need: put them into the job's roles. The keys never leave this machine.",
  ].join('\n'),
  options: { out: needed('folder for the keys', 'DIR') },
  async run({ out }, [name]) {
    const dir = given('keys', '--out', out);
    if (!isRoleName(name)) {
      throw new UsageError('keys: NAME: expected 1 to 40 letters, digits, _ . or -, no sign first');
    }
    if (files) {
      const there = (await files.list(dir)).find((file) => file.startsWith(`${name}.`));
      if (there !== undefined)
        throw new UsageError(`keys: ${dir}/${there} is there already; nothing was written`);
    }
    const made = await makeKeys(name);
    await writeKeys(name, made, dir);
    print(`fingerprint  ${made.fingerprint}`, `sealing      ${made.sealing.publicKey}`);
    return exitCodes.done;
  },
});

const place = {
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
  port: integer('port of the first party; the others and the provider have those after it', 9470, 1, 65_000),
  guest: text(
    'roles that have no certificate and come over the web, separated by commas, no two of them linked',
    'NAMES',
    'none',
  ),
  'owner-away': flag('the owner takes no part: nothing is revealed before a later job opens the model'),
};

interface Place {
  readonly clients: string | undefined;
  readonly out: string | undefined;
  readonly host: string | undefined;
  readonly port: number;
  readonly 'save-as': string | undefined;
  readonly guest: string | undefined;
  readonly 'owner-away': boolean;
}

async function init(name: string, job: LocalTrainingJob, form: DataForm, place: Place) {
  const { out, host, port, 'save-as': saveAs, clients, guest, 'owner-away': quiet } = place;
  const dir = given(name, '--out', out);
  if (saveAs !== undefined) checkSaveAs(name, saveAs);
  const owned = clients === undefined ? job : withClients(name, job, clients);
  if (quiet && saveAs === undefined) {
    throw new UsageError(`${name}: --owner-away needs --save-as: nothing would be left of the training`);
  }
  const named = { ...owned, ...(saveAs !== undefined && { saveAs }), ...(quiet && { quiet }) };
  const guests = guest === undefined ? [] : guestsFor(name, named, guest);
  const where = { port, guests, ...(host !== undefined && { host }) };
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

const ABOUT = [
  'Writes a job that runs as it stands: job.json, which all roles agree on, keys for every role, and the rows of',
  'every owner. To try it on one machine, or to take apart: in earnest, keys and rows are on the machines of their',
  'owners from the beginning.',
].join('\n');

export const jobInitWine = command({
  name: 'job init wine',
  summary: 'write the Wine job, with keys and rows for all roles',
  about: ABOUT,
  options: { ...place, ...wineOptions },
  async run({ out, host, port, clients, guest, 'save-as': saveAs, 'owner-away': ownerAway, ...options }) {
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
    return init('job init wine', job, form, {
      out,
      host,
      port,
      clients,
      guest,
      'save-as': saveAs,
      'owner-away': ownerAway,
    });
  },
});

export const jobInitFashionMnist = command({
  name: 'job init fashion-mnist',
  summary: 'write the Fashion-MNIST job, with keys and images for all roles',
  about: ABOUT,
  options: { ...place, ...fashionMnistOptions },
  async run({ out, host, port, clients, guest, 'save-as': saveAs, 'owner-away': ownerAway, ...options }) {
    given('job init fashion-mnist', '--out', out);
    const job = await fashionMnistOf('job init fashion-mnist', options);
    const classes = [...(job.parts[0].train.names?.classes ?? [])];
    const form: DataForm = { kind: 'images', height: 28, width: 28, classes };
    return init('job init fashion-mnist', job, form, {
      out,
      host,
      port,
      clients,
      guest,
      'save-as': saveAs,
      'owner-away': ownerAway,
    });
  },
});

const derived = {
  model: needed('the training job, which has a saveAs', 'JOB'),
  out: needed('file for the job, beside the training job, which must not be there yet', 'FILE'),
};

/** Writes a job that asks the model of another. */
async function derive(name: string, model: string, out: string, asking: Asking): Promise<number> {
  const training = await readJob(model);
  if (training.task !== 'train') throw new UsageError(`${name}: --model: ${model} is no training`);
  const file = await usable(queryFileOf(training, asking));
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
  options: derived,
  async run({ model, out }) {
    const name = 'job init evaluate';
    return derive(name, given(name, '--model', model), given(name, '--out', out), { task: 'evaluate' });
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
    return derive(name, path, given(name, '--out', out), { task: 'predict', asker: asker ?? first });
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

export const jobCheck = command({
  name: 'job check',
  operands: ['FILE'],
  summary: 'say what a job makes of a role, and what it costs, before anything runs',
  about: [
    'Reads a job and says in sentences what a role sends, sees and discloses, and what the job costs in rounds,',
    'bytes, memory and time. With --data, looks whether the rows are as the job says.',
  ].join('\n'),
  options: {
    role: text('the role; all of them when left out', 'ROLE'),
    data: text("folder with the role's rows", 'DIR', 'not looked at'),
    delay: positive('milliseconds one way between two machines', 0.2),
    rate: positive('Mbit/s between two machines', 1000),
  },
  async run({ role, data, delay, rate }, [path]) {
    const file = await readJob(path);
    const roles = rolesOfJob(file);
    if (role !== undefined && !roles.includes(role)) {
      throw new UsageError(`job check: no role named "${role}" in ${path} (roles: ${roles.join(', ')})`);
    }
    if (data !== undefined) {
      if (role === undefined) throw new UsageError('job check: --data needs --role');
      if (!Object.hasOwn(file.data.rows, role)) throw new UsageError(`job check: ${role} brings no rows`);
      await (file.task === 'train'
        ? usable(readOwnerRows(file, role, data))
        : usable(readQueryRows(file, role, data)));
    }
    const line = { delay, rate: (rate * 1e6) / 8 };
    const report = await describeRoles(file, role === undefined ? roles : [role], line);
    print(...report);
    if (data !== undefined) print('', `${data}: the rows are as the job says.`);
    return exitCodes.done;
  },
});
