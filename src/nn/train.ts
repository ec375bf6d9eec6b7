/** Training and evaluation at one role: batches, steps, and the sums that are revealed at the end of an epoch. */
import type { MetricName } from '../model/metrics.js';
import type { Score } from '../model/scores.js';
import { directly } from '../party/direct.js';
import { nothing, type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Stored } from '../party/stored.js';
import type { Masked, Share } from '../party/values.js';
import { CollectedRows } from '../protocol/collected-rows.js';
import { gatherRows } from '../protocol/gather.js';
import { DelayedUpdate, joinedRows } from './delayed-update.js';
import { PREDICTION } from './layers/layer.js';
import { type LossName, losses, type WideSum } from './loss.js';
import { countHits } from './metrics.js';
import type { SecureModel } from './model.js';
import { scoreSums } from './scores.js';
import { type Alarms, Sentinel } from './sentinel.js';
import type { EpochPlan } from './step-plan.js';

/** A data set on shares, opened under masks once for all epochs. */
export interface SecureData {
  /** [rows, …] at the working scale; stored when large. */
  readonly x: Masked | Stored;
  /** Labels [rows, outputs] at the working scale. */
  readonly y: Masked;
  /** The same at the gradients' scale, where the loss wants them so; else y itself. */
  readonly targets: Masked;
  /** The same at scale 0 when a metric or a score wants them: one-hot labels. */
  readonly labels: Masked | null;
  /** What each row counts for in training, [rows]; all alike where null. */
  readonly weights: Masked | null;
}

/** Sums over an epoch. */
export interface EpochSums {
  readonly loss: WideSum;
  /** One a metric, in the order asked for: a settled share of one word. */
  readonly hits: readonly Share[];
  /** Of each score, in the order asked for. */
  readonly scores: readonly (readonly Share[])[];
  /** What the sentinel has to say; null without one. */
  readonly alarms: Alarms | null;
}

/** What is measured, and how. */
export interface Measures {
  readonly loss: LossName;
  readonly metrics: readonly MetricName[];
  /** Output that says yes, for binary metrics. */
  readonly threshold: number;
}

/** Runs a program in a scope of its own: what it allocated is freed, but for what is kept. */
function* scoped(rt: Runtime, kept: () => number[], program: Secure<void>): Secure<void> {
  const scope = rt.heap.beginScope();
  try {
    yield* program;
  } finally {
    rt.heap.endScope(scope, kept());
  }
}

/** An epoch under way. */
interface Run {
  readonly rt: Runtime;
  readonly model: SecureModel;
  readonly data: SecureData;
  readonly steps: EpochPlan['steps'];
  readonly outputs: CollectedRows | null;
  readonly report: (done: number) => void;
}

/** The steps of an epoch. @param outputs where those of each step are added; null where nobody wants them */
export function* trainSteps(
  rt: Runtime,
  model: SecureModel,
  data: SecureData,
  { steps, spans }: EpochPlan,
  outputs: CollectedRows | null,
  report: (done: number) => void,
): Secure<void> {
  const run: Run = { rt, model, data, steps, outputs, report };
  for (const span of spans) {
    const { start, count, drop } = span;
    // outputs of another model are not factored, so that they cannot be rounded without a message
    if (count === 1 || (drop > 0 && !data.x.factored)) {
      for (let i = 0; i < count; i++) yield* trainStep(run, start + i, null);
    } else yield* scoped(rt, () => keptOf(run, null), spanOf(run, span));
  }
}

/** What outlives a step. */
const keptOf = ({ model, outputs }: Run, delayed: DelayedUpdate | null): number[] => [
  ...model.blocks(),
  ...(outputs?.blocks() ?? []),
  ...(delayed?.blocks() ?? []),
];

/** The steps of a span, which have one update together. */
function* spanOf(run: Run, span: EpochPlan['spans'][number]): Secure<void> {
  const { rt, data, steps } = run;
  const { start, count } = span;
  const of = steps.slice(start, start + count).map(({ rows }) => rows);
  const delayed = new DelayedUpdate(rt, gatherRows(rt, data.x, joinedRows(of)), of, span);
  for (let i = 0; i < count; i++) yield* trainStep(run, start + i, delayed);
}

function* trainStep(run: Run, at: number, delayed: DelayedUpdate | null): Secure<void> {
  yield* scoped(run.rt, () => keptOf(run, delayed), stepOf(run, at, delayed));
  run.report(at + 1);
}

