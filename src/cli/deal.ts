/** The command `deal`: what the provider of a job would send, written to tapes before the job runs. */

import { files } from '#host';
import { runQuery } from '../jobs/query.js';
import { dealing, queryJob, rolesOfJob, trainingJob } from '../jobs/role-job.js';
import { runRole } from '../jobs/run.js';
import { tapePath } from '../session/tape.js';
import { command } from './command.js';
import { given, readJob, usable } from './jobs.js';
import { integer, needed, text } from './options.js';
import { ProgressBar } from './progress-bar.js';
import { folderOf, readKey } from './run.js';
import { untilSignal } from './signals.js';
import { terminal } from './terminal.js';
import { exitCodes, UsageError } from './usage.js';

export const dealCommand = command({
  name: 'deal',
  operands: ['FILE'],
  summary: 'write what the provider would send to tapes, so that a job needs no provider',
  about: [
    "Runs the provider of a job alone, before the job, and writes a tape for each party, sealed to its key in the job's",
    'roles, and a public one for the owner. Each tape is used once, with `run --tape`; keep no copies. A run that broke',
    'off and goes on with --resume needs new tapes, dealt with --after.',
  ].join('\n'),
  options: {
    out: needed('folder for the tapes', 'DIR'),
    keys: text("folder with the provider's keys", 'DIR', 'keys/PROVIDER beside the job'),
    after: integer('epochs that are made already, for a run with --resume', 0, 0),
  },
  async run({ out, keys, after }, [path]) {
    const dir = given('deal', '--out', out);
    const file = await readJob(path);
    const { provider, parties } = file;
    const epochs = file.task === 'train' ? file.training.epochs : 0;
    if (after > epochs) throw new UsageError(`deal: --after: the job has ${epochs} epochs`);
    const folder = keys ?? `${folderOf(path)}keys/${provider}`;
    const signs = file.roles[provider].sealing !== undefined;
    const key = signs ? await readKey('deal', folder, `${provider}.sealing.key`) : null;
    const options = await usable(dealing(file, dir, key));
    const roles = rolesOfJob(file).filter((role) => role !== provider);
    for (const role of roles) {
      const tape = await tapePath(dir, role);
      if ((await files?.list(dir))?.some((name) => tape.endsWith(`/${name}`)))
        throw new UsageError(`deal: ${tape} is there already; nothing was written`);
    }
    const positions = Object.fromEntries(
      parties.map((party) => [party, after > 0 ? [{ training: 0, epoch: after, id: '' }] : []]),
    );
    const bar = new ProgressBar(terminal(process.stdout), file.data.kind === 'images' ? 'images' : 'rows');
    await untilSignal(provider, 'the tapes are of no use', async (signal): Promise<unknown> => {
      const kept = { signal, state: dir }; // parties keep it, and are elsewhere; as they keep checkpoints
      if (file.task !== 'train') {
        const job = queryJob(file, []);
        return runQuery({ ...job, session: { ...job.session, ...options } }, kept);
      }
      const job = trainingJob(file, []);
      return runRole(
        { ...job, session: { ...job.session, ...options } },
        {
          ...kept,
          checkpoint: dir,
          onProgress: ({ done, total, epoch }) =>
            bar.update({ done, total, label: `epoch ${epoch + 1}/${epochs}` }),
          ...(after > 0 && { resume: { dir, positions } }),
        },
      );
    });
    for (const role of roles) {
      process.stdout.write(`${await tapePath(dir, role)}  for ${role} alone, to be used once\n`);
    }
    return exitCodes.done;
  },
});
