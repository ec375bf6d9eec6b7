/**
 * Running a training job in four steps: connect, share, exchange, train.
 *
 * The model owner learns the loss and the accuracy of each epoch and the trained weights; every role learns its own costs.
 * Where all roles are threads of one process, a run shows what the protocol computes and costs, and protects nothing from
 * whoever owns the process.
 */
import { joinSets } from '../data/dataset.js';
import { columnStatistics, standardise } from '../data/scale.js';
import { balancedWeights, countClasses, rowWeights } from '../model/class-weights.js';
import { rangeLimit } from '../party/ring-range.js';
import { checkpointPositions } from '../session/checkpoint-folder.js';
import type { DryRunReport } from '../session/dry-run-report.js';
import type { SessionOptions } from '../session/options.js';
import { RoleGroup } from '../session/role-group.js';
import type { Sequential } from '../session/sequential.js';
import { Session } from '../session/session.js';
import { NO_TEST } from '../session/testing.js';
import { checkJob, checkRunOptions } from './check.js';
import { wholeRows } from './columns.js';
import { isOwned, type OwnedRows, partiesOf, type TrainingJob, totalRows } from './job.js';
import { compiledFor, modelFor, type Revealed, type RoleResult, trainingProgram } from './program.js';
import type { RunOptions } from './run-options.js';
import { stopwatch } from './stopwatch.js';

export interface JobResult extends Omit<RoleResult, 'revealed'>, Revealed {}

/**
 * Runs a job from beginning to end, all roles in this process; no worker is left afterwards.
 * @throws TypeError or RangeError for a description that does not fit, JobError when it is aborted or a role dies
 */
export async function runJob(job: TrainingJob, options: RunOptions = {}): Promise<JobResult> {
  if (job?.quiet) throw new TypeError('runJob: job.quiet: nothing is revealed; runRole runs it');
  const { revealed, ...result } = await run('runJob', job, options);
  if (!revealed) throw new TypeError("runJob: the model owner is elsewhere; runRole runs a process's roles");
  return { ...result, ...revealed };
}

/**
 * Runs the roles of a job that are in this process (`job.session.here`); the others run the same job elsewhere, each with
 * its own rows. No worker is left afterwards.
 * @throws TypeError or RangeError for a description that does not fit, JobError when it is aborted, a role dies, or a role
 *   elsewhere runs another job
 */
export const runRole = (job: TrainingJob, options: RunOptions = {}): Promise<RoleResult> =>
  run('runRole', job, options);

type Start = (options: SessionOptions) => Promise<Session>;

/** A session in which nothing runs but a job's training: where its steps are small a party may keep its links itself. */
export const startForJob: Start = async (options) =>
  Session.of(await RoleGroup.start(options, { ...NO_TEST, ownLinks: null }));

/** The same with a session that `start` starts. */
export const runRoleWith = (start: Start, job: TrainingJob, options: RunOptions): Promise<RoleResult> =>
  run('runRole', job, options, start);

