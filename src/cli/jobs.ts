/** The commands keys and job check, and what commands on jobs have in common. */
import { files, readAsset, urlOf } from '#host';
import type { Dataset } from '../data/dataset.js';
import { JobError, reasonOf } from '../errors.js';
import { parseJobFile } from '../jobs/job-document.js';
import type { JobFile } from '../jobs/job-file.js';
import { writeKeys } from '../jobs/job-folder.js';
import { makeKeys } from '../jobs/keys.js';
import { readOwnerRows, readQueryRows } from '../jobs/owner-files.js';
import { isRoleName, rolesOfJob } from '../jobs/role-job.js';
import { command } from './command.js';
import { unreadable } from './inputs.js';
import { describeRoles } from './job-report.js';
import { describeRows } from './job-rows-report.js';
import { needed, positive, text } from './options.js';
import { exitCodes, UsageError } from './usage.js';

export const print = (...lines: string[]) =>
  void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

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
    let brought: readonly Dataset[] = [];
    if (data !== undefined) {
      if (role === undefined) throw new UsageError('job check: --data needs --role');
      if (!Object.hasOwn(file.data.rows, role)) throw new UsageError(`job check: ${role} brings no rows`);
      brought = await (file.task === 'train'
        ? usable(readOwnerRows(file, role, data).then(({ train, test }) => [train, test]))
        : usable(readQueryRows(file, role, data).then(({ rows }) => [rows])));
    }
    const line = { delay, rate: (rate * 1e6) / 8 };
    const report = await describeRoles(file, role === undefined ? roles : [role], line);
    print(...report);
    if (data !== undefined)
      print('', `${data}: the rows are as the job says: ${describeRows(file, brought)}.`);
    return exitCodes.done;
  },
});
