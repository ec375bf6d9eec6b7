/**
 * inverseSqrtOfMany: ⟨x⟩ → ⟨1/√x⟩ as inverseSqrt (roots.ts), with a fraction of the dealt bytes and memory, in 8 rounds
 * (ring 32) or 9 (ring 64) instead of 3: for many values at once, such as all of adam's second moments.
 *
 *   2 (3)  the bits h_j of 4ʲ ≤ x < 4ʲ⁺¹, j = first … top (thresholds.ts)
 *   1      open ⟨u⟩ = Σ h_j·4^(top − j) and ⟨v⟩ = Σ h_j·2⁻ʲ, sums of the shares of x < 4ʲ; both exact
 *   1      blind y = u·x, an exact product from 4^top to 4^(top + 1)
 *   2      q = √(4^top / y) by one trigonometric sum, where inverseSqrt takes one a piece; truncated and opened
 *   2      1/√x = v·q, truncated; outside the domain u = v = 0, and the constant there is added; opened
 */
import type { RingBits } from '../../bindings/ring.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { type WeightedSum, weightedBits, weightedBitsCost } from './bit-rows.js';
import { type Cost, parallel, type Setting, sequence } from './cost.js';
import { dealWaves, harmonicsOf, stretched, sumWaves, type TrigonometricSum, wavesCost } from './fourier.js';
import { multiply } from './multiply.js';
import { blind, blindCost, open, openCost } from './open.js';
import { openedWords } from './opened.js';
import { sumScale } from './piecewise-plan.js';
import { type Domain, piecesByPowersOfFour } from './powers-of-four.js';
import { below, belowCost } from './thresholds.js';
import { truncate, truncateCost } from './truncate.js';
import { atScale } from './views.js';

interface Plan {
  /** 4^first … 4^(top + 1), in ring units. */
  readonly thresholds: readonly number[];
  readonly top: number;
  /** √(4^top / y), less its middle ¾. */
  readonly sum: TrigonometricSum;
  /** Scale of the sum before truncation. */
  readonly scale: number;
  /** Fraction bits of q and of v. */
  readonly qBits: number;
  readonly vBits: number;
  /** u, v and what is added outside the domain, from the bits x < tᵢ. */
  readonly factors: readonly WeightedSum[];
}

const MIDDLE = 3 / 4;

/** Plans that have been made. */
const plans = new Map<string, Plan>();
/** The one that was asked for last: an optimizer wants the same at every step. */
let last: { bits: RingBits; fraction: number; domain: Domain | undefined; plan: Plan } | null = null;

function planFor(bits: RingBits, fraction: number, domain?: Domain): Plan {
  if (last?.bits === bits && last.fraction === fraction && last.domain === domain) return last.plan;
  const key = `${bits} ${fraction} ${domain?.low} ${domain?.high}`;
  const plan = plans.get(key) ?? newPlan(bits, fraction, domain);
  plans.set(key, plan);
  last = { bits, fraction, domain, plan };
  return plan;
}

function newPlan(bits: RingBits, fraction: number, domain?: Domain): Plan {
  const { thresholds, pieces } = piecesByPowersOfFour('inverseSqrt', bits, fraction, domain);
  let top = -32;
  while (4 ** (top + 1) < thresholds[thresholds.length - 1]) top++;
  const [below, above] = [pieces[0], pieces[pieces.length - 1]];
  const piece = pieces[pieces.length - 2];
  if (!('constant' in below && 'constant' in above && 'sum' in piece)) throw new TypeError('not a domain');
  return {
    thresholds: thresholds.map((t) => t * 2 ** fraction),
    top,
    sum: stretched(piece.sum, 0, 2 ** top, -MIDDLE),
    scale: sumScale(bits, 1 - MIDDLE),
    qBits: bits === 32 ? 18 : 30,
    vBits: Math.max(top, 0),
    factors: factorsOf(
      thresholds.length,
      Math.max(top, 0) - top,
      [below, above].map(({ constant }) => constant * 2 ** fraction),
    ),
  };
}

/**
 * Of T thresholds: the bit of the interval that ends at tᵢ is bᵢ − bᵢ₋₁, so a sum over intervals has the difference of two
 * intervals' factors as that of a bit, and the last interval's as its constant.
 * @param shift of v's powers of two
 * @param ends what is added below t₀ and from the last threshold on, in ring units
 */
function factorsOf(T: number, shift: number, [low, high]: readonly number[]): WeightedSum[] {
  const inside = (factor: (steps: number) => number) =>
    Array.from({ length: T + 1 }, (_, i) => (i > 0 && i < T ? factor(T - 1 - i) : 0));
  const outside = [low, ...new Array(T - 1).fill(0), high];
  return [inside((steps) => 4 ** steps), inside((steps) => 2 ** (steps + shift)), outside].map((of) => {
    const factors = of.map((factor) => BigInt(Math.round(factor)));
    const weights = BigInt64Array.from(factors.slice(0, T), (factor, i) => factor - factors[i + 1]);
    return { weights, constant: factors[T] };
  });
}

/** Bits in which all that the ring can multiply is compared. */
const width = (at: { readonly bits: number }, fraction: number): number => at.bits - fraction;

/** Cost for `count` values. */
export function inverseSqrtOfManyCost(at: Setting, count: number, fraction: number, domain?: Domain): Cost {
  const { thresholds, sum, scale, qBits, vBits } = planFor(at.bits, fraction, domain);
  const one = openCost(at, count, true);
  return sequence(
    belowCost(at, count, width(at, fraction), thresholds.length),
    weightedBitsCost(at, count, thresholds.length),
    parallel(one, one),
    blindCost(at, count),
    wavesCost(at, count, harmonicsOf(sum)),
    truncateCost(at, count, scale - qBits),
    openCost(at, count, false),
    truncateCost(at, count, vBits + qBits - fraction),
    openCost(at, count, false),
  );
}

/** ⟨x⟩ → ⟨1/√x⟩, saturating outside the domain. Leaves x alone. @throws RangeError as inverseSqrt */
export function* inverseSqrtOfMany(rt: Runtime, x: Masked, domain?: Domain): Secure<Masked> {
  const plan = planFor(rt.ring.bits, x.fraction, domain);
  const { sum, scale, qBits } = plan;
  const rows = yield* below(rt, openedWords(x), 0, width(rt.ring, x.fraction), plan.thresholds);
  const [u, scaled, outside] = weightedBits(rt, rows, x.shape, plan.factors);
  const [v, base] = [atScale(scaled, plan.vBits), atScale(outside, x.fraction)];
  const [stretch, factor] = yield* together(open(rt, u, 'power of four'), open(rt, v, 'power of four'));
  const y = yield* blind(rt, multiply(rt, stretch, x), 'power of four');
  const waves = dealWaves(rt, y, x.fraction, sum.period, harmonicsOf(sum));
  const values = new Share(sumWaves(rt, waves, y, sum, scale - waves.scale), x.shape, scale, true);
  rt.free(y, waves.words, stretch);
  const middle = rt.first ? rt.words(x.size) : null;
  if (middle) rt.ring.fill(middle, MIDDLE * 2 ** qBits);
  const rounded = yield* truncate(rt, values, scale - qBits, new Share(middle, x.shape, qBits, true));
  const q = yield* open(rt, rounded, 'rescale');
  const product = multiply(rt, factor, q);
  rt.free(factor, q);
  const result = yield* truncate(rt, product, product.fraction - x.fraction, base);
  return yield* open(rt, result, 'rescale');
}
