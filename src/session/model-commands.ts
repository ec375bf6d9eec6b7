/** Commands on models. */
import { epochPermutation } from '../data/random.js';
import type { ModelConfig } from '../nn/config.js';
import { losses } from '../nn/loss.js';
import { integerLabels } from '../nn/metrics.js';
import { SecureModel, type TrainingPlan } from '../nn/model.js';
import { largestExponent, type OptimizerConfig, PowerOfTwoRates } from '../nn/optimizer.js';
import { rateAt } from '../nn/schedule.js';
import { type EpochSums, evaluate, type Measures, predict, trainEpoch } from '../nn/train.js';
import { Stored } from '../party/stored.js';
import type { Masked } from '../party/values.js';
import { asSettledShare } from '../protocol/linear.js';
import { shareForOwner } from '../protocol/reveal.js';
import type { CommandRunner } from './commands.js';
import type { RoleContext } from './role.js';

/** A model at a role, with what training keeps between epochs. */
export interface RoleModel {
  readonly secure: SecureModel;
  readonly units: number;
  readonly rates: PowerOfTwoRates;
  /** Steps made so far. */
  steps: number;
  /** The rate of the last step. */
  previousRate: number | null;
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
}

export interface EvaluateArgs {
  readonly model: number;
  readonly measures: Measures;
  readonly batchSize: number;
}

export type PredictArgs = Omit<EvaluateArgs, 'measures'>;

/** What a party hands the owner of an epoch: its shares of the sums, and the scale of the loss. */
export interface SumsResult {
  readonly loss: Uint8Array | null;
  readonly lossFraction: number;
  readonly hits: readonly (Uint8Array | null)[];
  /** When the sums were there, in milliseconds since 1970. */
  readonly ended: number;
}

const result = ({ rt }: RoleContext, sums: EpochSums): SumsResult => ({
  lossFraction: sums.loss.fraction,
  loss: shareForOwner(rt, sums.loss),
  hits: sums.hits.map((share) => shareForOwner(rt, share)),
  ended: performance.timeOrigin + performance.now(),
});

/** The public plan of every step of an epoch; moves the model's schedule on. */
function planSteps(model: RoleModel, args: FitEpochArgs, rows: number): TrainingPlan[] {
  const { optimizer, measures, batchSize, epoch, seed } = args;
  const factor = losses[measures.loss].factor(model.units);
  return Array.from({ length: Math.ceil(rows / batchSize) }, (_, i) => {
    const batch = Math.min(batchSize, rows - i * batchSize);
    const rate = rateAt(optimizer.learningRate, model.steps, epoch);
    const mean = factor / batch;
    const step = {
      rate,
      previousRate: model.previousRate ?? rate,
      exponent: model.rates.next(optimizer.type === 'adam' ? rate : rate * mean),
      mean,
      count: model.steps + 1,
    };
    const pass = { training: true, step: model.steps, seed };
    model.previousRate = rate;
    model.steps++;
    return { loss: measures.loss, optimizer, step, pass };
  });
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

/** x, y and perhaps labels of a command's inputs. */
function dataOf(context: RoleContext, inputs: readonly number[]) {
  const [x, y, labels] = inputs;
  return {
    x: storedOrLoaded(context, x),
    y: loadedValue(context, y),
    labels: labels === undefined ? null : loadedValue(context, labels),
  };
}

export const modelCommands: Readonly<Record<string, CommandRunner>> = {
  createModel(context, { out, args }) {
    const { config, weights } = args as CreateModelArgs;
    const secure = new SecureModel(context.rt, config, weights);
    const units = secure.plans[secure.plans.length - 1].outputShape.reduce((a, b) => a * b, 1);
    const { ring, fraction } = context.rt;
    const rates = new PowerOfTwoRates(largestExponent(ring.bits, fraction));
    context.models.set(out as number, { secure, units, rates, steps: 0, previousRate: null });
  },

  /** One-hot labels at scale 0. */
  integerLabels(context, command) {
    const [t] = command.in as number[];
    context.values.set(
      command.out as number,
      context.rt.run(integerLabels(context.rt, loadedValue(context, t))),
    );
  },

  fitEpoch(context, command) {
    const args = command.args as FitEpochArgs;
    const model = modelOf(context, args.model);
    const data = dataOf(context, command.in as number[]);
    const rows = data.x.shape[0];
    const order = args.shuffle
      ? epochPermutation(args.seed, args.epoch, rows)
      : Uint32Array.from({ length: rows }, (_, i) => i);
    const steps = planSteps(model, args, rows);
    const plan = { batchSize: args.batchSize, order, steps };
    let reported = performance.now();
    const sums = trainEpoch(context.rt, model.secure, data, plan, args.measures, (done) => {
      const now = performance.now();
      if (now - reported < 50) return;
      reported = now;
      context.report({ done, total: steps.length });
    });
    const shares = result(context, sums);
    context.rt.ratchet();
    return shares;
  },

  evaluate(context, command) {
    const { model, measures, batchSize } = command.args as EvaluateArgs;
    const data = dataOf(context, command.in as number[]);
    return result(context, evaluate(context.rt, modelOf(context, model).secure, data, measures, batchSize));
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
