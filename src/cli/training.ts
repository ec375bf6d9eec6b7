/** Running a training job from the command line. */
import { JobError } from '../errors.js';
import { runPlain } from '../jobs/clear.js';
import type { TrainingJob } from '../jobs/job.js';
import { runRole } from '../jobs/run.js';
import type { RunOptions } from '../jobs/run-options.js';
import { JsonReport } from './json-report.js';
import type { Report } from './report.js';
import { type Ending, onSignal } from './signals.js';
import { terminal } from './terminal.js';
import { TextReport } from './text-report.js';
import { exitCodes } from './usage.js';

export interface TrainingOutput {
  readonly json: boolean;
  /** False to leave out the trainings in clear. */
  readonly compare: boolean;
  /** The role that runs here, where the others are elsewhere. */
  readonly role?: string;
}

/** Test rows that are asked about at the end, where a person reads. */
const PREDICTIONS = 5;

/** The report of a job on standard output. */
export const reportOf = (job: TrainingJob, { json, compare, role }: TrainingOutput): Report =>
  json
    ? new JsonReport(job, (line) => void process.stdout.write(line))
    : new TextReport(job, terminal(process.stdout), compare, role ?? null);

/**
 * Runs the job and reports it. Ctrl-C and SIGTERM end the session and its workers at once; in the trainings in clear,
 * which hear of nothing until they are done, they end the process themselves.
 * @returns the exit code
 */
export async function runTraining(
  job: TrainingJob,
  output: TrainingOutput,
  report: Report = reportOf(job, output),
  more: Pick<RunOptions, 'checkpoint' | 'resume' | 'state'> = {},
): Promise<number> {
  const { json, compare, role } = output;
  const controller = new AbortController();
  let ending: Ending | null = null;
  const deafen = onSignal((chosen) => {
    ending = chosen;
    controller.abort(new JobError(`${role ?? 'the job'} was ${chosen.word}`));
  });
  try {
    const shares = await runRole(job, {
      ...more,
      signal: controller.signal,
      predictions: json || role !== undefined ? 0 : PREDICTIONS,
      onStep: (step) => report.step(step),
      onEpoch: (log) => report.epoch(log),
      onProgress: (progress) => report.progress(progress),
    });
    deafen();
    if (ending) throw new JobError('ended when it was just done');
    report.trained(shares);
    await report.end({ shares, plain: compare ? runPlain(job) : null });
    return exitCodes.done;
  } catch (error) {
    report.abandon();
    if (!ending) throw error;
    const { word, code } = ending as Ending;
    process.stderr.write(`beaverdam: ${word}; the session has ended\n`);
    return code;
  } finally {
    deafen();
  }
}
