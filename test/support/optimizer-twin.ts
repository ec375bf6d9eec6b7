/** Optimizers' steps on plain integers, by the table of optimizer-config.ts. */
import type { StepPlan } from '../../src/nn/optimizer.js';
import type { OptimizerConfig } from '../../src/nn/optimizer-config.js';
import { integer, type Rounder, type TwinParameter } from './twin-types.js';

/** One step. What a step of momentum adds, u = −η·v, is kept for the next. */
export function descendTwin(
  at: Rounder,
  optimizer: OptimizerConfig,
  plan: StepPlan,
  parameter: TwinParameter,
  negative: readonly bigint[],
  fraction: number,
): void {
  const { rate, previousRate, exponent, mean } = plan;
  if (exponent === null) return;
  const { values, state } = parameter;
  const { clipValue, weightDecay = 0 } = optimizer;
  const bound = clipValue === undefined ? null : integer((clipValue / mean) * 2 ** fraction);
  const clipped = bound ? negative.map((g) => (g > bound ? bound : g < -bound ? -bound : g)) : negative;
  if (optimizer.type === 'adam') throw new TypeError('no twin for adam');
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
  const before = state.get('step');
  const carry = (optimizer.momentum * rate) / previousRate;
  const step = at.round(
    clipped.map((g, i) => g + integer(carry * 2 ** s) * (before?.[i] ?? 0n)),
    s,
  );
  const decayed = weightDecay ? at.round(decay, s) : values.map(() => 0n);
  state.set('step', step);
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