function* stepOf(
  { rt, model, data, steps, outputs }: Run,
  at: number,
  delayed: DelayedUpdate | null,
): Secure<void> {
  const { rows, plan } = steps[at];
  const x = delayed ? delayed.rows(data.x.shape) : gatherRows(rt, data.x, rows);
  const t = gatherRows(rt, data.targets, rows);
  const weights = data.weights && gatherRows(rt, data.weights, rows);
  const made = yield* directly(model.step(x, t, plan, delayed, weights));
  outputs?.add(made);
}

/** One epoch of training. The sums are of the outputs at the time of each step, as Keras reports them. */
export function* trainEpoch(
  rt: Runtime,
  model: SecureModel,
  data: SecureData,
  plan: EpochPlan,
  measures: Measures,
  report: (done: number) => void,
): Secure<EpochSums> {
  const { order } = plan;
  const outputs = new CollectedRows(rt, order.length, data.y.shape[1]);
  yield* trainSteps(rt, model, data, plan, outputs, report);
  const t = gatherRows(rt, data.y, order);
  const labels = data.labels && gatherRows(rt, data.labels, order);
  const y = labels && losses[measures.loss].outputs(rt, outputs.value, t);
  const result = yield* sums(rt, measures, outputs.value, t, y, labels);
  rt.free(outputs.value, t, y, labels);
  return result;
}

/**
 * Outputs for all rows of x, `batchSize` at a time.
 * @param loss where given, the outputs are what that loss takes
 */
export function* predict(
  rt: Runtime,
  model: SecureModel,
  x: Masked | Stored,
  units: number,
  batchSize: number,
  loss: LossName | null = null,
): Secure<Masked> {
  const rows = x.shape[0];
  const outputs = new CollectedRows(rt, rows, units);
  for (let start = 0; start < rows; start += batchSize) {
    const length = Math.min(rows, start + batchSize) - start;
    const order = Uint32Array.from({ length }, (_, i) => start + i);
    const part = predictRows(model, x, order, outputs, loss);
    yield* scoped(rt, () => [...model.blocks(), ...outputs.blocks()], part);
  }
  return outputs.value;
}

/** The outputs of some rows of x, which are added to others. */
function* predictRows(
  model: SecureModel,
  x: Masked | Stored,
  order: Uint32Array,
  outputs: CollectedRows,
  loss: LossName | null,
): Secure<void> {
  const pass = { ...PREDICTION, rows: x.shape[0] };
  outputs.add(yield* model.forward(gatherRows(model.rt, x, order), loss, pass));
}

/** Loss, metrics and scores over all rows of a data set. */
export function* evaluate(
  rt: Runtime,
  model: SecureModel,
  data: SecureData,
  measures: Measures,
  scores: readonly Score[],
  batchSize: number,
): Secure<EpochSums> {
  const outputs = yield* predict(rt, model, data.x, data.y.shape[1], batchSize, measures.loss);
  const kept = losses[measures.loss].keep(rt, outputs, data.y);
  model.watchLoss(measures.loss, kept);
  const result = yield* sums(rt, measures, kept, data.y, outputs, data.labels, scores);
  rt.free(outputs, kept);
  return result;
}

/** Loss, metrics, scores and alarms, which share their rounds; `y` are the outputs, which metrics and scores want. */
function* sums(
  rt: Runtime,
  measures: Measures,
  kept: Masked,
  t: Masked,
  y: Masked | null,
  labels: Masked | null,
  scores: readonly Score[] = [],
): Secure<EpochSums> {
  const { metrics, threshold } = measures;
  const counts = y && labels ? metrics.map((metric) => countHits(rt, metric, y, labels, threshold)) : [];
  const sentinel = rt.watcher instanceof Sentinel ? rt.watcher : null;
  const scored = y ? { loss: measures.loss, threshold, outputs: y, kept, t, labels } : null;
  const [alarms, loss, hits, scoresOf] = yield* together(
    sentinel ? sentinel.alarms() : nothing(),
    losses[measures.loss].total(rt, kept, t),
    together(...counts),
    together(...(scored ? scores.map((score) => scoreSums(rt, score, scored)) : [])),
  );
  return { loss, hits, scores: scoresOf, alarms };
}
