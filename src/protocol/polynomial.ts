/**
 * polynomial: ⟨x⟩ → [p(x)], p(x) = a₀ + a₁x + … + a_d x^d with public coefficients.
 *
 * Directly, without a round: p(Δ − δ) = Σ_t g_t(Δ)·δ^t with g_t = (−1)^t p^(t)/t!, given [δ²] … [δ^(d−1)]; the term
 * of δ^d is the provider's summand. Coefficients become integers A_j = a_j·2^(S − jf) for a scale S of the result.
 * The budget is S + bits(p) < k − 2 on the domain. Where the coefficients do not become integers closely enough
 * within it, the value is computed in stages: powers of x by products, 2 rounds a level, then their public
 * combination at the scale 2f. Then all powers and p itself must stay within 2^(k − 2 − 2f) on the domain.
 */
import type { Words } from '../../bindings/memory.js';
import { taylorTable } from '../../bindings/polynomial.js';
import type { Secure } from '../party/program.js';
import { together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { type Cost, dealing, free, parallel, type Setting, sequence, wordBytes } from './cost.js';
import { integers } from './encode.js';
import { asShare, mapMasked } from './linear.js';
import { multiply } from './multiply.js';
import { rescale, rescaleCost } from './truncate.js';

/** Coefficients a₀ … a_d. */
export type Polynomial = readonly number[];

/** The domain when none is given: |x| < 4. */
export const DEFAULT_DOMAIN = 4;

export const derivative = (p: Polynomial): Polynomial =>
  p.length > 1 ? p.slice(1).map((a, i) => a * (i + 1)) : [0];

/** p without leading zeros. */
function trim(p: Polynomial): Polynomial {
  let length = p.length;
  while (length > 1 && p[length - 1] === 0) length--;
  return p.slice(0, length);
}

/** Bound of |p(x)| for |x| < domain. */
const bound = (p: Polynomial, domain: number): number =>
  p.reduce((sum, a, j) => sum + Math.abs(a) * domain ** j, 0);

interface Direct {
  readonly scale: number;
  readonly coefficients: readonly bigint[];
}

/** The smallest scale at which p's coefficients are integers to half a unit in the last place, if it fits. */
function planDirect(p: Polynomial, bits: number, f: number, domain: number): Direct | null {
  const d = p.length - 1;
  for (let scale = Math.max(f, 1); scale <= bits - 3; scale++) {
    if (bound(p, domain) * 2 ** scale >= 2 ** (bits - 2)) return null;
    const exact = p.map((a, j) => a * 2 ** (scale - j * f));
    const rounded = exact.map(Math.round);
    const error = exact.reduce((sum, a, j) => sum + Math.abs(a - rounded[j]) * (domain * 2 ** f) ** j, 0);
    if (error * 2 ** -scale <= 2 ** -(f + 1) && (d === 0 || rounded[d] !== 0)) {
      return { scale, coefficients: rounded.map(BigInt) };
    }
  }
  return null;
}

/** @throws RangeError when p does not fit the ring for |x| < domain, directly or in stages */
export function checkPolynomial(p: Polynomial, bits: number, f: number, domain = DEFAULT_DOMAIN): void {
  const q = trim(p);
  if (planDirect(q, bits, f, domain)) return;
  const largest = Math.max(bound(q, domain), domain ** (q.length - 1));
  if (largest > 2 ** (bits - 2 - 2 * f)) {
    throw new RangeError(
      `polynomial: degree ${q.length - 1} for |x| < ${domain} does not fit ring ${bits} with ${f} fraction bits: ` +
        `use ${bits === 32 ? 'ring 64, ' : ''}a lower degree or a smaller domain`,
    );
  }
}

/** Cost for `count` values, without the rescale of the result. */
export function polynomialCost(
  at: Setting,
  count: number,
  p: Polynomial,
  f: number,
  domain = DEFAULT_DOMAIN,
): Cost {
  const q = trim(p);
  const d = q.length - 1;
  if (planDirect(q, at.bits, f, domain)) return dealing(Math.max(0, d - 2) * wordBytes(at, count));
  let cost = free;
  for (let known = 1; known < d; known *= 2) {
    const made = Math.min(known, d - known);
    cost = sequence(cost, parallel(...Array.from({ length: made }, () => rescaleCost(at, count, f))));
  }
  return cost;
}

/** ⟨x⟩ → [p(x)] at a higher scale (or at the scale of x), ready to be rescaled. Leaves x alone; |x| < domain. */
export function* polynomial(rt: Runtime, x: Masked, p: Polynomial, domain = DEFAULT_DOMAIN): Secure<Share> {
  const q = trim(p);
  const plan = planDirect(q, rt.ring.bits, x.fraction, domain);
  if (plan) return direct(rt, x, plan);
  checkPolynomial(q, rt.ring.bits, x.fraction, domain);
  return yield* staged(rt, x, q);
}

/** Two polynomials of one value, side by side. */
export const polynomialPair = (
  rt: Runtime,
  x: Masked,
  p: Polynomial,
  q: Polynomial,
): Secure<[Share, Share]> => together(polynomial(rt, x, p), polynomial(rt, x, q));

function direct(rt: Runtime, x: Masked, { scale, coefficients }: Direct): Share {
  const { ring } = rt;
  const d = coefficients.length - 1;
  const out = rt.zeros(x.size);
  const horner = (t: number, factor: Words | null) => {
    if (!x.delta) return;
    const table = taylorTable([...coefficients], t);
    const words = integers(rt, table);
    ring.hornerMulAdd(out, x.delta, words, factor);
    rt.free(words);
  };
  if (rt.first) horner(0, null);
  let power = rt.isProvider ? rt.copy(x.mask) : null;
  for (let t = 1; t < d; t++) {
    if (t === 1) {
      horner(1, x.mask);
      continue;
    }
    const dealt = rt.deal(x.size, () => raise(rt, power as Words, x.mask));
    horner(t, dealt);
    if (rt.isProvider) power = dealt;
    else rt.free(dealt);
  }
  if (power && d > 0) {
    if (d > 1) power = raise(rt, power, x.mask);
    // the leading term: g_d is a constant
    const words = integers(rt, taylorTable([...coefficients], d));
    ring.hornerMulAdd(out, power, words, power);
    rt.free(words);
  }
  rt.free(power);
  return new Share(out, x.shape, scale, false);
}

/** power · δ; consumes power. */
function raise(rt: Runtime, power: Words, mask: Words): Words {
  rt.ring.mul(power, power, mask);
  return power;
}

function* staged(rt: Runtime, x: Masked, p: Polynomial): Secure<Share> {
  const d = p.length - 1;
  const f = x.fraction;
  const powers: Masked[] = [x];
  while (powers.length < d) {
    const known = powers.length;
    const made = Math.min(known, d - known);
    const next = Array.from({ length: made }, (_, i) =>
      rescale(rt, multiply(rt, powers[known - 1], powers[i]), f),
    );
    powers.push(...(yield* together(...next)));
  }
  const scaled = powers.map((power, i) => {
    const coefficient = Math.round(p[i + 1] * 2 ** f);
    return mapMasked(rt, power, power.shape, (out, a) => rt.ring.scale(out, a, coefficient), 2 * f);
  });
  const sum = scaled.reduce((total, term) => {
    rt.ring.add(total.mask, total.mask, term.mask);
    if (total.delta && term.delta) rt.ring.add(total.delta, total.delta, term.delta);
    rt.free(term);
    return total;
  });
  if (sum.delta) {
    const constant = integers(rt, [BigInt(Math.round(p[0] * 2 ** (2 * f)))]);
    rt.ring.addRow(sum.delta, sum.delta, constant, sum.size, 1);
    rt.free(constant);
  }
  const share = asShare(rt, sum);
  rt.free(sum, ...powers.slice(1));
  return share;
}
