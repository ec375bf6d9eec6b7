/** What a model is and costs, layer by layer, from a dry run: before anything is shared or computed. */
import { type ModelConfig, planModel } from '../model/config.js';
import { foldedActivation, type LossName } from '../model/losses.js';
import { rateAt } from '../model/schedule.js';
import { parametersOf } from '../model/size.js';
import { withBackground } from '../party/background.js';
import { DryRuntime, type DrySetting } from '../party/dry.js';
import type { Secure } from '../party/program.js';
import { sizeOf } from '../shape.js';
import { buildLayer } from './layers/build.js';
import type { Pass, SecureLayer, Value } from './layers/layer.js';
import { losses } from './loss.js';
import { SecureModel } from './model.js';
import { descend, type OptimizerConfig } from './optimizer.js';
import { gradientFraction } from './scales.js';
import type { StepPlan } from './step.js';

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

export interface LayerSummary {
  readonly name: string;
  readonly outputShape: readonly number[];
  readonly parameters: number;
  readonly forward: PartCost;
  /** Backward with the update of its parameters. */
  readonly backward: PartCost;
}

export interface Summary {
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  /** A whole step of training. Rounds are fewer than the layers' sum: updates share those of the layers below. */
  readonly step: PartCost;
  /** A forward pass alone. */
  readonly prediction: PartCost;
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

/** The public numbers of a training's first step. */
function firstStep(config: ModelConfig, { optimizer, loss, batchSize }: SummaryOptions): StepPlan {
  const plans = planModel(config);
  const rate = rateAt(optimizer.learningRate, 0, 0);
  const mean = losses[loss].factor(sizeOf(plans[plans.length - 1].outputShape)) / batchSize;
  const exponent = Math.round(-Math.log2(optimizer.type === 'adam' ? rate : rate * mean));
  return { rate, previousRate: rate, exponent, mean, count: 1 };
}

/** @throws RangeError where the model does not fit the ring, with what to change */
export function summarize(config: ModelConfig, options: SummaryOptions): Summary {
  const plans = planModel(config);
  const step = firstStep(config, options);
  const fraction = gradientFraction(options.ring, options.fractionBits, options.batchSize);
  const rt = new DryRuntime(options);
  const names = plans.map((plan) => plan.config.type);
  const built = plans.map((plan, index) => {
    const parts = buildLayer(rt, plan, index, null);
    // a final activation that the loss contains is no part of a step
    const folded = index === plans.length - 1 && foldedActivation(config, options.loss) !== null;
    return folded ? parts.slice(0, -1) : parts;
  });
  const firstTrained = built.findIndex((parts) => parts.some((part) => part.parameters.length > 0));
  let value: Value = rt.masked([options.batchSize, ...config.inputShape]);
  const forward = built.map((parts) =>
    measure(rt, function* () {
      for (const part of parts) value = yield* part.forward(rt, value, TRAINING);
    }),
  );
  const output = rt.masked([options.batchSize, ...plans[plans.length - 1].outputShape]);
  let gradient: Value | null = output;
  const backward = built
    .map((parts, l): [readonly SecureLayer[], number] => [parts, l])
    .reverse()
    .map(([parts, l]) =>
      measure(rt, () =>
        withBackground(function* (start): Secure<void> {
          for (const part of parts.toReversed()) {
            if (!gradient || l < firstTrained) return;
            gradient = yield* part.backward(rt, gradient, {
              inputGradient: l > firstTrained,
              descend: (parameter, negative) =>
                start(descend(rt, options.optimizer, parameter, negative, step)),
              fraction,
            });
          }
        }),
      ),
    )
    .reverse();
  const layers = plans.map((plan, l) => ({
    name: names[l],
    outputShape: plan.outputShape,
    parameters: parametersOf(plan),
    forward: forward[l],
    backward: backward[l],
  }));
  return {
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    ...wholeStep(config, options),
    batchSize: options.batchSize,
    setting: { ring: options.ring, fractionBits: options.fractionBits, parties: options.parties },
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
 * The cost of a forward pass, and the bytes of wasm memory that a party needs for it.
 * @throws RangeError where a layer does not fit the ring, with what to change
 */
export function dryPrediction(
  config: ModelConfig,
  setting: DrySetting & { readonly batchSize: number },
): { readonly cost: PartCost; readonly memory: number } {
  const rt = new DryRuntime(setting);
  const cost = measure(rt, function* () {
    const x = rt.masked([setting.batchSize, ...config.inputShape]);
    yield* new SecureModel(rt, config, null).forward(x);
  });
  return { cost, memory: rt.peakBytes };
}

function wholeStep(
  config: ModelConfig,
  options: SummaryOptions,
): Pick<Summary, 'step' | 'prediction' | 'memory'> {
  const prediction = dryPrediction(config, options);
  const rt = new DryRuntime(options);
  const model = new SecureModel(rt, config, null);
  const plans = planModel(config);
  const x = rt.masked([options.batchSize, ...config.inputShape]);
  const fraction = gradientFraction(options.ring, options.fractionBits, options.batchSize);
  const scale = losses[options.loss].roundedLabels ? fraction : rt.fraction;
  const t = rt.masked([options.batchSize, ...plans[plans.length - 1].outputShape], scale);
  const plan = {
    gradientFraction: fraction,
    loss: options.loss,
    optimizer: options.optimizer,
    step: firstStep(config, options),
    pass: TRAINING,
  };
  const step = measure(rt, function* () {
    yield* model.step(x, t, plan);
  });
  return { step, prediction: prediction.cost, memory: { step: rt.peakBytes, prediction: prediction.memory } };
}

const count = (n: number): string => n.toLocaleString('en-US');

/** The summary as a table. */
export function formatSummary(summary: Summary): string {
  const { layers, step, prediction, setting, batchSize } = summary;
  const head = ['layer', 'output', 'parameters', 'rounds', 'online B', 'dealt B', 'multiply-adds'];
  const sum = (layer: LayerSummary, key: keyof PartCost) => layer.forward[key] + layer.backward[key];
  const rows = layers.map((layer) => [
    layer.name,
    `[${layer.outputShape}]`,
    count(layer.parameters),
    `${layer.forward.rounds} + ${layer.backward.rounds}`,
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
  const table = [head, ...rows, whole('a step', step), whole('a prediction', prediction)];
  const widths = head.map((_, c) => Math.max(...table.map((row) => row[c].length)));
  const lines = table.map((row) =>
    row
      .map((cell, c) => (c < 2 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)));
  lines.splice(1, 0, rule);
  lines.splice(lines.length - 2, 0, rule);
  return [
    `batch ${batchSize}, ring ${setting.ring} with ${setting.fractionBits} fraction bits, ${setting.parties} parties; ` +
      'rounds forward + backward, bytes and multiply-adds a step and party',
    ...lines,
  ].join('\n');
}
