/** The command `run`: one role of a job, linked to the others. */

import { readAsset, urlOf } from '#host';
import { pathIn } from '../bytes.js';
import { computedDigest, formDigest, type JobFile, jobDigest } from '../jobs/job-file.js';
import { readOwnerRows, readQueryRows } from '../jobs/owner-files.js';
import { checkKept } from '../jobs/query.js';
import {
  isAway,
  isGuest,
  keepsCheckpoints,
  peersOfJob,
  queryJob,
  roleJob,
  roleQuery,
  rolesOfJob,
} from '../jobs/role-job.js';
import { rearranges } from '../jobs/table-form.js';
import { addressOf } from '../session/address.js';
import { CheckpointFolder, checkpointPositions } from '../session/checkpoint-folder.js';
import { JOIN_WITHIN } from '../session/courier.js';
import { checkSession } from '../session/workers.js';
import { command } from './command.js';
import { checkFile, checkReadable, meant } from './inputs.js';
import { given, readJob, usable } from './jobs.js';
import { flag, needed, text } from './options.js';
import { runQueryRole } from './query.js';
import type { Report } from './report.js';
import { checkModelFolder } from './save-option.js';
import { reportOf, runTraining } from './training.js';
import { UsageError } from './usage.js';
import { Waiting } from './waiting.js';
import { guestLinks, webOptions, webPlaceOf } from './web.js';

/** The folder of a path, with its last slash; '' for that of the process. */
export const folderOf = (path: string): string => path.replace(/[^/\\]*$/, '');

/** A file of a role's keys. @throws UsageError where it cannot be read */
export async function readKey(command: string, folder: string, name: string): Promise<string> {
  const path = pathIn(folder, name);
  const bytes = await readAsset(urlOf(path)).catch(() => {
    throw new UsageError(`${command}: cannot read ${path} (option --keys; beaverdam keys makes them)`);
  });
  return new TextDecoder().decode(bytes);
}

async function readKeys(folder: string, role: string) {
  const certificate = await readKey('run', folder, `${role}.crt`);
  return { certificate, key: await readKey('run', folder, `${role}.key`) };
}

const readSealing = (folder: string, role: string) => readKey('run', folder, `${role}.sealing.key`);

/** Before the job, or what comes of it would be lost. @throws UsageError for a path that cannot be written, or is of no use */
async function checkOut(file: JobFile, role: string, out: string | undefined): Promise<void> {
  if (file.task === 'open' && role === file.owner) {
    await checkModelFolder('run: --out', given('run', '--out, the folder for the model,', out));
    return;
  }
  if (out === undefined) return;
  if (file.task === 'predict' && file.asker === role) return checkFile('run: --out', out);
  const what =
    file.task === 'open'
      ? 'is not the owner, to whom the model is opened'
      : 'learns no predictions in this job';
  throw new UsageError(`run: --out: ${role} ${what}`);
}

