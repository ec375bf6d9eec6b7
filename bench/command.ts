/** The command line, cold: a process from its start to its end, beside the same training in a session that is warm. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createSession } from '../src/index.js';
import { fashionMnistJob, runJob, type TrainingJob, wineJob } from '../src/jobs/index.js';
import { partiesOf } from '../src/jobs/job.js';
import { trainingProgram } from '../src/jobs/program.js';
import { clock, interleave, type Runner } from './support/interleave.js';
import { digits, duration, printTable } from './support/table.js';

export interface CommandBenchOptions {
  /** Timed runs at least. Default 5. */
  rounds?: number;
}

const main = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));

/** What a process may take beyond 1.3 times the warm training, in seconds. */
const START = 0.25;

/** Prints, for each built-in training, the time of the whole command and of its warm fit. */
export async function benchCommand({ rounds = 5 }: CommandBenchOptions = {}): Promise<void> {
  const commands: [string, TrainingJob][] = [
    ['wine', await wineJob()],
    ['fashion-mnist', await fashionMnistJob()],
  ];
  const rows: string[][] = [];
  for (const [name, job] of commands) {
    const warmFit = await fit(job);
    const [cold, warm] = await interleave([command(name), warmFit], rounds);
    await warmFit.close();
    const most = 1.3 * warm.median + START;
    rows.push([
      `train ${name}`,
      duration(cold.median),
      duration(warm.median),
      duration(most),
      digits(cold.median / most),
    ]);
  }
  printTable(
    'The command line, from the start of its process to the end, without the training in clear',
    ['command', 'whole', 'fit, warm', '1.3 fits + 0.25 s', 'of it'],
    rows,
  );
}

const command = (name: string): Runner => ({
  name,
  run: () =>
    clock(async () => {
      const { status, stderr } = spawnSync(process.execPath, [main, 'train', name, '--no-compare'], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`train ${name}: ${stderr}`);
    }),
});

/** The seconds of the epochs alone, in a session that has trained before. */
async function fit(job: TrainingJob): Promise<Required<Runner>> {
  const { ring } = await runJob(job); // the one that its dry run chooses
  const session = await createSession({ ...job.session, ring, parties: [...partiesOf(job)] });
  return {
    name: 'fit',
    run: async () => (await trainingProgram(session, job)).seconds,
    close: () => session.close(),
  };
}
