/** What a model is and costs, layer by layer, from a dry run: before anything is shared or computed. */

import { foldedActivation, type LossName } from '../model/losses.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import type { ModelPlan } from '../model/plan.js';
import { parametersOf } from '../model/size.js';
import { withBackground } from '../party/background.js';
import { DryRuntime, type DrySetting } from '../party/dry.js';
import type { Secure } from '../party/program.js';
import type { Masked } from '../party/values.js';
import { type Delay, spansOf } from './delay.js';
import { DelayedUpdate } from './delayed-update.js';
import { initialOf } from './initial.js';
import { buildLayer } from './layers/build.js';
import type { Pass, SecureLayer, Value } from './layers/layer.js';
import { losses } from './loss.js';
import { SecureModel } from './model.js';
import { descend } from './optimizers/descend.js';
import { scalesOf, typicalStep } from './step-plan.js';

/** Cost of a part of a step, at one party. */
export interface PartCost {
  readonly rounds: number;
  /** Bytes sent in openings. */
  readonly online: number;
  /** Bytes that the provider sends. */
  readonly dealt: number;
  /** Multiply-adds of ring words. */
  readonly multiplyAdds: number;
}

/** What a layer costs in a training step. */
export interface LayerSummary {
  readonly name: string;
  readonly outputShape: readonly number[];
  readonly parameters: number;
  readonly forward: PartCost;
  /** Backward with the update of its parameters. */
  readonly backward: PartCost;
}

/** What a training step costs, by layer and in all. */
export interface Summary {
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  /** A whole step of training. Rounds are fewer than the layers' sum: updates share those of the layers below. */
  readonly step: PartCost;
  /** Steps in which the first layer's weights are written once; the costs of a step are the means of so many. */
  readonly together: number;
  /** A forward pass alone: the first with these weights, in which normalizations are folded where that saves. */
  readonly prediction: PartCost;
  /** The same once they are. */
  readonly laterPrediction: PartCost;
  readonly batchSize: number;
  readonly setting: DrySetting;
  /** Bytes of wasm memory that a party needs at the most, without the data set: for a step, and for a prediction. */
  readonly memory: { readonly step: number; readonly prediction: number };
}

export interface SummaryOptions extends DrySetting {
  readonly batchSize: number;
  readonly loss: LossName;
  readonly optimizer: OptimizerConfig;
}

const TRAINING: Pass = { training: true, step: 0, seed: 0 };

/** @throws RangeError where the model does not fit the ring, with what to change */
export function summarize(plan: ModelPlan, options: SummaryOptions): Summary {
  const step = typicalStep(options, plan.units, options.batchSize);
  const { delay, gradientFraction: fraction } = scalesOf(plan, options.optimizer, options, options.batchSize);
  const rt = new DryRuntime(options);
  const initial = initialOf(rt, [], null);
  const built = plan.layers.map((layer, index) => {
    const parts = buildLayer(rt, layer, index, initial, 0);
    // a final activation that the loss contains is no part of a step
    const folded = layer === plan.last && foldedActivation(plan, options.loss) !== null;
    return folded ? parts.slice(0, -1) : parts;
  });
  const firstTrained = built.findIndex((parts) => parts.some((part) => part.parameters.length > 0));
  const span = spanFor(rt, plan, options, step.exponent, delay);
  const costs = Array.from({ length: span.count }, () => {
    const delayed = span.update && { lack: span.update };
    let value: Value = span.rows();
    const forward = built.map((parts, l) =>
      measure(rt, function* () {
        const pass = l === firstTrained ? { ...TRAINING, ...delayed } : TRAINING;
        for (const part of parts) value = yield* part.forward(rt, value, pass);
      }),
    );
    let gradient: Value | null = rt.masked([options.batchSize, ...plan.outputShape], fraction);
    const backward = built
      .map((parts, l): [readonly SecureLayer[], number] => [parts, l])
      .reverse()
      .map(([parts, l]) =>
        measure(rt, () =>
          withBackground(function* (start): Secure<void> {
            const late = l === firstTrained ? span.update : null;
            for (const part of parts.toReversed()) {
              if (!gradient || l < firstTrained) return;
              gradient = yield* part.backward(rt, gradient, {
                inputGradient: l > firstTrained,
                descend: (parameter, negative) =>
                  start(descend(rt, options.optimizer, parameter, negative, late?.stepOf(step) ?? step)),
                ...(late && { delay: (minus) => late.take(minus, step) }),
                fraction,
              });
              if (late?.wantsProducts) start(late.makeProducts(part.parameters[0]));
            }
          }),
        ),
      )
      .reverse();
    return { forward, backward };
  });
  const forward = built.map((_, l) => meanOf(costs.map((cost) => cost.forward[l])));
  const backward = built.map((_, l) => meanOf(costs.map((cost) => cost.backward[l])));
  const layers = plan.layers.map((layer, l) => ({
    name: layer.relu === 'here' ? `${layer.config.type}, then relu` : layer.config.type,
    outputShape: layer.outputShape,
    parameters: parametersOf(layer),
    forward: forward[l],
    backward: backward[l],
  }));
  return {
    layers,
    parameters: plan.parameters,
    ...wholeStep(plan, options),
    batchSize: options.batchSize,
    setting: { ring: options.ring, fractionBits: options.fractionBits, parties: options.parties },
  };
}

