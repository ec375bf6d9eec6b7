/**
 * sqrt: ⟨x⟩ → ⟨√x⟩ for 0 ≤ x ≤ high; negative x give 0. inverseSqrt: ⟨x⟩ → ⟨1/√x⟩ for low ≤ x ≤ high, saturating
 * outside. log: ⟨x⟩ → ⟨ln x⟩ likewise. 3 rounds each, in pieces [4ʲ, 4ʲ⁺¹), see powers-of-four.ts.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { type Cost, type Setting, sequence } from './cost.js';
import { openCost } from './open.js';
import { applyPiecewise, piecewiseCost } from './piecewise.js';
import { type Domain, type PositiveFunction, piecesByPowersOfFour } from './powers-of-four.js';

const costOf =
  (name: PositiveFunction) =>
  (at: Setting, count: number, fraction: number, domain?: Domain): Cost =>
    sequence(
      piecewiseCost(at, count, fraction, piecesByPowersOfFour(name, at.bits, fraction, domain)),
      openCost(at, count, false),
    );

const programOf =
  (name: PositiveFunction) =>
  (rt: Runtime, x: Masked | Share, domain?: Domain): Secure<Masked> =>
    applyPiecewise(rt, x, piecesByPowersOfFour(name, rt.ring.bits, rt.fraction, domain));

/** ⟨x⟩ or [x] → ⟨√x⟩; by default for all x from 0 to 64 (ring 32) or 4,096 (ring 64). */
export const sqrt = programOf('sqrt');
export const sqrtCost = costOf('sqrt');

/** ⟨x⟩ or [x] → ⟨1/√x⟩; by default for x from 2⁻⁸ to 64 (ring 32) or 2⁻¹² to 4,096 (ring 64). */
export const inverseSqrt = programOf('inverseSqrt');
export const inverseSqrtCost = costOf('inverseSqrt');

/** ⟨x⟩ or [x] → ⟨ln x⟩; by default for x from one unit to 64 (ring 32) or 4,096 (ring 64). */
export const log = programOf('log');
export const logCost = costOf('log');
