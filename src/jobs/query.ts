import { type ColumnStatistics, standardise } from '../data/scale.js';
import { JobError } from '../errors.js';
import { sgd } from '../model/describe.js';
import type { LossName } from '../model/losses.js';
import type { ModelPlan } from '../model/plan.js';
import { keptOrigin, type RestoreOptions, readKept } from '../session/kept-model.js';
import { resolveOptions } from '../session/options.js';
import type { RowsOfOwner } from '../session/rows.js';
import { Sequential } from '../session/sequential.js';
import { createSession, type Session } from '../session/session.js';
import { sizeOf } from '../shape.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { type ColumnsOf, labelled, shareInputs, shareLabels } from './columns.js';
import { modelOf } from './job.js';
import { scoresIn } from './metrics.js';
import { openModel, tellScaling } from './opening.js';
import { largest } from './predictions.js';
import {
  checkQuery,
  type Measures,
  type QueryJob,
  type QueryOptions,
  type QueryResult,
  type QueryRows,
} from './query-job.js';
import { stopwatch } from './stopwatch.js';
import { inUnits, regressionScores } from './targets.js';
import { tellOwner, tellRole } from './tell.js';

/**
 * Runs the roles of a query that are in this process (`job.session.here`; left out: all). No worker is left afterwards.
 * @param options `state` is needed: the folder in which the parties here keep the model
 * @throws TypeError or RangeError for a description that does not fit; JobError for a party's model that is not there or is
 *   another, when it is aborted, or a role dies; ProtocolError where the parties' models are of different runs
 */
