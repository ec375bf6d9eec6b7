/**
 * Optimizers' steps on plain integers, by the table of model/optimizers.ts: one entry a kind. Of adam, 1/√(v̂ + ε²)
 * comes from outside.
 */
import type { OptimizerConfig, OptimizerOf } from '../../src/model/optimizers.js';
import type { StepPlan } from '../../src/nn/optimizers/optimizer.js';
import { integer, type Rounder, type TwinParameter } from './twin-types.js';

/** One step of a parameter from minus its gradient, clipped, with so many fraction bits. */
type Step<Config> = (
  at: Rounder,
  config: Config,
  plan: StepPlan & { readonly exponent: number },
  parameter: TwinParameter,
  negative: readonly bigint[],
  fraction: number,
) => void;

/** One step. What a step of momentum adds, u = −η·v, is kept for the next. */
export function descendTwin(
  at: Rounder,
  optimizer: OptimizerConfig,
  plan: StepPlan,
  parameter: TwinParameter,
  negative: readonly bigint[],
  fraction: number,
): void {
  const { exponent, mean } = plan;
  if (exponent === null) return;
  const { clipValue } = optimizer;
  const bound = clipValue === undefined ? null : integer((clipValue / mean) * 2 ** fraction);
  const clipped = bound ? negative.map((g) => (g > bound ? bound : g < -bound ? -bound : g)) : negative;
  const step = steps[optimizer.type] as Step<OptimizerConfig>;
  step(at, optimizer, { ...plan, exponent }, parameter, clipped, fraction);
}

/** A parameter and minus its gradient. */
export interface TwinUpdate {
  readonly parameter: TwinParameter;
  readonly negative: readonly bigint[];
}

/** One step of several parameters as if they were one. */
export function descendTogether(
  at: Rounder,
  optimizer: OptimizerConfig,
  plan: StepPlan,
  updates: readonly TwinUpdate[],
  fraction: number,
): void {
  const parameters = updates.map(({ parameter }) => parameter);
  const names = [...parameters[0].state.keys()];
  const one: TwinParameter = {
    values: parameters.flatMap(({ values }) => values),
    state: new Map(names.map((name) => [name, parameters.flatMap(({ state }) => state.get(name) ?? [])])),
  };
  const negative = updates.flatMap((update) => update.negative);
  descendTwin(at, optimizer, plan, one, negative, fraction);
  let start = 0;
  for (const parameter of parameters) {
    const end = start + parameter.values.length;
    parameter.values = one.values.slice(start, end);
    for (const [name, values] of one.state) parameter.state.set(name, values.slice(start, end));
    start = end;
  }
}

/** The moments see the mean gradient times 2^10, to the nearest power of two. */
const GAIN_BITS = 10;
/** Bits of the weights of the moments. */
const WEIGHT_BITS = 16;

const steps: { [Type in OptimizerConfig['type']]: Step<OptimizerOf<Type>> } = {
  sgd(at, { weightDecay = 0 }, { rate, exponent }, parameter, negative, fraction) {
    const s = fraction - at.f + exponent;
    parameter.values = withDecay(at, parameter.values, negative, s, rate * weightDecay);
  },

  momentum(at, { momentum, nesterov, weightDecay = 0 }, plan, parameter, negative, fraction) {
    const { rate, previousRate, exponent } = plan;
    const s = fraction - at.f + exponent;
    const { values, state } = parameter;
    const before = state.get('step');
    const carry = (momentum * rate) / previousRate;
    const step = at.round(
      negative.map((g, i) => g + integer(carry * 2 ** s) * (before?.[i] ?? 0n)),
      s,
    );
    const rest = decayed(at, values, rate * weightDecay);
    state.set('step', step);
    let change = step;
    if (nesterov) {
      const one = 2 ** at.f;
      const ahead = step.map(
        (u, i) => (integer(one) + integer(momentum * one)) * u - integer(carry * one) * (before?.[i] ?? 0n),
      );
      change = at.round(ahead, at.f);
    }
    parameter.values = rest.map((w, i) => w + change[i]);
  },

  /** w ← w + η·m̂·(1/√(v̂ + ε²)) − η·λ·w, m̂ the mean of what was descended along. */
  adam(at, config, { rate, mean, count, exponent }, parameter, negative, fraction) {
    const { beta1, beta2, epsilon, weightDecay = 0 } = config;
    const { f } = at;
    const { values, state } = parameter;
    const g = at.round(negative, fraction - f - Math.round(Math.log2(mean)) - GAIN_BITS);
    const squares = at.round(
      g.map((value) => value * value),
      f,
    );
    /** m̂ ← m̂ + c·(x − m̂), c = (1 − β) / (1 − βᵗ), which is 1 in the first step. */
    const follow = (name: 'm' | 'v', x: readonly bigint[], beta: number): readonly bigint[] => {
      const before = state.get(name);
      const weight = integer(((1 - beta) / (1 - beta ** count)) * 2 ** WEIGHT_BITS);
      const rest = (1n << BigInt(WEIGHT_BITS)) - weight;
      const after = before
        ? at.round(
            x.map((value, i) => weight * value + rest * before[i]),
            WEIGHT_BITS,
          )
        : x;
      state.set(name, after);
      return after;
    };
    const [m, v] = [follow('m', g, beta1), follow('v', squares, beta2)];
    const added = integer((epsilon * 2 ** GAIN_BITS) ** 2 * 2 ** f);
    const root = at.outside.inverseSqrtOfMany(
      v.map((value) => value + added),
      added,
    );
    const step = m.map((value, i) => value * root[i]);
    parameter.values = withDecay(at, values, step, f + exponent, rate * weightDecay);
  },
};

/** log2 of what w·ηλ is divided by where it is rounded alone: the factor of w is then at most 2^f. */
const decayBits = ({ bits, f }: Rounder, decay: number): number =>
  Math.min(bits - 2, f - Math.ceil(Math.log2(decay)));

/** w − ηλ·w. */
function decayed(at: Rounder, w: readonly bigint[], decay: number): readonly bigint[] {
  if (decay === 0) return w;
  const d = decayBits(at, decay);
  const factor = integer(decay * 2 ** d);
  if (factor === 0n) return w;
  const change = at.round(
    w.map((value) => -factor * value),
    d,
  );
  return w.map((value, i) => value + change[i]);
}

/** w − ηλ·w + z / 2^s: one rounding where the factor of w has 5 bits at least and f − 2 at the most, two otherwise. */
function withDecay(
  at: Rounder,
  w: readonly bigint[],
  z: readonly bigint[],
  s: number,
  decay: number,
): readonly bigint[] {
  const factor = integer(decay * 2 ** s);
  const exact = decay === 0 || factor >= 16n || s >= decayBits(at, decay);
  const one = exact && factor <= 1n << BigInt(at.f - 2);
  const change = at.round(one ? z.map((value, i) => value - factor * w[i]) : z, s);
  return (one ? w : decayed(at, w, decay)).map((value, i) => value + change[i]);
}
