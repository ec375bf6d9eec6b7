/**
 * piecewise: ⟨x⟩ → [f(x)] at the working scale, f given on intervals by trigonometric sums (fourier.ts) or constants.
 * 2 rounds (3 where the comparison takes w > 37 bits, 1 where it takes w ≤ 7), and one more to open the result.
 *
 *   1, 2   the bits h_i of t_{i−1} ≤ x < t_i (thresholds.ts); beside them every sum, evaluated everywhere, is blinded
 *   local  Σ h_i · S_i(x), truncation included (select-share.ts), plus h_i · constant
 *
 * Outside its interval a sum may have any value, since it is multiplied by a bit that is 0. So each interval has the sum
 * that suits it, the number of rounds does not depend on how many there are, and outside the domain f saturates.
 */
import type { Words } from '../../bindings/memory.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, type MaskedBit, Share } from '../party/values.js';
import { bitShare } from './bits.js';
import { type Cost, dealing, parallel, type Setting, sequence, wordBytes } from './cost.js';
import { dealWaves, sumWaves, type Waves, wavesCost } from './fourier.js';
import { blind, blindCost, open } from './open.js';
import { type Opened, openedOf } from './opened.js';
import { type Piecewise, type PiecewisePlan, planPiecewise, type WavePlan } from './piecewise-plan.js';
import { selectShare, selectShareCost } from './select-share.js';
import { below, belowCost, intervals } from './thresholds.js';

/**
 * Cost for `count` values with `fraction` fraction bits of one function, or of several with the same thresholds; the
 * results have `to`.
 */
export function piecewiseCost(
  at: Setting,
  count: number,
  fraction: number,
  f: Piecewise | readonly Piecewise[],
  to = fraction,
): Cost {
  const plans = [f].flat().map((one) => planPiecewise(at.bits, fraction, one as Piecewise, to));
  const { width, thresholds } = plans[0];
  const fresh = new Set(thresholds.concat(Infinity).keys());
  const terms = plans.flatMap(({ pieces }) =>
    pieces.map(({ sum, constant }, i) => {
      // the first to use a bit pays for its share
      const used = sum || constant !== 0 ? fresh.delete(i) : false;
      if (sum) return selectShareCost(at, count, sum.scale - to, used);
      return dealing(used ? wordBytes(at, count) : 0);
    }),
  );
  const sums = plans.flatMap(({ pieces }) => pieces.flatMap(({ sum }) => sum ?? []));
  return sequence(
    ...wavesOf(plans).map((waves) => wavesCost(at, count, waves.count)),
    parallel(belowCost(at, count, width, thresholds.length), ...sums.map(() => blindCost(at, count))),
    ...terms,
  );
}

/**
 * x → [f(x)] at `to` fraction bits. Leaves x alone.
 * @throws RangeError when a period or a value does not fit the ring
 */
export function* piecewise(rt: Runtime, x: Opened, f: Piecewise, to = rt.fraction): Secure<Share> {
  const [share] = yield* piecewiseAll(rt, x, [f], to);
  return share;
}

/** Several functions with the same thresholds, range and tolerance, of one x: waves and comparisons are shared. */
export function* piecewiseAll(
  rt: Runtime,
  x: Opened,
  functions: readonly Piecewise[],
  to = rt.fraction,
): Secure<Share[]> {
  const plans = functions.map((f) => planPiecewise(rt.ring.bits, x.fraction, f, to));
  const { low, width, thresholds } = plans[0];
  const sums = evaluateSums(rt, x, plans);
  const [rows, ...blinded] = yield* together(
    below(rt, x.words, low, width, thresholds),
    ...sums.map((words) => blind(rt, new Share(words, x.shape, 0, true), 'truncate')),
  );
  const bits = intervals(rt, rows, x.shape);
  const shares = plans.map(({ pieces }) => {
    const total = rt.zeros(x.words.length);
    const collect = (term: Share): void => {
      if (term.words) rt.ring.add(total, total, term.words);
      rt.free(term);
    };
    pieces.forEach(({ sum, constant }, i) => {
      if (sum) collect(selectShare(rt, bits[i], blinded.shift() as Words, x.shape, to, sum.scale - to));
      if (constant !== 0) collect(constantShare(rt, bits[i], constant));
    });
    return new Share(total, x.shape, to, false);
  });
  rt.free(...bits);
  return shares;
}

/** ⟨x⟩ or [x] → ⟨f(x)⟩ at the working scale; a share takes a round more and is consumed. */
export function* applyPiecewise(rt: Runtime, x: Masked | Share, f: Piecewise): Secure<Masked> {
  if (x instanceof Masked) return yield* open(rt, yield* piecewise(rt, openedOf(x), f), f.name);
  const { shape, fraction } = x;
  planPiecewise(rt.ring.bits, fraction, f, rt.fraction); // refuses before anything is sent
  const words = yield* blind(rt, x, f.name);
  const share = yield* piecewise(rt, { words, shape, fraction }, f);
  rt.free(words);
  return yield* open(rt, share, f.name);
}

/** What waves some plans need, each once. */
function wavesOf(plans: readonly PiecewisePlan[]): readonly WavePlan[] {
  const waves = new Map<string, WavePlan>();
  for (const { pieces } of plans) {
    for (const { sum } of pieces) if (sum) waves.set(keyOf(sum.waves), sum.waves);
  }
  return [...waves.values()];
}

const keyOf = ({ period, count }: WavePlan): string => `${period} ${count}`;

/** Every sum of every plan in order, a settled share each (null at the provider). */
function evaluateSums(rt: Runtime, x: Opened, plans: readonly PiecewisePlan[]): (Words | null)[] {
  const waves = new Map<string, Waves>();
  for (const wave of wavesOf(plans)) {
    waves.set(keyOf(wave), dealWaves(rt, x.words, x.fraction, wave.period, wave.count));
  }
  const sums: (Words | null)[] = [];
  for (const { sum: planned } of plans.flatMap(({ pieces }) => pieces)) {
    if (!planned) continue;
    const { sum, shift, scale } = planned;
    const wave = waves.get(keyOf(planned.waves)) as Waves;
    const delta = shift === 0 ? x.words : rt.copy(x.words);
    if (shift !== 0) rt.ring.addConst(delta, delta, -shift);
    sums.push(sumWaves(rt, wave, delta, sum, scale - wave.scale));
    if (shift !== 0) rt.free(delta);
  }
  for (const { words } of waves.values()) rt.free(words);
  return sums;
}

/** [h · constant]. */
function constantShare(rt: Runtime, bit: MaskedBit, constant: number): Share {
  const share = bitShare(rt, bit);
  if (share.words) rt.ring.scale(share.words, share.words, constant);
  return share;
}