export async function runQuery(job: QueryJob, options: QueryOptions): Promise<QueryResult> {
  checkQuery(job, options);
  const { signal = job.session.signal } = options;
  const { parties } = job;
  const session = await createSession({ ...job.session, parties: [...parties], ...(signal && { signal }) });
  try {
    const without = job.parts.find(({ owner, rows }) => session.isHere(owner) && typeof rows === 'number');
    if (without) throw new TypeError(`runQuery: ${without.owner} is here, and its rows are not`);
    options.onConnect?.(session);
    return await queryProgram(session, job, options);
  } catch (error) {
    await session.roles.fail(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    await session.close();
  }
}

/**
 * Looks whether a party has the model that a query asks, before the roles are linked.
 * @throws JobError as `model.restore`
 */
export async function checkKept(job: QueryJob, role: string, { dir, data }: RestoreOptions): Promise<void> {
  const { from, parties, session } = job;
  const settings = resolveOptions({ ...session, parties: [...parties] }, 1);
  await readKept(dir, role, await keptOrigin(from, settings, modelOf(job).config, data));
}

/** The program of a query, the same at every role. */
export async function queryProgram(
  session: Session,
  job: QueryJob,
  { state }: Pick<QueryOptions, 'state'>,
): Promise<QueryResult> {
  const plan = modelOf(job);
  const step = stopwatch();
  const model = Sequential.of(plan);
  const folder = typeof state === 'string' ? { dir: state } : (state ?? { dir: 'state' });
  const kept = await model.restore(session, job.from, folder);
  if (kept !== null && job.standardise !== (kept.scaling !== null)) {
    const [was, is] = job.standardise ? ['not scaled', 'scaled'] : ['scaled', 'not scaled'];
    throw new JobError(`the columns of "${job.from}" were ${was} in its training, and are ${is} in this job`);
  }
  const regress = job.learned === 'regress';
  const columns = job.divided === 'columns' ? columnsHere(session, job) : null;
  const knows = columns === null || labelled(columns).set !== null;
  if (kept !== null && knows && regress !== (kept.targets !== null)) {
    throw new JobError(
      `"${job.from}" has learned ${regress ? 'classes' : 'numbers'}, and this job says otherwise`,
    );
  }
  const nothing = { ring: session.settings.ring, measures: null, answers: null, opened: null };
  if (job.task === 'open') {
    const inputs = job.standardise ? sizeOf(plan.inputShape) : 0;
    const opened = await openModel(session, model, inputs, kept, regress ? plan.units : 0);
    return { ...nothing, opened, seconds: step(), costs: await session.totals() };
  }
  const { targets = null } = kept ?? {};
  const client = job.parts.find(({ owner }) => !job.parties.includes(owner))?.owner;
  const scaling =
    client !== undefined && job.standardise
      ? await tellScaling(session, client, sizeOf(plan.inputShape), kept)
      : (kept?.scaling ?? null);
  if (columns && scaling) checkOwn(job, columns, scaling);
  const x = columns
    ? await shareInputs(session, columns, scaling, job.missing)
    : await shareOf(session, job, plan.inputShape, ({ x }) =>
        scaling ? standardise(x, scaling, job.missing) : x,
      );
  const asked: Asked = { session, job, model, plan, x, targets, columns };
  const answered =
    job.task === 'evaluate' ? { measures: await measured(asked) } : { answers: await told(asked) };
  return { ...nothing, ...answered, seconds: step(), costs: await session.totals() };
}

/** A model with the rows that it is asked about. */
interface Asked {
  readonly session: Session;
  readonly job: QueryJob;
  readonly model: Sequential;
  readonly plan: ModelPlan;
  readonly x: SecureTensor;
  /** What the training has scaled its targets by; null for classes, and where no party is here. */
  readonly targets: ColumnStatistics | null;
  /** Owners of columns, where these are divided. */
  readonly columns: readonly ColumnsOf[] | null;
}

/** A question's owners of columns, as a process has them. */
const columnsHere = (session: Session, { parts }: QueryJob): ColumnsOf[] =>
  parts.map(({ owner, rows, width = { inputs: 0, labels: 0 } }) => ({
    owner,
    width,
    rows: typeof rows === 'number' ? rows : rows.rows,
    set: typeof rows === 'number' || !session.isHere(owner) ? null : rows,
  }));

/** @throws JobError where a party has kept no statistics of its own columns: those that are read are another's */
function checkOwn(
  { from }: QueryJob,
  parts: readonly ColumnsOf[],
  { mean, deviation }: ColumnStatistics,
): void {
  let at = 0;
  for (const { owner, width, set } of parts) {
    const own = [mean, deviation].flatMap((numbers) => [...numbers.subarray(at, at + width.inputs)]);
    at += width.inputs;
    if (set && own.every((number) => number === 0)) {
      throw new JobError(`what was kept of "${from}" has no scaling of ${owner}'s columns`);
    }
  }
}

async function measured({ session, job, model, plan, x, targets, columns }: Asked): Promise<Measures | null> {
  const regress = job.learned === 'regress';
  const first = columns ? labelled(columns).owner : job.parties[0];
  const known = regress ? await tellOwner(session, first, targets, plan.units) : null;
  const y = columns
    ? await shareLabels(session, columns, plan.outputShape, targets)
    : await shareOf(session, job, plan.outputShape, ({ y }) => (targets ? standardise(y, targets) : y));
  // an evaluation makes no step; compile wants an optimizer all the same
  const metrics = regress ? [] : (['accuracy'] as const);
  model.compile({ optimizer: sgd({ learningRate: 1 }), loss: job.loss as LossName, metrics });
  const { metrics: asked = [] } = job;
  const seen = await model.evaluate(x, y, { metrics: asked });
  const regression = regress ? await regressionScores(model, [x, y], seen?.loss, known) : null;
  return (
    seen && {
      loss: seen.loss,
      accuracy: seen.accuracy ?? Number.NaN,
      ...(regression && { regression }),
      ...(asked.length > 0 && { scores: scoresIn(seen) }),
    }
  );
}

/** The label of the outputs, in lists of disclosures. */
const OUTPUTS = 'predict: outputs';

async function told({
  session,
  job,
  model,
  plan,
  x,
  targets: kept,
  columns,
}: Asked): Promise<QueryResult['answers']> {
  const { asker: owner = job.parts[0].owner } = job;
  const from = columns ? labelled(columns).owner : job.parties[0];
  const apart = job.learned === 'regress' && (columns !== null || !job.parties.includes(owner));
  const targets = apart ? await tellRole(session, from, owner, kept, plan.units) : kept;
  const { units } = plan;
  const opened = await model.predict(x).reveal({ to: owner, label: OUTPUTS });
  if (!opened) return null;
  return Array.from({ length: opened.length / units }, (_, row) => {
    const outputs = Array.from(opened.subarray(row * units, (row + 1) * units));
    return { predicted: largest(outputs), outputs: targets ? inUnits(outputs, targets) : outputs };
  });
}

/** Every owner shares its own rows. */
function shareOf(
  session: Session,
  { parts }: QueryJob,
  shape: readonly number[],
  values: (rows: Exclude<QueryRows['rows'], number>) => Float32Array,
): Promise<SecureTensor> {
  const brought = parts.map(({ owner, rows }): RowsOfOwner => {
    const count = typeof rows === 'number' ? rows : rows.rows;
    if (typeof rows === 'number' || !session.isHere(owner)) return { owner, values: null, rows: count };
    return { owner, values: values(rows) };
  });
  return session.shareRows(brought, shape);
}