/** Steps whose first layer is updated together; one where updates are not delayed. */
function spanFor(
  rt: DryRuntime,
  plan: ModelPlan,
  { batchSize }: SummaryOptions,
  exponent: number | null,
  delay: Delay | null,
): { count: number; update: DelayedUpdate | null; rows(): Masked } {
  const spans = spansOf(new Array(delay?.steps ?? 1).fill(exponent), delay);
  const [{ count }] = spans;
  if (count === 1) return { count, update: null, rows: () => rt.masked([batchSize, ...plan.inputShape]) };
  const shape = [count * batchSize, ...plan.inputShape];
  const rows = new Array<Uint32Array>(count).fill(new Uint32Array(batchSize));
  const update = new DelayedUpdate(rt, rt.masked(shape), rows, spans[0]);
  return { count, update, rows: () => update.rows(shape) };
}

/** What each of several costs on the average. */
function meanOf(costs: readonly PartCost[]): PartCost {
  const mean = (key: keyof PartCost) => costs.reduce((sum, cost) => sum + cost[key], 0) / costs.length;
  return {
    rounds: mean('rounds'),
    online: mean('online'),
    dealt: mean('dealt'),
    multiplyAdds: mean('multiplyAdds'),
  };
}

function measure(rt: DryRuntime, program: () => Secure<void>): PartCost {
  const before = rt.ledger.totals();
  const products = rt.multiplyAdds;
  rt.run(program());
  const after = rt.ledger.totals();
  return {
    rounds: after.rounds - before.rounds,
    online: after.online - before.online,
    dealt: after.dealt - before.dealt,
    multiplyAdds: rt.multiplyAdds - products,
  };
}

/**
 * The cost of a forward pass, of the next with the same weights, and the bytes of wasm memory that a party needs for it.
 * @throws RangeError where a layer does not fit the ring, with what to change
 */
export function dryPrediction(
  plan: ModelPlan,
  setting: DrySetting & { readonly batchSize: number },
): { readonly cost: PartCost; readonly later: PartCost; readonly memory: number } {
  const rt = new DryRuntime(setting);
  const model = new SecureModel(rt, plan, null);
  const x = rt.masked([setting.batchSize, ...plan.inputShape]);
  const pass = () =>
    measure(rt, function* () {
      yield* model.forward(x);
    });
  const cost = pass();
  const memory = rt.peakBytes;
  return { cost, later: pass(), memory };
}

function wholeStep(
  plan: ModelPlan,
  options: SummaryOptions,
): Pick<Summary, 'step' | 'together' | 'prediction' | 'laterPrediction' | 'memory'> {
  const prediction = dryPrediction(plan, options);
  const rt = new DryRuntime(options);
  const model = new SecureModel(rt, plan, null);
  const { delay, gradientFraction: fraction } = scalesOf(plan, options.optimizer, options, options.batchSize);
  const scale = losses[options.loss].roundedLabels ? fraction : rt.fraction;
  const t = rt.masked([options.batchSize, ...plan.outputShape], scale);
  const training = {
    gradientFraction: fraction,
    loss: options.loss,
    optimizer: options.optimizer,
    step: typicalStep(options, plan.units, options.batchSize),
    pass: TRAINING,
  };
  const span = spanFor(rt, plan, options, training.step.exponent, delay);
  const steps = Array.from({ length: span.count }, () => {
    const scope = rt.heap.beginScope();
    const cost = measure(rt, function* () {
      yield* model.step(span.rows(), t, training, span.update);
    });
    rt.heap.endScope(scope, [...model.blocks(), ...(span.update?.blocks() ?? [])]);
    return cost;
  });
  return {
    step: meanOf(steps),
    together: span.count,
    prediction: prediction.cost,
    laterPrediction: prediction.later,
    memory: { step: rt.peakBytes, prediction: prediction.memory },
  };
}

const count = (n: number): string => n.toLocaleString('en-US', { maximumFractionDigits: n < 1000 ? 1 : 0 });

/** The summary as a table. */
export function formatSummary(summary: Summary): string {
  const { layers, step, prediction, laterPrediction, setting, batchSize } = summary;
  const head = ['layer', 'output', 'parameters', 'rounds', 'online B', 'dealt B', 'multiply-adds'];
  const sum = (layer: LayerSummary, key: keyof PartCost) => layer.forward[key] + layer.backward[key];
  const rows = layers.map((layer) => [
    layer.name,
    `[${layer.outputShape}]`,
    count(layer.parameters),
    `${count(layer.forward.rounds)} + ${count(layer.backward.rounds)}`,
    ...(['online', 'dealt', 'multiplyAdds'] as const).map((key) => count(sum(layer, key))),
  ]);
  const whole = (name: string, cost: PartCost) => [
    name,
    '',
    count(summary.parameters),
    count(cost.rounds),
    count(cost.online),
    count(cost.dealt),
    count(cost.multiplyAdds),
  ];
  const totals = [whole('a step', step), whole('a prediction', prediction)];
  const folds = laterPrediction.dealt < prediction.dealt;
  if (folds) totals.push(whole('the next ones, normalizations folded', laterPrediction));
  const table = [head, ...rows, ...totals];
  const widths = head.map((_, c) => Math.max(...table.map((row) => row[c].length)));
  const lines = table.map((row) =>
    row
      .map((cell, c) => (c < 2 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)));
  lines.splice(1, 0, rule);
  lines.splice(lines.length - totals.length, 0, rule);
  return [
    `batch ${batchSize}, ring ${setting.ring} with ${setting.fractionBits} fraction bits, ${setting.parties} parties; ` +
      'rounds forward + backward, bytes and multiply-adds a step and party' +
      (summary.together > 1 ? `, the mean of ${summary.together} that write the first layer once` : ''),
    ...lines,
  ].join('\n');
}
