/** Commands on models. */
import type { ModelConfig } from '../model/config.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import { planModel } from '../model/plan.js';
import { roundedLabels } from '../nn/metrics.js';
import { SecureModel } from '../nn/model.js';
import { Sentinel } from '../nn/sentinel.js';
import { Schedule } from '../nn/step-plan.js';
import { type EpochSums, evaluate, type Measures, predict, trainEpoch } from '../nn/train.js';
import type { Runtime } from '../party/runtime.js';
import { Stored } from '../party/stored.js';
import type { Masked, Share } from '../party/values.js';
import { asSettledShare } from '../protocol/linear.js';
import { shareForOwner } from '../protocol/reveal.js';
import type { CommandRunner } from './commands.js';
import type { RoleContext } from './role.js';

/** A model at a role, with what training keeps between epochs. */
export interface RoleModel {
  readonly secure: SecureModel;
  readonly units: number;
  readonly schedule: Schedule;
}

export interface CreateModelArgs {
  readonly config: ModelConfig;
  /** Public initial weights. */
  readonly weights: readonly Float32Array[];
}

export interface FitEpochArgs {
  readonly model: number;
  readonly optimizer: OptimizerConfig;
  readonly measures: Measures;
  readonly batchSize: number;
  readonly epoch: number;
  /** Public seed of the order of rows and of dropout. */
  readonly seed: number;
  readonly shuffle: boolean;
  /** Fraction bits of gradients. */
  readonly gradientFraction: number;
  readonly sentinel: boolean;
}

export interface EvaluateArgs {
  readonly model: number;
  readonly measures: Measures;
  readonly batchSize: number;
  readonly sentinel: boolean;
}

export type PredictArgs = Pick<EvaluateArgs, 'model' | 'batchSize'>;

/** A party's share of a sum and the sum's scale. */
export interface SumResult {
  readonly words: Uint8Array | null;
  readonly fraction: number;
}

/** What a party hands the owner of an epoch: its shares of the sums. */
export interface SumsResult {
  readonly loss: { readonly low: SumResult; readonly high: SumResult };
  readonly hits: readonly (Uint8Array | null)[];
  /** What was watched and its shares of the alarms (nn/sentinel.ts). */
  readonly alarms: { readonly sites: readonly number[]; readonly words: Uint8Array | null } | null;
  /** When the sums were there, in milliseconds since 1970. */
  readonly ended: number;
}

const result = ({ rt }: RoleContext, { loss, hits, alarms }: EpochSums): SumsResult => ({
  loss: { low: sumResult(rt, loss.low), high: sumResult(rt, loss.high) },
  hits: hits.map((share) => shareForOwner(rt, share)),
  alarms: alarms && { sites: alarms.sites, words: shareForOwner(rt, alarms.words) },
  ended: performance.timeOrigin + performance.now(),
});

const sumResult = (rt: Runtime, sum: Share): SumResult => ({
  fraction: sum.fraction,
  words: shareForOwner(rt, sum),
});

/** Runs `work` with a sentinel, when one is wanted. */
function guarded<T>({ rt }: RoleContext, sentinel: boolean, epoch: number, work: () => T): T {
  if (!sentinel) return work();
  rt.watcher = new Sentinel(rt, epoch);
  try {
    return work();
  } finally {
    rt.watcher = null;
  }
}

function modelOf(context: RoleContext, number: number): RoleModel {
  const model = context.models.get(number);
  if (!model) throw new TypeError('the model has been disposed');
  return model;
}

function storedOrLoaded(context: RoleContext, number: number): Masked | Stored {
  const value = context.values.get(number);
  if (!value) throw new TypeError('the tensor has been disposed');
  return value;
}

/** A value that is needed in wasm memory as a whole; moves it there when it was stored. */
export function loadedValue(context: RoleContext, number: number): Masked {
  const value = storedOrLoaded(context, number);
  if (!(value instanceof Stored)) return value;
  const loaded = value.load(context.rt);
  context.values.set(number, loaded);
  return loaded;
}

/** x, y, targets and perhaps labels of a command's inputs. */
function dataOf(context: RoleContext, inputs: readonly number[]) {
  const [x, y, targets, labels] = inputs;
  return {
    x: storedOrLoaded(context, x),
    y: loadedValue(context, y),
    targets: loadedValue(context, targets),
    labels: labels === undefined ? null : loadedValue(context, labels),
  };
}

export const modelCommands: Readonly<Record<string, CommandRunner>> = {
  createModel(context, { out, args }) {
    const { config, weights } = args as CreateModelArgs;
    const plan = planModel(config);
    const secure = new SecureModel(context.rt, plan, weights);
    const { units } = plan;
    const { ring, fraction } = context.rt;
    const schedule = new Schedule(ring.bits, fraction, units);
    context.models.set(out as number, { secure, units, schedule });
  },

  /** Labels at another scale. */
  roundedLabels(context, command) {
    const [t] = command.in as number[];
    const { fraction } = command.args as { fraction: number };
    const labels = context.rt.run(roundedLabels(context.rt, loadedValue(context, t), fraction));
    context.values.set(command.out as number, labels);
  },

  fitEpoch(context, command) {
    const args = command.args as FitEpochArgs;
    const model = modelOf(context, args.model);
    const data = dataOf(context, command.in as number[]);
    const rows = data.x.shape[0];
    const plan = model.schedule.epoch({ ...args, loss: args.measures.loss }, rows);
    let reported = performance.now();
    const report = (done: number) => {
      const now = performance.now();
      if (now - reported < 50) return;
      reported = now;
      context.report({ done, total: plan.steps.length });
    };
    const sums = guarded(context, args.sentinel, args.epoch, () =>
      trainEpoch(context.rt, model.secure, data, plan, args.measures, report),
    );
    const shares = result(context, sums);
    context.rt.ratchet();
    return shares;
  },

  evaluate(context, command) {
    const { model, measures, batchSize, sentinel } = command.args as EvaluateArgs;
    const data = dataOf(context, command.in as number[]);
    const { secure } = modelOf(context, model);
    const sums = guarded(context, sentinel, 0, () => evaluate(context.rt, secure, data, measures, batchSize));
    return result(context, sums);
  },

  predict(context, command) {
    const { model, batchSize } = command.args as PredictArgs;
    const { secure, units } = modelOf(context, model);
    const [x] = (command.in as number[]).map((number) => storedOrLoaded(context, number));
    context.values.set(command.out as number, predict(context.rt, secure, x, units, batchSize));
  },

  /** Every party's share of every parameter, for the model owner. */
  weights(context, command) {
    const { secure } = modelOf(context, (command.args as { model: number }).model);
    return secure.kept.map(({ value }) => shareForOwner(context.rt, asSettledShare(context.rt, value)));
  },

  disposeModel(context, command) {
    const { model } = command.args as { model: number };
    modelOf(context, model).secure.free();
    context.models.delete(model);
  },
};
