/**
 * sigmoid, tanh: [z] → ⟨σ(z)⟩ at the working scale, and its derivative when asked. 3 rounds.
 *
 * A sum of sines of a masked value is local: with x = c − r opened under the provider's mask r (veil),
 * sin ωx = sin ωc · [cos ωr] − cos ωc · [sin ωr], and both brackets are dealt. So, for the period P = 32,
 *
 *   σ(x) = ½ + Σⱼ bⱼ sin(2πjx/P),   σ'(x) = Σⱼ bⱼ (2πj/P) cos(2πjx/P)     for |x| ≤ 12
 *
 * with b fitted by least squares on a uniform grid of [0, 12]. Measured errors on the domain: 12 terms (ring 32)
 * 2.3·10⁻⁴ in σ and 2.7·10⁻³ in σ'; 20 terms (ring 64) 1.3·10⁻⁶ and 4.1·10⁻⁵. The sum is periodic: beyond |x| = 12 it
 * leaves σ, and beyond 16 it is wrong. tanh(x) = 2σ(2x) − 1 for |x| ≤ 6. The shares come out at a high scale and
 * take one rescale, value and derivative side by side.
 */
import type { Words } from '../../bindings/memory.js';
import { together, type Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { type Cost, dealing, parallel, type Setting, sequence, wordBytes } from './cost.js';
import { veil, veilCost } from './open.js';
import { rescale, rescaleCost } from './truncate.js';

const TWELVE = [
  0.601800823273,
  -0.00485284442187,
  0.12914982537,
  0.00133068634782,
  0.0310532403584,
  0.00710046458897,
  0.00298435550212,
  0.00651845864281,
  -0.00181162396019,
  0.00311936317148,
  -0.000809912346113,
  0.000751115081583,
];
const TWENTY = [
  0.602231211523,
  -0.00527625405004,
  0.128836413547,
  0.00316192077431,
  0.0271301907239,
  0.0132899264295,
  -0.00517761044798,
  0.0159590482632,
  -0.0116125802039,
  0.0123591544924,
  -0.00876125220134,
  0.00700186747682,
  -0.00446339207231,
  0.0029490268423,
  -0.00161860051264,
  0.000884637050229,
  -0.000390604227587,
  0.000166743066547,
  -0.0000490333773017,
  0.0000135864320492,
];

/** log2 of the period. */
const PERIOD_BITS = 5;

/** Scales of the public and the dealt factor; their sum leaves two bits below 2^(k−2). */
const scaleBits = (bits: 32 | 64): number => (bits === 32 ? 14 : 28);

const terms = (bits: 32 | 64): readonly number[] => (bits === 32 ? TWELVE : TWENTY);

/** What of the curve is wanted: a·σ(x·2^shift) + constant, and the factor of its derivative. */
interface Curve {
  readonly shift: number;
  readonly constant: number;
  readonly factor: number;
}

const SIGMOID: Curve = { shift: 0, constant: 0.5, factor: 1 };
const TANH: Curve = { shift: 1, constant: 0, factor: 2 };

export interface Pair {
  readonly value: Masked;
  readonly slope: Masked | null;
}

/** Cost for `count` values; with `slope` the derivative too. */
export function sigmoidCost(at: Setting, count: number, fraction: number, slope: boolean): Cost {
  const s = 2 * scaleBits(at.bits) - fraction;
  const out = rescaleCost(at, count, s);
  return sequence(
    veilCost(at, count),
    dealing(wordBytes(at, count) * 2 * terms(at.bits).length),
    slope ? parallel(out, out) : out,
  );
}

/** [z] → ⟨σ(z)⟩; consumes z. |z| ≤ 12. */
export const sigmoidPair = (rt: Runtime, z: Share, slope: boolean): Secure<Pair> => curve(rt, z, slope, SIGMOID);

/** [z] → ⟨tanh z⟩; consumes z. |z| ≤ 6. */
export const tanhPair = (rt: Runtime, z: Share, slope: boolean): Secure<Pair> => curve(rt, z, slope, TANH);

function* curve(rt: Runtime, z: Share, withSlope: boolean, curve: Curve): Secure<Pair> {
  const { ring } = rt;
  const { shape, size } = z;
  const periodBits = PERIOD_BITS + z.fraction - curve.shift;
  if (periodBits > ring.bits) {
    throw new RangeError(`sigmoid: ${z.fraction} fraction bits and the period do not fit ${ring.bits} bits`);
  }
  const scale = scaleBits(ring.bits);
  const c = yield* veil(rt, z, 'sigmoid');
  const value = rt.zeros(size);
  const slope = withSlope ? rt.zeros(size) : null;
  terms(ring.bits).forEach((b, i) => {
    const harmonic = i + 1;
    const sine = rt.words(size);
    const cosine = rt.words(size);
    if (rt.isProvider) ring.sinCos(sine, cosine, c, harmonic, periodBits, scale);
    const dealtSine = rt.deal(size, () => sine);
    const dealtCosine = rt.deal(size, () => cosine);
    if (!rt.isProvider) {
      rt.free(sine, cosine);
      const factor = curve.factor * b;
      ring.trigAdd(value, c, dealtSine, dealtCosine, harmonic, periodBits, scale, factor);
      const omega = (factor * 2 * Math.PI * harmonic * 2 ** curve.shift) / 2 ** PERIOD_BITS;
      if (slope) ring.cosAdd(slope, c, dealtSine, dealtCosine, harmonic, periodBits, scale, omega);
    }
    rt.free(dealtSine, dealtCosine);
  });
  rt.free(c);
  if (rt.first && curve.constant !== 0) addConstant(rt, value, curve.constant, scale);
  const asShare = (words: typeof value) => {
    if (!rt.isProvider) return new Share(words, shape, 2 * scale, true);
    rt.free(words);
    return new Share(null, shape, 2 * scale, true);
  };
  if (!slope) return { value: yield* rescale(rt, asShare(value)), slope: null };
  const [first, second] = yield* together(rescale(rt, asShare(value)), rescale(rt, asShare(slope)));
  return { value: first, slope: second };
}

/** words += constant · 2^(2 · scale), which may be more than a number holds exactly. */
function addConstant(rt: Runtime, words: Words, constant: number, scale: number): void {
  const term = rt.words(words.length);
  rt.ring.fill(term, constant * 2 ** scale);
  rt.ring.shl(term, term, scale);
  rt.ring.add(words, words, term);
  rt.free(term);
}
