/**
 * relu: [z] → ⟨max(0, z / 2^s)⟩ and ⟨z / 2^s ≥ 0⟩, truncation included. 4 rounds where k − s ≤ 37, else 5.
 *
 *   1      veil z: c = z + r
 *   2, 3   the sign of the truncated value, from bits s … k − 1 of c and r (compare.ts)
 *   4      select: open bit · z / 2^s
 *
 * SecureNN [Wagh, Gupta, Chandran 2019, section 3] builds ReLU from its derivative and a product in the same way,
 * with 10 rounds. The bit is kept for the way back, where `select` applies it to the gradient.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, type MaskedBit, type Share } from '../party/values.js';
import { isNegativeBits, isNegativeCost } from './compare.js';
import { type Cost, type Setting, sequence } from './cost.js';
import { veil, veilCost } from './open.js';
import { selectVeiled, selectVeiledCost } from './select.js';

export const reluCost = (at: Setting, count: number, s: number): Cost =>
  sequence(
    veilCost(at, count),
    isNegativeCost(at, count, at.bits - s),
    selectVeiledCost(at, count, s, true),
  );

/** ReLU and its derivative. */
export interface Relu {
  readonly value: Masked;
  /** ⟨1⟩ where the value is ≥ 0. */
  readonly positive: MaskedBit;
}

/** [z] → relu(z / 2^s); consumes z. */
export function* relu(rt: Runtime, z: Share, s = z.fraction - rt.fraction): Secure<Relu> {
  const c = yield* veil(rt, z, 'truncate');
  const negative = yield* isNegativeBits(rt, c, z.shape, s, rt.ring.bits - s);
  const positive = not(rt, negative);
  const value = yield* selectVeiled(rt, positive, c, z, s);
  return { value, positive };
}

/** ⟨b⟩ → ⟨1 − b⟩, in place: the argument must not be used again. Local. */
export function not(rt: Runtime, bit: MaskedBit): MaskedBit {
  if (bit.open) rt.ring.not(bit.open, bit.open);
  return bit;
}
