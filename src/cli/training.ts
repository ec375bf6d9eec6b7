/** Running a training job from the command line. */
import { runPlain } from '../jobs/clear.js';
import type { TrainingJob } from '../jobs/job.js';
import { runJob } from '../jobs/run.js';
import { JsonReport } from './json-report.js';
import type { Report } from './report.js';
import { terminal } from './terminal.js';
import { TextReport } from './text-report.js';
import { exitCodes } from './usage.js';

export interface TrainingOutput {
  readonly json: boolean;
  /** False to leave out the trainings in clear. */
  readonly compare: boolean;
}

/** Test rows that are asked about at the end, where a person reads. */
const PREDICTIONS = 5;

/**
 * Runs the job and reports it on standard output. Ctrl-C ends the session and its workers at once.
 * @returns the exit code
 */
export async function runTraining(job: TrainingJob, { json, compare }: TrainingOutput): Promise<number> {
  const report: Report = json
    ? new JsonReport(job, (line) => void process.stdout.write(line))
    : new TextReport(job, terminal(process.stdout), compare);
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupt);
  try {
    const shares = await runJob(job, {
      signal: controller.signal,
      predictions: json ? 0 : PREDICTIONS,
      onStep: (step) => report.step(step),
      onEpoch: (log) => report.epoch(log),
      onProgress: (progress) => report.progress(progress),
    });
    for (const signal of signals) process.off(signal, interrupt);
    report.trained(shares);
    await report.end({ shares, plain: compare ? runPlain(job) : null });
    return exitCodes.done;
  } catch (error) {
    report.abandon();
    if (!controller.signal.aborted) throw error;
    process.stderr.write('beaverdam: interrupted; the session has ended\n');
    return exitCodes.interrupted;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
