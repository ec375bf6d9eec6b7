/** Running a training job from the command line. */
import { hasSpare } from '../../bindings/host/node-spare.js';
import { RangeExceeded } from '../errors.js';
import { type TrainingJob, totalRows } from '../jobs/job.js';
import type { RoleResult } from '../jobs/program.js';
import { runRoleWith } from '../jobs/run.js';
import type { RunOptions } from '../jobs/run-options.js';
import type { RunData } from '../report/run-data.js';
import type { createSession } from '../session/session.js';
import { createSessionHere } from '../session/this-thread.js';
import { JsonReport } from './json-report.js';
import type { Report } from './report.js';
import { untilSignal } from './signals.js';
import { terminal } from './terminal.js';
import { TextReport } from './text-report.js';
import { exitCodes } from './usage.js';

export interface TrainingOutput {
  readonly json: boolean;
  /** False to leave out the trainings in clear. */
  readonly compare: boolean;
  /** The role that runs here, where the others are elsewhere. */
  readonly role?: string;
  /** Given the result when the training on shares is over. */
  readonly onTrained?: (result: RoleResult) => Promise<void>;
  /** Given all numbers of the run, when it is over. */
  readonly onData?: (data: RunData) => Promise<void>;
}

/** Test rows that are asked about at the end, where a person reads. */
const PREDICTIONS = 5;

/** How a job's session is started: where epochs are short roles may have this thread, which is ready sooner than a worker. */
const starterOf = (job: TrainingJob): typeof createSession => {
  const steps = Math.ceil(totalRows(job, 'train') / job.batchSize);
  return (options) => createSessionHere(options ?? {}, { epochs: job.epochs, steps }, hasSpare());
};

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
  const { json, compare, role, onTrained, onData } = output;
  const recorderOf = onData && (await import('../report/run-data.js')).RunRecorder;
  /** The ring that a dry run has chosen. */
  let chosen: number | null = null;
  const attempt = async (job: TrainingJob) => {
    const recorder = recorderOf && new recorderOf(job);
    const shares = await untilSignal(role ?? 'the job', 'the session has ended', (signal) =>
      runRoleWith(starterOf(job), recorder?.job ?? job, {
        ...more,
        signal,
        predictions: json || role !== undefined ? 0 : PREDICTIONS,
        onStep: (step) => {
          if (step.step === 'connect') chosen = step.dryRun && step.session.settings.ring;
          recorder?.step(step);
          report.step(step);
        },
        onEpoch: (log) => report.epoch(log),
        onProgress: (progress) => report.progress(progress),
      }),
    );
    return { shares, recorder };
  };
  try {
    const { shares, recorder } = await attempt(job).catch((error: unknown) => {
      // a dry run sees the first owner's rows alone, and another's may be larger
      if (!(error instanceof RangeExceeded) || chosen !== 32 || role !== undefined) throw error;
      report.again(error.message);
      return attempt({ ...job, session: { ...job.session, ring: 64 } });
    });
    report.trained(shares);
    await onTrained?.(shares);
    const clear = compare ? await import('../jobs/clear.js') : null;
    const asLong = { ...job, epochs: Math.max(1, shares.made) }; // where it was stopped early
    const plain = clear?.runPlain(asLong) ?? null;
    const tensorFlow = once(async () => clear?.runTensorFlow(asLong) ?? null);
    await report.end({ shares, plain, tensorFlow });
    if (recorder && onData)
      await onData(await recorder.data({ shares, plain, tensorFlow: await tensorFlow() }));
    return exitCodes.done;
  } catch (error) {
    report.abandon();
    throw error;
  }
}

/** What `make` makes, made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