export const runCommand = command({
  name: 'run',
  operands: ['FILE'],
  summary: 'run one role of a job, linked to the others over TLS',
  about: [
    'Runs one role of a job. The other roles run the same job elsewhere; it does not matter who starts first.',
    'Keys and rows are taken from keys/ROLE and data/ROLE beside the job, checkpoints and models',
    'are kept in state/ROLE there. Guests, roles without a certificate, have no keys, but invitations.',
    '',
    'Ends with 0 when the job is done, 2 where command line, job, keys, rows, checkpoint or kept model make no sense, 3 when another',
    'role has left, is silent, did not come or refused this one, 4 when this role refused another, 1 when it failed',
    'otherwise, 130 and 143 when ended by Ctrl-C or SIGTERM. After 1 or 3 the same command with --resume goes on.',
  ].join('\n'),
  options: {
    role: needed('the role to run', 'ROLE'),
    keys: text("folder with the role's ROLE.crt and ROLE.key", 'DIR', 'keys/ROLE beside the job'),
    data: text("folder with the role's rows", 'DIR', 'data/ROLE beside the job'),
    out: text(
      'file for predictions, CSV, at the asker; folder for the model, at the owner to which it is opened',
      'PATH',
      'standard output',
    ),
    state: text("folder for the role's checkpoints and models", 'DIR', 'state/ROLE beside the job'),
    resume: flag('go on from the newest checkpoint that all parties have; from the beginning without one'),
    tape: text("the role's tape, dealt beforehand, in place of the provider", 'FILE', 'none'),
    listen: text('where the role listens', 'HOST:PORT', 'its address in the job'),
    ...webOptions,
    json: flag('one JSON object an epoch, then the result; nothing else on standard output'),
  },
  async run({ role: asked, keys, data, out, state, resume, tape, listen, json, ...online }, [path]) {
    const role = given('run', '--role', asked);
    const file = await readJob(path);
    const roles = rolesOfJob(file);
    if (isAway(file) && role === file.owner) {
      throw new UsageError(
        `run: ${role} takes no part in ${path}: a job that opens the model is for it (job init open)`,
      );
    }
    if (!roles.includes(role)) {
      throw new UsageError(`run: no role named "${role}" in ${path} (roles: ${roles.join(', ')})`);
    }
    const beside = (kind: string) => `${folderOf(path)}${kind}/${role}`;
    const isParty = file.parties.includes(role);
    const brings = Object.hasOwn(file.data.rows, role);
    await checkOut(file, role, out);
    if (resume && !keepsCheckpoints(file)) {
      throw new UsageError('run: --resume: no party keeps checkpoints where one is a guest');
    }
    if (resume && file.task !== 'train') throw new UsageError('run: --resume: only a training is taken up');
    if (data !== undefined && !brings) throw new UsageError(`run: --data: ${role} brings no rows`);
    if (listen !== undefined) await meant('run', path, () => addressOf('run: --listen', listen));
    if (tape !== undefined) await checkReadable(tape);
    const folder = keys ?? beside('keys');
    const guest = isGuest(file, role);
    if (guest && keys !== undefined) throw new UsageError(`run: --keys: ${role} is a guest, and has none`);
    if (guest && listen !== undefined) {
      throw new UsageError(`run: --listen: ${role} is a guest, whom nobody dials`);
    }
    const links = guest
      ? await guestLinks(file, role, folder, online)
      : await webPlaceOf(file, role, folder, online);
    const pair = guest ? null : await readKeys(folder, role);
    const from = file.roles[file.provider].sealing;
    const sealing = tape !== undefined && isParty ? await readSealing(folder, role) : null;
    const place = {
      role,
      keys: pair,
      ...links,
      ...(listen !== undefined && { listen }),
      ...(tape !== undefined && {
        tape: {
          file: tape,
          job: await computedDigest(file),
          ...(sealing !== null && { key: sealing }),
          ...(from !== undefined && { from }),
        },
      }),
    };
    const kept = { dir: state ?? beside('state'), data: await formDigest(file) };
    let waiting: Waiting | null = null;
    const wait = () => {
      const peers = peersOfJob(file, role).filter((peer) => tape === undefined || peer !== file.provider);
      waiting = new Waiting(peers, file.limits?.join ?? JOIN_WITHIN, (line) =>
        process.stderr.write(`beaverdam: ${role}: ${line}\n`),
      );
    };
    if (file.task !== 'train') {
      if (isParty) await usable(checkKept(queryJob(file, []), role, kept));
      const rows = brings ? await usable(readQueryRows(file, role, data ?? beside('data'))) : null;
      const query = roleQuery(file, { ...place, rows, onLink: (event) => waiting?.link(event) });
      await meant('run', path, () => checkSession({ ...query.session, parties: query.parties }));
      const lines = rearranges(file) ? (rows?.lines ?? null) : null;
      wait();
      return runQueryRole(file, query, { role, json, out: out ?? null, lines }, kept);
    }
    const rows = brings ? await usable(readOwnerRows(file, role, data ?? beside('data'))) : null;
    const checkpoint = { dir: state ?? beside('state'), job: await jobDigest(file) };
    const keeps = isParty && keepsCheckpoints(file);
    const positions = keeps ? await usable(checkpointPositions(checkpoint.dir, role)) : [];
    if (!resume && positions.length > 0) {
      throw new UsageError(
        `run: ${checkpoint.dir} has checkpoints: --resume goes on from them; remove them to begin anew`,
      );
    }
    if (isParty && (keeps || file.saveAs !== undefined)) {
      await usable(CheckpointFolder.of(checkpoint.dir, role).then((own) => own.tryOut()));
    }
    let report: Report | null = null;
    const job = roleJob(file, {
      ...place,
      rows,
      resume,
      onLink: (event) => {
        waiting?.link(event);
        report?.link(event);
      },
    });
    await meant('run', path, () => checkSession({ ...job.session, parties: file.parties }));
    const output = { json, compare: false, role };
    report = reportOf(job, output);
    wait();
    return runTraining(job, output, report, {
      ...(keepsCheckpoints(file) && { checkpoint }),
      state: kept,
      ...(resume && { resume: checkpoint }),
    });
  },
});
