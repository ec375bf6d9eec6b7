/**
 * adam on shares (D. Kingma, J. Ba, ICLR 2015, algorithm 1), with bias-corrected moments kept directly: with
 * cₜ = (1 − β)/(1 − βᵗ), m̂ₜ = m̂ₜ₋₁ + cₜ·(gₜ − m̂ₜ₋₁). Ring 64 only: second moments need the range.
 *
 * Adam does not care about the gradient's scale, so g is the mean gradient times a power of two near 2^10, which keeps
 * its square well above the resolution; ε enters under the root: step = η · m̂ / √(v̂ + ε²). Roots below 2^−8 of that scale
 * (gradients below about 4·10⁻⁶) saturate, as under a larger ε. Every element of the mean gradient must stay within
 * √2 (half of that for each fraction bit above 20), or its square leaves the ring: the gradient is clipped first, to ±1
 * unless clipValue says otherwise. With fewer than 16 fraction bits or more than 27, roots do not hold.
 *
 * Rounds: clip 4 (clip.ts), gradient 2, squares 1, moments 2, root 9, product and update 2.
 */

import { type AdamConfig, clipValueOf } from '../../model/optimizers.js';
import { type Secure, together } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Masked, Share } from '../../party/values.js';
import { asShare } from '../../protocol/linear.js';
import { multiply, square } from '../../protocol/multiply.js';
import { inverseSqrtOfMany } from '../../protocol/normalise.js';
import { open } from '../../protocol/open.js';
import { addPublicInteger } from '../../protocol/public-terms.js';
import { blend } from '../../protocol/sums.js';
import { rescaleNarrow, truncateNarrow } from '../../protocol/truncate.js';
import { atScale } from '../../protocol/views.js';
import { type Parameter, replace } from '../layers/layer.js';
import { clip } from './clip.js';
import { addDecayed } from './decay.js';
import type { RealStep, SecureOptimizer } from './optimizer.js';

/** log2 of the factor between the mean gradient and what the moments see. */
const GAIN_BITS = 10;

/** Bits of the public weights of the moving means. */
const WEIGHT_BITS = 16;

/** Second moments between which 1/√v is exact: up to all that a square can be. */
const DOMAIN = { low: 2 ** -16, high: 2 ** 22 };

/** Fraction bits with which roots in this domain can be taken in ring 64 (powers-of-four.ts). */
const LEAST_FRACTION = 16;
const MOST_FRACTION = 27;

/** @throws RangeError in a step where the ring does not hold its numbers, with what to change */
export const adam: SecureOptimizer<AdamConfig> = {
  keeps: { m: 'masked', v: 'masked' },
  together: true,
  foldedRate: (rate) => rate,
  step,
};

function* step(
  rt: Runtime,
  config: AdamConfig,
  parameter: Parameter,
  negativeGradient: Share,
  plan: RealStep,
): Secure<void> {
  const clipValue = clipValueOf(config);
  checkRange(rt, clipValue);
  const f = rt.fraction;
  const gradient = yield* clip(rt, negativeGradient, clipValue / plan.mean);
  const s = gradient.fraction - f + Math.round(-Math.log2(plan.mean)) - GAIN_BITS;
  const g = atScale(yield* rescaleNarrow(rt, gradient, s), f);
  const squares = yield* truncateNarrow(rt, square(rt, g), f);
  const [m, v] = yield* together(
    follow(rt, parameter.state.get('m') as Masked | undefined, asShare(rt, g), config.beta1, plan.count),
    follow(rt, parameter.state.get('v') as Masked | undefined, squares, config.beta2, plan.count),
  );
  keep(rt, parameter, 'm', m);
  keep(rt, parameter, 'v', v);
  const epsilon = Math.round((config.epsilon * 2 ** GAIN_BITS) ** 2 * 2 ** f);
  const positive = epsilon === 0 ? v : addPublicInteger(rt, v, epsilon);
  const root = yield* inverseSqrtOfMany(rt, positive, DOMAIN);
  const change = multiply(rt, m, root);
  const w = parameter.value;
  const shift = change.fraction - w.fraction + plan.exponent;
  const decay = plan.rate * (config.weightDecay ?? 0);
  replace(rt, parameter, yield* addDecayed(rt, w, change, shift, decay));
}

/** @throws RangeError unless the ring holds second moments of clipped gradients, and their inverse roots */
function checkRange({ ring, fraction }: Runtime, clipValue: number): void {
  if (ring.bits < 64) throw new RangeError('adam needs the range of ring 64: createSession({ ring: 64 })');
  if (fraction < LEAST_FRACTION || fraction > MOST_FRACTION) {
    throw new RangeError(
      `adam needs ${LEAST_FRACTION} to ${MOST_FRACTION} fraction bits for its second moments, not ${fraction}: ` +
        'createSession({ ring: 64, fractionBits: 20 })',
    );
  }
  // the mean's power of two adds a factor of √2 at the most, and squares must stay below 2^62
  const most = Math.SQRT2 * 2 ** (20 - fraction);
  if (clipValue > most) {
    throw new RangeError(
      `adam: the squares of gradients up to ${clipValue} leave ring 64 with ${fraction} fraction bits; ` +
        `use a clipValue of at most ${Number(most.toPrecision(3))}, or fractionBits: 20`,
    );
  }
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
  return yield* rescaleNarrow(rt, blend(rt, before, value, weight, WEIGHT_BITS), WEIGHT_BITS);
}

function keep(rt: Runtime, parameter: Parameter, name: string, value: Masked): void {
  rt.free(parameter.state.get(name) ?? null);
  parameter.state.set(name, value);
}
