/** A step of training on plain integers: layers forward, a loss, layers back, an optimizer. Twin to SecureModel.step. */
import { type ModelConfig, planModel } from '../../src/nn/config.js';
import type { LossName } from '../../src/nn/loss-names.js';
import type { StepPlan } from '../../src/nn/optimizer.js';
import type { OptimizerConfig } from '../../src/nn/optimizer-config.js';
import {
  type Rounder,
  type TwinLayer,
  type TwinParameter,
  type TwinPass,
  type TwinValue,
  twinLayers,
} from './layer-twin.js';

export class StepTwin {
  readonly layers: readonly TwinLayer[];

  /** @param weights the model's arrays, as integers at the working scale */
  constructor(
    config: ModelConfig,
    weights: readonly (readonly bigint[])[],
    readonly at: Rounder,
  ) {
    let taken = 0;
    this.layers = planModel(config).flatMap((plan) => {
      const own = weights.slice(taken, taken + plan.weights.length);
      taken += own.length;
      return twinLayers(plan, own, at);
    });
  }

  get parameters(): readonly TwinParameter[] {
    return this.layers.flatMap((layer) => layer.parameters);
  }

  /** One step; the outputs before it. */
  step(
    x: readonly bigint[],
    t: readonly bigint[],
    rows: number,
    loss: LossName,
    optimizer: OptimizerConfig,
    plan: StepPlan,
    pass: TwinPass,
  ): readonly bigint[] {
    const { at } = this;
    let value: TwinValue = { rows, data: x, fraction: at.f, rounded: true };
    for (const layer of this.layers) value = layer.forward(value, pass);
    const y = at.plain(value);
    const first = this.layers.findIndex((layer) => layer.parameters.length > 0);
    let gradient: TwinValue = { ...y, data: lossGradient(loss, y.data, t, at) };
    for (let l = this.layers.length - 1; l >= first; l--) {
      gradient = this.layers[l].backward(gradient, l > first, (parameter, negative, fraction) =>
        descend(at, optimizer, plan, parameter, negative, fraction),
      );
    }
    return y.data;
  }
}

/** Without the factor and the batch size, which go into the rate. */
function lossGradient(loss: LossName, y: readonly bigint[], t: readonly bigint[], at: Rounder): bigint[] {
  if (loss === 'meanSquaredError') return y.map((value, i) => value - t[i]);
  if (loss !== 'hinge') throw new TypeError(`no twin for ${loss}`);
  const one = 1n << BigInt(at.f);
  const signs = t.map((label) => 2n * label - one);
  const margins = at.round(
    y.map((value, i) => signs[i] * value),
    at.f,
  );
  return margins.map((margin, i) => (margin > one ? 0n : -signs[i]));
}

/** Nearest integer. */
const integer = (x: number): bigint => BigInt(Math.round(x));

/** An optimizer's step, by the table of optimizer-config.ts; what a step adds, u = −η·v, is kept for momentum. */
function descend(
  at: Rounder,
  optimizer: OptimizerConfig,
  { rate, previousRate, exponent, mean }: StepPlan,
  parameter: TwinParameter,
  negative: readonly bigint[],
  fraction: number,
): void {
  if (optimizer.type === 'adam') throw new TypeError('no twin for adam');
  if (exponent === null) return;
  const { values, step: before } = parameter;
  const { clipValue, weightDecay = 0 } = optimizer;
  const bound = clipValue === undefined ? null : integer((clipValue / mean) * 2 ** fraction);
  const clipped = bound ? negative.map((g) => (g > bound ? bound : g < -bound ? -bound : g)) : negative;
  const s = fraction - at.f + exponent;
  const decay = values.map((w) => -integer(rate * weightDecay * 2 ** s) * w);
  if (optimizer.type === 'sgd') {
    const change = at.round(
      clipped.map((g, i) => g + decay[i]),
      s,
    );
    parameter.values = values.map((w, i) => w + change[i]);
    return;
  }
  const carry = (optimizer.momentum * rate) / previousRate;
  const step = at.round(
    clipped.map((g, i) => g + integer(carry * 2 ** s) * (before?.[i] ?? 0n)),
    s,
  );
  const decayed = weightDecay ? at.round(decay, s) : values.map(() => 0n);
  parameter.step = step;
  let change = step;
  if (optimizer.nesterov) {
    const one = 2 ** at.f;
    const ahead = step.map(
      (u, i) =>
        (integer(one) + integer(optimizer.momentum * one)) * u - integer(carry * one) * (before?.[i] ?? 0n),
    );
    change = at.round(ahead, at.f);
  }
  parameter.values = values.map((w, i) => w + change[i] + decayed[i]);
}
