/**
 * relu: [z] → ⟨max(0, z / 2^s)⟩ and ⟨z / 2^s > 0⟩, truncation included. 4 rounds where k − s ≤ 37, else 5.
 *
 *   1      blind z: c = z + r, the top k − s bits
 *   2, 3   the sign of minus the truncated value, from (c ≫ s) and (r ≫ s), both negated (compare.ts)
 *   4      select: open bit · z / 2^s
 *
 * The bit is relu's derivative with relu'(0) = 0, as everywhere in machine learning.
 * SecureNN [Wagh, Gupta, Chandran 2019, section 3] builds ReLU from its derivative and a product in the same way,
 * with 10 rounds. Sessions with `fewRounds` take one less (relu-joined.ts). The bit is kept for the way back, where `select` applies it to the gradient.
 */
import type { Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, MaskedBit, Share } from '../party/values.js';
import type { Shape } from '../shape.js';
import { isNegative, isNegativeBits, isNegativeCost } from './compare.js';
import { type Cost, type Setting, sequence } from './cost.js';
import { neg } from './linear.js';
import { blind, blindCost, droppedBits } from './open.js';
import { joinedRelu, joinedReluCost, joins, type Relu } from './relu-joined.js';
import { selectBlinded, selectBlindedCost } from './select.js';

export const reluCost = (at: Setting, count: number, s: number): Cost =>
  sequence(blindCost(at, count, droppedBits(at.bits, s)), reluBlindedCost(at, count, s));

/** [z] → relu(z / 2^s); consumes z. */
export function* relu(rt: Runtime, z: Share, s = z.fraction - rt.fraction): Secure<Relu> {
  const c = yield* blind(rt, z, 'truncate', droppedBits(rt.ring.bits, s));
  rt.watcher?.watch(c, z.fraction);
  return yield* reluBlinded(rt, c, z, s);
}

/** Cost of the second half of relu, from the blinded z on. */
export const reluBlindedCost = (at: Setting, count: number, s: number): Cost =>
  at.fewRounds && joins(at.bits, s)
    ? joinedReluCost(at, count, s)
    : sequence(isNegativeCost(at, count, at.bits - s), selectBlindedCost(at, count, s, true));

/** The same from the blinded z on; consumes `c`. 3 rounds, or 4; one less where the session asks for few rounds. */
export function* reluBlinded(
  rt: Runtime,
  c: Words,
  z: { readonly shape: Shape; readonly fraction: number },
  s: number,
): Secure<Relu> {
  if (rt.fewRounds && joins(rt.ring.bits, s)) return yield* joinedRelu(rt, c, z, s);
  const minus = rt.words(c.length);
  rt.ring.shr(minus, c, s);
  rt.ring.neg(minus, minus);
  const positive = yield* isNegativeBits(rt, minus, z.shape, 0, rt.ring.bits - s);
  rt.free(minus);
  const value = yield* selectBlinded(rt, positive, c, z, s);
  return { value, positive };
}

/** ⟨x⟩ → ⟨x > 0⟩, without truncation: the sign of −x. */
export function* isPositive(rt: Runtime, x: Masked): Secure<MaskedBit> {
  const minus = neg(rt, x);
  const positive = yield* isNegative(rt, minus);
  rt.free(minus);
  return positive;
}

/** ⟨b⟩ → ⟨1 − b⟩, in place: the argument must not be used again. Local. */
export function not(rt: Runtime, bit: MaskedBit): MaskedBit {
  if (bit.open) rt.ring.not(bit.open, bit.open);
  return bit;
}
