/** The command `deal`: what the provider of a job would send, written to tapes before the job runs. */
import { JobError } from '../errors.js';
import { dealingJob } from '../jobs/role-job.js';
import { runRole } from '../jobs/run.js';
import { tapePath } from '../session/tape.js';
import { command } from './command.js';
import { given, readJob, usable } from './jobs.js';
import { integer, needed, text } from './options.js';
import { ProgressBar } from './progress-bar.js';
import { folderOf, readKey } from './run.js';
import { type Ending, onSignal } from './signals.js';
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
    const { provider, parties, owner, training } = file;
    if (after > training.epochs) throw new UsageError(`deal: --after: the job has ${training.epochs} epochs`);
    const folder = keys ?? `${folderOf(path)}keys/${provider}`;
    const signs = file.roles[provider].sealing !== undefined;
    const key = signs ? await readKey('deal', folder, `${provider}.sealing.key`) : null;
    const job = await usable((async () => dealingJob(file, dir, key))());
    const positions = Object.fromEntries(
      parties.map((party) => [party, after > 0 ? [{ training: 0, epoch: after, id: '' }] : []]),
    );
    const bar = new ProgressBar(terminal(process.stdout), job.unit);
    const controller = new AbortController();
    let ending: Ending | null = null;
    const deafen = onSignal((chosen) => {
      ending = chosen;
      controller.abort(new JobError(`${provider} was ${chosen.word}`));
    });
    try {
      await runRole(job, {
        signal: controller.signal,
        checkpoint: dir, // parties keep them, and are elsewhere
        onProgress: ({ done, total, epoch }) =>
          bar.update({ done, total, label: `epoch ${epoch + 1}/${training.epochs}` }),
        ...(after > 0 && { resume: { dir, positions } }),
      });
    } catch (error) {
      if (!ending) throw error;
      process.stderr.write(`beaverdam: ${(ending as Ending).word}; the tapes are of no use\n`);
      return (ending as Ending).code;
    } finally {
      deafen();
    }
    const roles = parties.includes(owner) ? parties : [...parties, owner];
    for (const role of roles) {
      process.stdout.write(`${await tapePath(dir, role)}  for ${role} alone, to be used once\n`);
    }
    return exitCodes.done;
  },
});
