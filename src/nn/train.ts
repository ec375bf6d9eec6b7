/** Training and evaluation at one role: batches, steps, and the sums that are revealed at the end of an epoch. */
import type { Words } from '../../bindings/memory.js';
import type { MetricName } from '../model/metrics.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Stored } from '../party/stored.js';
import { Masked, type Share } from '../party/values.js';
import { mapMasked } from '../protocol/linear.js';
import { PREDICTION } from './layers/layer.js';
import { type LossName, losses, type WideSum } from './loss.js';
import { countHits } from './metrics.js';
import type { SecureModel } from './model.js';
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
  /** The same at scale 0 when a metric is wanted: one-hot labels. */
  readonly labels: Masked | null;
}

/** Sums over an epoch. */
export interface EpochSums {
  readonly loss: WideSum;
  /** One a metric, in the order asked for: a settled share of one word. */
  readonly hits: readonly Share[];
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

/** The rows `order[from … to)` of ⟨x⟩. */
export function gather(rt: Runtime, x: Masked | Stored, order: Uint32Array): Masked {
  if (x instanceof Stored) return x.gather(rt, order);
  const columns = x.size / x.shape[0];
  const indices = rt.heap.alloc(order.length * 4);
  rt.heap.u32(indices, order.length).set(order);
  const rows = mapMasked(rt, x, [order.length, ...x.shape.slice(1)], (out, words) =>
    rt.ring.gatherRows(out, words, indices, order.length, columns),
  );
  rt.heap.free(indices);
  return rows;
}

/** Outputs of an epoch, collected batch by batch in the order in which they were made; all have one scale. */
class Outputs {
  #value: Masked | null = null;
  #rows = 0;

  constructor(
    readonly rt: Runtime,
    readonly rows: number,
    readonly units: number,
  ) {}

  get value(): Masked {
    if (!this.#value) throw new TypeError('there are no outputs');
    return this.#value;
  }

  /** Blocks that must outlive a batch's scope. */
  *blocks(): Iterable<number> {
    for (const words of [this.#value?.delta, this.#value?.mask]) if (words) yield words.ptr;
  }

  add(y: Masked): void {
    this.#value ??= this.#room(y.fraction);
    const { delta, mask, shape, fraction } = this.#value;
    if (y.fraction !== fraction) throw new TypeError(`outputs of ${y.fraction} and of ${fraction} bits`);
    const from = this.#rows * shape[1];
    if (delta && y.delta) this.#copy(delta, y.delta, from);
    this.#copy(mask, y.mask, from);
    this.#rows += y.shape[0];
  }

  #room(fraction: number): Masked {
    const { rt, rows, units } = this;
    const delta = rt.isProvider ? null : rt.words(rows * units);
    return new Masked(delta, rt.words(rows * units), [rows, units], fraction);
  }

  #copy(to: Words, from: Words, at: number): void {
    const { ring } = this.rt;
    ring.copy({ ptr: to.ptr + at * ring.bytes, length: from.length }, from);
  }
}

/** Runs `work` in a scope of its own: what it allocated is freed, but for what model and outputs keep. */
function scoped(rt: Runtime, model: SecureModel, outputs: Outputs, work: () => void): void {
  const scope = rt.heap.beginScope();
  try {
    work();
  } finally {
    rt.heap.endScope(scope, [...model.blocks(), ...outputs.blocks()]);
  }
}

/** One epoch of training. The sums are of the outputs at the time of each step, as Keras reports them. */
export function trainEpoch(
  rt: Runtime,
  model: SecureModel,
  data: SecureData,
  { order, steps }: EpochPlan,
  measures: Measures,
  report: (done: number) => void,
): EpochSums {
  const outputs = new Outputs(rt, order.length, data.y.shape[1]);
  for (const [step, { rows, plan }] of steps.entries()) {
    scoped(rt, model, outputs, () => {
      const x = gather(rt, data.x, rows);
      const t = gather(rt, data.targets, rows);
      outputs.add(rt.run(model.step(x, t, plan)));
    });
    report(step + 1);
  }
  const t = gather(rt, data.y, order);
  const labels = data.labels && gather(rt, data.labels, order);
  const y = labels && losses[measures.loss].outputs(rt, outputs.value, t);
  const result = sums(rt, measures, outputs.value, t, y, labels);
  rt.free(outputs.value, t, y, labels);
  return result;
}

/**
 * Outputs for all rows of x, `batchSize` at a time.
 * @param loss where given, the outputs are what that loss takes
 */
export function predict(
  rt: Runtime,
  model: SecureModel,
  x: Masked | Stored,
  units: number,
  batchSize: number,
  loss: LossName | null = null,
): Masked {
  const rows = x.shape[0];
  const outputs = new Outputs(rt, rows, units);
  for (let start = 0; start < rows; start += batchSize) {
    const length = Math.min(rows, start + batchSize) - start;
    const order = Uint32Array.from({ length }, (_, i) => start + i);
    scoped(rt, model, outputs, () =>
      outputs.add(rt.run(model.forward(gather(rt, x, order), loss, PREDICTION))),
    );
  }
  return outputs.value;
}

/** Loss and metrics over all rows of a data set. */
export function evaluate(
  rt: Runtime,
  model: SecureModel,
  data: SecureData,
  measures: Measures,
  batchSize: number,
): EpochSums {
  const outputs = predict(rt, model, data.x, data.y.shape[1], batchSize, measures.loss);
  const kept = losses[measures.loss].keep(rt, outputs, data.y);
  model.watchLoss(measures.loss, kept);
  const result = sums(rt, measures, kept, data.y, outputs, data.labels);
  rt.free(outputs, kept);
  return result;
}

/** Loss, metrics and alarms, which share their rounds; `y` are the outputs, which metrics want. */
function sums(
  rt: Runtime,
  measures: Measures,
  kept: Masked,
  t: Masked,
  y: Masked | null,
  labels: Masked | null,
): EpochSums {
  const { metrics, threshold } = measures;
  const counts = y && labels ? metrics.map((metric) => countHits(rt, metric, y, labels, threshold)) : [];
  const sentinel = rt.watcher instanceof Sentinel ? rt.watcher : null;
  const [alarms, loss, ...hits] = rt.run(
    together(sentinel ? sentinel.alarms() : none(), losses[measures.loss].total(rt, kept, t), ...counts),
  );
  return { loss, hits, alarms };
}

// biome-ignore lint/correctness/useYield: without a sentinel there is no round
function* none(): Secure<null> {
  return null;
}
