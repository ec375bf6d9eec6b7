/** Commands on models. */
import { epochPermutation } from '../data/random.js';
import type { ModelConfig } from '../nn/config.js';
import { losses, type LossName } from '../nn/loss.js';
import { integerLabels } from '../nn/metrics.js';
import { SecureModel } from '../nn/model.js';
import { PowerOfTwoRates } from '../nn/optimizer.js';
import { type EpochSums, evaluate, predict, trainEpoch } from '../nn/train.js';
import { asSettledShare } from '../protocol/linear.js';
import { shareForOwner } from '../protocol/reveal.js';
import type { Masked } from '../party/values.js';
import type { CommandRunner } from './commands.js';
import type { RoleContext } from './role.js';

/** A model at a role, with what training keeps between epochs. */
export interface RoleModel {
  readonly secure: SecureModel;
  readonly units: number;
  rates: PowerOfTwoRates;
}

export interface CreateModelArgs {
  readonly config: ModelConfig;
  /** Public initial weights. */
  readonly weights: readonly Float32Array[];
}

export interface FitEpochArgs {
  readonly model: number;
  readonly loss: LossName;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epoch: number;
  /** Public seed of the order of rows, or null for the order given. */
  readonly shuffleSeed: number | null;
}

export interface EvaluateArgs {
  readonly model: number;
  readonly loss: LossName;
  readonly batchSize: number;
}

/** What a party hands the owner of an epoch: its shares of the sums, and their scale. */
export interface SumsResult {
  readonly loss: Uint8Array | null;
  readonly lossFraction: number;
  readonly hits: Uint8Array | null;
}

const result = ({ rt }: RoleContext, sums: EpochSums): SumsResult => ({
  lossFraction: sums.loss.fraction,
  loss: shareForOwner(rt, sums.loss),
  hits: sums.hits && shareForOwner(rt, sums.hits),
});

function modelOf(context: RoleContext, number: number): RoleModel {
  const model = context.models.get(number);
  if (!model) throw new TypeError('the model has been disposed');
  return model;
}

function valueOf(context: RoleContext, number: number): Masked {
  const value = context.values.get(number);
  if (!value) throw new TypeError('the tensor has been disposed');
  return value;
}

/** x, y and perhaps labels of a command's inputs. */
function dataOf(context: RoleContext, inputs: readonly number[]) {
  const [x, y, labels] = inputs.map((number) => valueOf(context, number));
  return { x, y, labels: labels ?? null };
}

export const modelCommands: Readonly<Record<string, CommandRunner>> = {
  createModel(context, { out, args }) {
    const { config, weights } = args as CreateModelArgs;
    const secure = new SecureModel(context.rt, config, weights);
    const units = secure.plans[secure.plans.length - 1].outputShape.reduce((a, b) => a * b, 1);
    context.models.set(out as number, { secure, units, rates: new PowerOfTwoRates() });
  },

  /** One-hot labels at scale 0. */
  integerLabels(context, command) {
    const [t] = command.in as number[];
    context.values.set(command.out as number, context.rt.run(integerLabels(context.rt, valueOf(context, t))));
  },

  fitEpoch(context, command) {
    const args = command.args as FitEpochArgs;
    const model = modelOf(context, args.model);
    const data = dataOf(context, command.in as number[]);
    const rows = data.x.shape[0];
    const order =
      args.shuffleSeed === null
        ? Uint32Array.from({ length: rows }, (_, i) => i)
        : epochPermutation(args.shuffleSeed, args.epoch, rows);
    const total = Math.ceil(rows / args.batchSize);
    const exponents = Array.from({ length: total }, (_, step) => {
      const batch = Math.min(args.batchSize, rows - step * args.batchSize);
      return model.rates.next((args.learningRate * losses[args.loss].factor(model.units)) / batch);
    });
    const plan = { loss: args.loss, batchSize: args.batchSize, order, exponents };
    let reported = performance.now();
    const sums = trainEpoch(context.rt, model.secure, data, plan, (done) => {
      const now = performance.now();
      if (now - reported < 50) return;
      reported = now;
      context.report({ done, total });
    });
    return result(context, sums);
  },

  evaluate(context, command) {
    const { model, loss, batchSize } = command.args as EvaluateArgs;
    const data = dataOf(context, command.in as number[]);
    return result(context, evaluate(context.rt, modelOf(context, model).secure, data, loss, batchSize));
  },

  predict(context, command) {
    const { model, batchSize } = command.args as EvaluateArgs;
    const { secure, units } = modelOf(context, model);
    const [x] = (command.in as number[]).map((number) => valueOf(context, number));
    context.values.set(command.out as number, predict(context.rt, secure, x, units, batchSize));
  },

  /** Every party's share of every parameter, for the model owner. */
  weights(context, command) {
    const { secure } = modelOf(context, (command.args as { model: number }).model);
    return secure.parameters.map(({ value }) => shareForOwner(context.rt, asSettledShare(context.rt, value)));
  },

  disposeModel(context, command) {
    const { model } = command.args as { model: number };
    modelOf(context, model).secure.free();
    context.models.delete(model);
  },
};
