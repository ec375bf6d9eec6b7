/**
 * exp: ⟨x⟩ → ⟨eˣ⟩ for x ≤ max; 0 below −10 (ring 32) or −15 (ring 64), e^max above max (in ring 64 from max + 2⁻¹² on). 3
 * rounds. Range: all that can be multiplied; in ring 64 with fewer than 20 fraction bits |x| < 2^(35 − f + min(f, 13)).
 *
 * One set of waves serves all pieces: on (n − step, n] the value is eⁿ · E(x − n) with E = exp on [−21, 0] (ring 32) or
 * [−22, 0] (ring 64), so that the error is relative: a piece's error is that of E times eⁿ.
 */
import type { RingBits } from '../../bindings/ring.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { type Cost, type Setting, sequence } from './cost.js';
import { stretched } from './fourier.js';
import { EXP_32, EXP_64 } from './fourier-tables.js';
import { openCost } from './open.js';
import { applyPiecewise, piecewiseCost } from './piecewise.js';
import type { Piece, Piecewise } from './piecewise-plan.js';

/** exp on a domain that ends at 0, as a sum. */
export const expSum = (bits: RingBits) => (bits === 32 ? EXP_32 : EXP_64);

/** Where exp is taken to be 0 from there on down. */
export const expFloor = (bits: RingBits): number => (bits === 32 ? -10 : -15);

/**
 * How exact the comparisons are: in ring 64 they leave out the bits below 2⁻¹³, so that 37 bits hold all that can be
 * multiplied with 20 fraction bits. Neighbouring pieces agree there, except for the last, which therefore begins later by
 * as much.
 */
const toleranceOf = (bits: RingBits): number => (bits === 32 ? 0 : 2 ** -13);

/** Width of the pieces above 0. */
const stepOf = (bits: RingBits): number => (bits === 32 ? 1 : 2);

/** Largest x by default: as far as e^x can still be multiplied, 10 at most (ring 32 with 12 fraction bits: 4). */
export function expMax(bits: RingBits, fraction: number): number {
  const step = stepOf(bits);
  let max = 0;
  while (max + step <= 10 && powerOfE(max + step) < valueLimit(bits, fraction)) max += step;
  return max;
}

/** eⁿ, the same on every machine. */
export function powerOfE(n: number): number {
  let power = 1;
  for (let i = 0; i < n; i++) power *= Math.E;
  return power;
}

/** What the ring can multiply. */
const valueLimit = (bits: RingBits, fraction: number): number => 2 ** (bits - 2 - 2 * fraction);

const known = new Map<string, Piecewise>();

/**
 * exp as a piecewise function.
 * @param max a multiple of the pieces' width (1 in ring 32, 2 in ring 64), 0 ≤ max, e^max < 2^(k − 2 − 2f)
 * @throws RangeError for other values of max
 */
export function expPieces(bits: RingBits, fraction: number, max = expMax(bits, fraction)): Piecewise {
  const key = `${bits} ${fraction} ${max}`;
  const step = stepOf(bits);
  if (!(max >= 0 && Number.isInteger(max / step))) {
    throw new RangeError(
      `exp: the largest argument must be a multiple of ${step} in ring ${bits}, got ${max}`,
    );
  }
  const limit = valueLimit(bits, fraction);
  if (max > 0 && !(Math.exp(max) < limit)) {
    throw new RangeError(
      `exp: e^${max} does not fit ring ${bits} with ${fraction} fraction bits (below ${limit}): ` +
        (bits === 32 ? 'use ring 64, or a smaller max' : 'use a smaller max'),
    );
  }
  const thresholds = [expFloor(bits)];
  const pieces: Piece[] = [{ constant: 0 }];
  for (let n = 0; n <= max; n += step) {
    const top = powerOfE(n);
    thresholds.push(n);
    pieces.push({
      sum: stretched(expSum(bits), 0, top),
      shift: n,
      least: n === 0 ? 0 : top / powerOfE(step),
      most: top,
    });
  }
  pieces.push({ constant: powerOfE(max) });
  const tolerance = toleranceOf(bits);
  thresholds[thresholds.length - 1] += tolerance;
  const made = known.get(key) ?? { name: 'exp', thresholds, pieces, tolerance };
  known.set(key, made);
  return made;
}

/** Cost for `count` masked values. */
export const expCost = (at: Setting, count: number, fraction: number, max?: number): Cost =>
  sequence(piecewiseCost(at, count, fraction, expPieces(at.bits, fraction, max)), openCost(at, count, false));

/** ⟨x⟩ or [x] → ⟨eˣ⟩. */
export const exp = (rt: Runtime, x: Masked | Share, max?: number): Secure<Masked> =>
  applyPiecewise(rt, x, expPieces(rt.ring.bits, rt.fraction, max));