async function run(
  name: string,
  job: TrainingJob,
  options: RunOptions,
  start: Start = startForJob,
): Promise<RoleResult> {
  checkJob(name, job);
  checkRunOptions(name, options);
  if (job.saveAs !== undefined && options.state === undefined) {
    throw new TypeError(`${name}: state is needed, the folder for the model that job.saveAs names`);
  }
  const dryRun = await rangeOf(name, job);
  const model = compiledFor(job);
  const summary = dryRun ? null : summaryOf(job, model);
  const step = stopwatch();
  const parties = [...partiesOf(job)];
  const { signal = job.session.signal } = options;
  const network = await networkOf(job, options);
  const session = await start({
    ...job.session,
    parties,
    ...(dryRun && { dryRun }),
    ...(summary && { summary }),
    ...(signal && { signal }),
    ...(network && { network }),
  });
  try {
    checkPlaces(name, session, job);
    options.onStep?.({ step: 'connect', session, dryRun, seconds: step() });
    return await trainingProgram(session, job, options, model);
  } catch (error) {
    await session.roles.fail(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    await session.close();
  }
}

/** What a step costs, which tells how roles had better run, where all of them are here and no dry run tells it. */
function summaryOf(job: TrainingJob, model: Sequential) {
  const { ring, fractionBits, fewRounds } = job.session;
  if (ring !== 32 && ring !== 64) return null;
  const batchSize = Math.min(job.batchSize, totalRows(job, 'train'));
  const numbers = { ring, ...(fractionBits && { fractionBits }), ...(fewRounds && { fewRounds }) };
  return model.summary({ ...numbers, parties: partiesOf(job).length, batchSize });
}

/** The job's network, with what each role here has of checkpoints, where the training is to be taken up. */
async function networkOf(job: TrainingJob, { resume }: RunOptions) {
  const { network, here = [] } = job.session;
  if (!network || resume === undefined) return network;
  const dir = typeof resume === 'string' ? resume : resume.dir;
  const parties = partiesOf(job).filter((party) => here.includes(party));
  const lists = parties.map(async (party) => [party, await checkpointPositions(dir, party)] as const);
  return { ...network, checkpoints: Object.fromEntries(await Promise.all(lists)) };
}

/** @throws TypeError where a role is here and its rows are not */
function checkPlaces(name: string, session: Session, { parts }: TrainingJob): void {
  const without = parts.find((part) => session.isHere(part.owner) && !isOwned(part));
  if (without) throw new TypeError(`${name}: ${without.owner} is here, and its rows are not`);
}

/**
 * The dry run that chooses a job's ring, on the first owner's own rows, scaled by their own statistics; null where a
 * ring is asked for. The choice is public, one bit of these rows.
 * @throws TypeError where these rows are elsewhere
 */
export async function rangeOf(name: string, job: TrainingJob): Promise<DryRunReport | null> {
  if ((job.session.ring ?? 'auto') !== 'auto') return null;
  if (job.divided === 'columns') {
    throw new TypeError(
      `${name}: session.ring must be 32 or 64 where columns are divided: nobody has whole rows`,
    );
  }
  return dryRunOf(name, job);
}

/** What stands in for missing cells. */
type Stand = Pick<TrainingJob, 'missing' | 'medians'>;

/** The same dry run, on the ring that is asked for. @throws TypeError where these rows are elsewhere */
export async function dryRunOf(name: string, job: TrainingJob): Promise<DryRunReport> {
  const { ring = 'auto', fractionBits } = job.session;
  const [part] = job.parts;
  if (!isOwned(part) || !job.parts.every(isOwned)) {
    throw new TypeError(`${name}: session.ring must be 32 or 64 where rows are elsewhere`);
  }
  // where columns are divided nobody could do this: it is for who has all of them in one process
  const train = job.divided === 'columns' ? wholeRows(job.parts as OwnedRows[], 'train') : part.train;
  const scaled = (values: Float32Array, columns: number, scale: boolean, { missing, medians }: Stand = {}) =>
    scale ? standardise(values, columnStatistics(values, columns, missing, medians), missing) : values;
  const x = scaled(train.x, train.features, job.standardise, job);
  const y = scaled(train.y, train.classes, job.task === 'regress');
  const { epochs, seed, classWeights } = job;
  const weights =
    classWeights === 'balanced' ? balancedWeights(countClasses(train.y, train.classes)) : classWeights;
  const sampleWeight = weights && rowWeights(train.y, train.classes, weights);
  const batchSize = Math.min(job.batchSize, totalRows(job, 'train'));
  const options = {
    epochs,
    batchSize,
    seed,
    ring,
    ...(fractionBits && { fractionBits }),
    ...(sampleWeight && { sampleWeight }),
  };
  const report = await modelFor(job).dryRun(x, y, options);
  if (ring !== 'auto' || report.ring === 64 || job.divided === 'columns') return report;
  // another owner may have larger rows, which ring 32 would refuse when they are shared
  const { fractionBits: fraction } = report;
  if (largestInput(job) < rangeLimit(32, fraction)) return report;
  return modelFor(job).dryRun(x, y, { ...options, ring: 64 });
}

/** The largest magnitude of all rows, to train and to test, as they will be shared. */
function largestInput({ parts, standardise: scales, missing, medians }: TrainingJob): number {
  const owned = parts.filter(isOwned);
  const [train, test] = (['train', 'test'] as const).map((which) =>
    joinSets(owned.map((part) => part[which])),
  );
  const statistics = scales ? columnStatistics(train.x, train.features, missing, medians) : null;
  let most = 0;
  for (const { x } of [train, test]) {
    const shared = statistics ? standardise(x, statistics, missing) : x;
    for (let i = 0; i < shared.length; i++) most = Math.max(most, Math.abs(shared[i]));
  }
  return most;
}
