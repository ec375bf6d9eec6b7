/** Commands on models. */
import type { ModelConfig } from '../model/config.js';
import { metricKey } from '../model/metrics.js';
import { planModel } from '../model/plan.js';
import type { Score } from '../model/scores.js';
import { roundedLabels } from '../nn/metrics.js';
import { SecureModel } from '../nn/model.js';
import { Sentinel } from '../nn/sentinel.js';
import { Schedule } from '../nn/step-plan.js';
import { type EpochSums, evaluate, type Measures, predict, trainEpoch, trainSteps } from '../nn/train.js';
import { Arrival, oneWay, type Secure } from '../party/program.js';
import type { Masked } from '../party/values.js';
import { asSettledShare } from '../protocol/linear.js';
import { reveal } from '../protocol/reveal.js';
import { clearSums } from './clear-sums.js';
import type { SumsResult } from './command.js';
import { loadedValue, modelOf, type RoleContext, storedValue } from './context.js';
import type { RunnerTable } from './runner.js';

/** Discloses the sums to the owner; `what` is the kind of command, for the labels. */
function* disclosed(
  { rt, owner }: RoleContext,
  what: string,
  { loss, hits, scores, alarms }: EpochSums,
  { metrics }: Measures,
  asked: readonly Score[] = [],
): Secure<SumsResult> {
  const values = [
    { label: `${what}: loss`, share: loss.low },
    { label: `${what}: loss`, share: loss.high },
    ...hits.map((share, i) => ({ label: `${what}: ${metricKey(metrics[i])}`, share })),
    ...scores.flatMap((shares, i) => shares.map((share) => ({ label: `${what}: ${asked[i].name}`, share }))),
    ...(alarms ? [{ label: `${what}: alarms`, share: alarms.words, facts: alarms.sites }] : []),
  ];
  const arrival = new Arrival(rt.others, values.length);
  const clear = yield* oneWay(rt.name !== owner, () => reveal(rt, owner, values), arrival);
  const ended = performance.timeOrigin + performance.now();
  return { sums: clear && clearSums(clear, metrics.length, asked, alarms?.sites), ended };
}

/** Runs `work` with a sentinel, when one is wanted. */
function* guarded<T>({ rt }: RoleContext, sentinel: boolean, epoch: number, work: Secure<T>): Secure<T> {
  if (!sentinel) return yield* work;
  rt.watcher = new Sentinel(rt, epoch);
  try {
    return yield* work;
  } finally {
    rt.watcher = null;
  }
}

/** x, y, targets, perhaps labels and perhaps weights of a command's inputs. */
function dataOf(context: RoleContext, inputs: readonly number[], weighted = false) {
  const [x, y, targets, ...rest] = inputs;
  const weights = weighted ? rest.pop() : undefined;
  const [labels] = rest;
  return {
    x: storedValue(context, x),
    y: loadedValue(context, y),
    targets: loadedValue(context, targets),
    labels: labels === undefined ? null : loadedValue(context, labels),
    weights: weights === undefined ? null : loadedValue(context, weights),
  };
}

function create(
  { rt, models }: RoleContext,
  number: number,
  config: ModelConfig,
  weights: readonly Float32Array[] | Masked,
): void {
  const plan = planModel(config);
  const { units } = plan;
  const schedule = new Schedule(rt.ring.bits, rt.fraction, units);
  models.set(number, { secure: new SecureModel(rt, plan, weights), units, schedule, reported: 0 });
}

export const modelCommands: RunnerTable<
  RoleContext,
  | 'createModel'
  | 'createSharedModel'
  | 'roundedLabels'
  | 'fitEpoch'
  | 'evaluate'
  | 'predict'
  | 'weights'
  | 'disposeModel'
> = {
  createModel: (context, { out, args: { config, weights } }) => {
    create(context, out, config, weights);
  },

  createSharedModel: (context, { in: [weights], out, args: { config } }) => {
    create(context, out, config, loadedValue(context, weights));
  },

  *roundedLabels(context, { in: [t], out, args: { fraction } }) {
    const { rt, values } = context;
    values.set(out, yield* roundedLabels(rt, loadedValue(context, t), fraction));
  },

  *fitEpoch(context, { in: inputs, args }) {
    const { rt } = context;
    const model = modelOf(context, args.model);
    const { secure, schedule } = model;
    const data = dataOf(context, inputs, args.weighted);
    const rows = data.x.shape[0];
    const plan = schedule.epoch({ ...args, loss: args.measures.loss }, rows);
    const report = (done: number) => {
      const now = performance.now();
      if (now - model.reported < 50) return;
      model.reported = now;
      context.report({ done, total: plan.steps.length });
    };
    if (args.quiet) {
      yield* trainSteps(rt, secure, data, plan, null, report);
      rt.ratchet();
      return { sums: null, ended: performance.timeOrigin + performance.now() };
    }
    const epoch = trainEpoch(rt, secure, data, plan, args.measures, report);
    const sums = yield* guarded(context, args.sentinel, args.epoch, epoch);
    const result = yield* disclosed(context, 'fit', sums, args.measures);
    rt.ratchet();
    return result;
  },

  *evaluate(context, { in: inputs, args: { model, measures, scores, batchSize, sentinel } }) {
    const data = dataOf(context, inputs);
    const { secure } = modelOf(context, model);
    const work = evaluate(context.rt, secure, data, measures, scores, batchSize);
    const sums = yield* guarded(context, sentinel, 0, work);
    return yield* disclosed(context, 'evaluate', sums, measures, scores);
  },

  *predict(context, { in: [x], out, args: { model, batchSize } }) {
    const { secure, units } = modelOf(context, model);
    const outputs = yield* predict(context.rt, secure, storedValue(context, x), units, batchSize);
    context.values.set(out, outputs);
  },

  *weights(context, { args: { model, label, to } }) {
    const { rt } = context;
    const { kept } = modelOf(context, model).secure;
    const arrays = yield* oneWay(
      rt.name !== to,
      () => kept.map(({ value }) => reveal(rt, to, [{ label, share: asSettledShare(rt, value) }])),
      new Arrival(rt.others, kept.length),
    );
    return arrays.some((clear) => clear === null) ? null : arrays.flatMap((clear) => clear ?? []);
  },

  disposeModel: (context, { args: { model } }) => {
    modelOf(context, model).secure.free();
    context.models.delete(model);
  },
};
