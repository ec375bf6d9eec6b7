/**
 * bitProduct: the opened pairs of a comparison's last level, ⟨y⟩ → [b·y] for its result b, without another opening.
 * Local, given what is dealt.
 *
 * Pairs (lt_d, eq_d) of D digits are public bits under masks λ_d, ε_d that the provider knows. The sign t = T ⊕ τ, T public
 * and τ the provider's, was added to the top digit: g = lt_{D−1} ⊕ t, under the mask γ. Where eq_{D−1} = 1, lt_{D−1} = 0 and so
 * g = t. Hence, as integers,
 *
 *   b = g + (1 − 2T)·(1 − 2τ)·eq_{D−1}·X,   X = lt_{D−2} + eq_{D−2}·(lt_{D−3} + …)
 *
 * since of the summands of X one at most is 1. For each product m of masks that occurs when this is multiplied out, γ and (1 − 2τ)
 * times the others, the provider deals [m] and [m·δ], so that [m·y] = Δ·[m] − [m·δ]; and with bit = c ⊕ r,
 *
 *   bit·v = c ? v − r·v : r·v
 *
 * puts them together, from the lowest digit up. 2·(3·2^(D−1) − 1) words a value.
 */
import { blocksFor, type Planes, type Words } from '../../bindings/memory.js';
import { planeAt } from '../../bindings/planes.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import type { OpenPairs } from './compare.js';
import { type Cost, dealing, type Setting, wordBytes } from './cost.js';
import { bitProductWords } from './digits.js';
import { own } from './linear.js';

/** Cost for `count` values and pairs of D digits. */
export const bitProductCost = (at: Setting, count: number, D: number): Cost =>
  dealing(wordBytes(at, count) * bitProductWords(D));

/** A product of masks: λ of a digit, if any, and ε of the digits whose bits are set in `equal`. */
interface Term {
  readonly less: number | null;
  readonly equal: number;
}

/** The products that are dealt with the sign, in order; γ alone comes after them. */
function termsOf(D: number): Term[] {
  /** Sets of the digits from `d` to D − 1. */
  const sets = (d: number) => Array.from({ length: 2 ** (D - d) }, (_, set) => set << d);
  return [
    ...sets(1).map((equal) => ({ less: null, equal })),
    ...Array.from({ length: D - 1 }, (_, less) => less).flatMap((less) =>
      sets(less + 1).map((equal) => ({ less, equal })),
    ),
  ];
}

/** Planes lt_0 … lt_{D−1}, eq_1 … eq_{D−1}, as a comparison has them. */
class PairPlanes {
  constructor(
    readonly planes: Planes,
    readonly D: number,
  ) {}

  less(d: number): Planes {
    return this.#plane(d);
  }

  equal(d: number): Planes {
    return this.#plane(this.D + d - 1);
  }

  #plane(j: number): Planes {
    return { ptr: planeAt(this.planes, j), count: 1, blocks: this.planes.blocks };
  }
}

/**
 * [b·y] at the scale of y; leaves all arguments alone.
 * @param pairs those that the last level would join, the sign added to lt_{D−1}
 * @param sign the plane of T, at the provider of τ
 */
export function bitProduct(rt: Runtime, pairs: OpenPairs, sign: Planes, y: Masked): Share {
  const dealt = rt.deal(y.size * bitProductWords(pairs.count), () => products(rt, pairs, sign, y.mask));
  if (!rt.isProvider) assemble(rt, pairs, sign, y, dealt);
  const words = rt.isProvider ? null : rt.copy(rt.part(dealt, 0, y.size));
  rt.free(dealt);
  return new Share(words, y.shape, y.fraction, true);
}

/** At the provider: m and m·δ for every product m, one after the other. */
function products(rt: Runtime, pairs: OpenPairs, sign: Planes, mask: Words): Words {
  const { ring } = rt;
  const { length } = mask;
  const masks = new PairPlanes(pairs.mask, pairs.count);
  const terms = termsOf(pairs.count);
  const out = rt.words(2 * (terms.length + 1) * length);
  const plane = rt.planes(1, blocksFor(length));
  const signs = rt.words(length); // 1 − 2τ
  ring.fromPlane(signs, sign);
  ring.scale(signs, signs, -2);
  ring.addConst(signs, signs, 1);
  const deal = (i: number, factors: readonly Planes[]): void => {
    const [m, times] = [0, 1].map((k) => rt.part(out, (2 * i + k) * length, length));
    const [first, ...others] = factors;
    if (!first) ring.copy(m, signs);
    else {
      ring.and(plane, first, first);
      for (const factor of others) ring.and(plane, plane, factor);
      ring.fromPlane(m, plane);
      if (i < terms.length) ring.mul(m, m, signs);
    }
    ring.mul(times, m, mask);
  };
  terms.forEach(({ less, equal }, i) => {
    const digits = Array.from({ length: pairs.count }, (_, d) => d).filter((d) => (equal >> d) & 1);
    deal(i, [...(less === null ? [] : [masks.less(less)]), ...digits.map((d) => masks.equal(d))]);
  });
  deal(terms.length, [masks.less(pairs.count - 1)]);
  rt.free(plane, signs);
  return out;
}

/** At a party: b·y from the dealt words, in their first part. */
function assemble(rt: Runtime, pairs: OpenPairs, sign: Planes, y: Masked, dealt: Words): void {
  const { ring } = rt;
  const D = pairs.count;
  const delta = y.delta as Words;
  const { length } = delta;
  const open = new PairPlanes(pairs.open as Planes, D);
  const terms = termsOf(D);
  const at = (i: number): Words => rt.part(dealt, 2 * i * length, length);
  for (let i = 0; i <= terms.length; i++) {
    ring.mul(at(i), at(i), delta);
    ring.sub(at(i), at(i), rt.part(dealt, (2 * i + 1) * length, length));
  }
  const of = (less: number | null, equal: number): Words =>
    at(terms.findIndex((term) => term.less === less && term.equal === equal));
  /** X·∏ ε of the digits of a set, so far as the digits have been taken up: in the words of λ_0. */
  const sum = (equal: number): Words => of(0, equal);
  for (let d = 0; d < D - 1; d++) {
    for (const { less, equal } of terms) {
      if (less !== d) continue;
      // lt_d·∏ ε, and on top of it eq_d times what stands for the lower digits
      const term = of(d, equal);
      ring.unmaskBit(term, open.less(d), of(null, equal), term);
      if (d === 0) continue;
      ring.unmaskBit(sum(equal), open.equal(d), sum(equal), sum(equal | (1 << d)));
      ring.add(sum(equal), sum(equal), term);
    }
  }
  const result = at(0);
  const top = at(terms.length);
  ring.unmaskBit(top, open.less(D - 1), own(rt, y), top);
  const rest = sum(0);
  ring.unmaskBit(rest, open.equal(D - 1), rest, sum(1 << (D - 1)));
  const zero = rt.zeros(length);
  ring.unmaskBit(rest, sign, zero, rest); // times 1 − 2T
  rt.free(zero);
  ring.add(result, top, rest);
}
