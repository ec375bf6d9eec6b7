/**
 * adam on shares (D. Kingma, J. Ba, ICLR 2015, algorithm 1), with bias-corrected moments kept directly: with
 * cₜ = (1 − β)/(1 − βᵗ), m̂ₜ = m̂ₜ₋₁ + cₜ·(gₜ − m̂ₜ₋₁). Ring 64 only: second moments need the range.
 *
 * Adam does not care about the gradient's scale, so g is the mean gradient times a power of two near 2^10, which keeps
 * its square well above the resolution; ε enters under the root: step = η · m̂ / √(v̂ + ε²). Roots below 2^−8 of that scale
 * (gradients below about 4·10⁻⁶) saturate, as under a larger ε. Every element of the mean gradient must stay within
 * √2, or its square leaves the ring: the gradient is clipped first, to ±1 unless clipValue says otherwise.
 *
 * Rounds: clip 4 (clip.ts), gradient 2, squares 1, moments 2, root 9, product and update 2.
 */
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, Share } from '../party/values.js';
import { addPublicInteger, asShare } from '../protocol/linear.js';
import { multiply, square } from '../protocol/multiply.js';
import { inverseSqrtOfMany } from '../protocol/normalise.js';
import { open } from '../protocol/open.js';
import { addRescaled, rescale, truncate } from '../protocol/truncate.js';
import { clip } from './clip.js';
import { addScaled, replace } from './integer-share.js';
import type { Parameter } from './layers/layer.js';
import type { StepPlan } from './optimizer.js';
import { type AdamConfig, clipValueOf } from './optimizer-config.js';

/** log2 of the factor between the mean gradient and what the moments see. */
const GAIN_BITS = 10;

/** Bits of the public weights of the moving means. */
const WEIGHT_BITS = 16;

/** Second moments between which 1/√v is exact: up to all that a square can be. */
const DOMAIN = { low: 2 ** -16, high: 2 ** 22 };

/** One step; consumes the gradient. @throws RangeError in ring 32 */
export function* adam(
  rt: Runtime,
  config: AdamConfig,
  parameter: Parameter,
  negativeGradient: Share,
  plan: StepPlan,
): Secure<void> {
  if (rt.ring.bits < 64) throw new RangeError('adam needs the range of ring 64: createSession({ ring: 64 })');
  const f = rt.fraction;
  const gradient = yield* clip(rt, negativeGradient, clipValueOf(config) / plan.mean);
  const s = gradient.fraction - f + Math.round(-Math.log2(plan.mean)) - GAIN_BITS;
  const g = atWorkingScale(rt, yield* rescale(rt, gradient, s));
  const squares = yield* truncate(rt, square(rt, g), f);
  const [m, v] = yield* together(
    follow(rt, parameter.state.get('m') as Masked | undefined, asShare(rt, g), config.beta1, plan.count),
    follow(rt, parameter.state.get('v') as Masked | undefined, squares, config.beta2, plan.count),
  );
  keep(rt, parameter, 'm', m);
  keep(rt, parameter, 'v', v);
  const epsilon = (config.epsilon * 2 ** GAIN_BITS) ** 2;
  const root = yield* inverseSqrtOfMany(rt, addPublicInteger(rt, v, Math.round(epsilon * 2 ** f)), DOMAIN);
  let step = multiply(rt, m, root);
  const shift = step.fraction - parameter.value.fraction + (plan.exponent ?? 0);
  if (config.weightDecay) {
    const decay = -Math.round(plan.rate * config.weightDecay * 2 ** shift);
    step = addScaled(rt, step, asShare(rt, parameter.value), decay);
  }
  replace(rt, parameter, yield* addRescaled(rt, parameter.value, step, shift));
}

/** The moving mean after `value`, whose share it consumes: the value itself in the first step. */
function* follow(
  rt: Runtime,
  before: Masked | undefined,
  value: Share,
  beta: number,
  count: number,
): Secure<Masked> {
  if (!before) return yield* open(rt, value);
  const weight = Math.round(((1 - beta) / (1 - beta ** count)) * 2 ** WEIGHT_BITS);
  const zero = new Share(null, value.shape, value.fraction + WEIGHT_BITS, true);
  const sum = addScaled(
    rt,
    addScaled(rt, zero, value, weight),
    asShare(rt, before),
    2 ** WEIGHT_BITS - weight,
  );
  return yield* rescale(rt, sum, WEIGHT_BITS);
}

function keep(rt: Runtime, parameter: Parameter, name: string, value: Masked): void {
  rt.free(parameter.state.get(name) ?? null);
  parameter.state.set(name, value);
}

const atWorkingScale = (rt: Runtime, x: Masked): Masked => new Masked(x.delta, x.mask, x.shape, rt.fraction);
