/**
 * relu with the last level of its comparison and its product in one: a round less than relu.ts, for more dealt words. The same
 * function, coins included. For rounding by s bits that blind leaves out (droppedBits), which all trainings of relu use.
 *
 *   1      blind z: c = z + r, the top w = k − s bits
 *   2      open what makes c, under r, the value under a mask (lift, truncate.ts); beside it the comparison's first level, and
 *          in ring 64 another round of it
 *   3      open the bit, for the way back, and beside it b·y, which bitProduct has made without it
 *
 * |z / 2^s| < 2^(w − 2) strictly, for c − r is a multiple of 2^s below 2^(k − 2). So bits w − 1 and w − 2 are alike, and w − 1 are compared.
 */
import { MAX_DIGIT_BITS } from '../../bindings/compare.js';
import { blocksFor, type Planes, type Words } from '../../bindings/memory.js';
import { planeAt } from '../../bindings/planes.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, MaskedBit } from '../party/values.js';
import type { Shape } from '../shape.js';
import { bitProduct, bitProductCost } from './bit-product.js';
import { addTopBit, Comparison, type OpenPairs } from './compare.js';
import { type Cost, dealing, opening, parallel, type Setting, sequence } from './cost.js';
import { lastGroup, planComparison, planCounts } from './digits.js';
import { droppedBits, open, openCost } from './open.js';
import { lift, liftCost, truncatedBound } from './truncate.js';

/** ReLU and its derivative. */
export interface Relu {
  readonly value: Masked;
  /** ⟨1⟩ where the value is > 0. */
  readonly positive: MaskedBit;
}

/** Whether relu can be joined where `s` bits are rounded off: not where its comparison has one level alone. */
export const joins = (bits: number, s: number): boolean =>
  s > 0 && droppedBits(bits, s) === s && bits - s - 2 > MAX_DIGIT_BITS;

const planOf = (bits: number, s: number) => planComparison(bits - s - 2, bits);

/** Cost from the blinded z on. */
export function joinedReluCost(at: Setting, count: number, s: number): Cost {
  const plane = blocksFor(count) * 16;
  const plan = planOf(at.bits, s);
  const { dealt, opened } = planCounts(plan);
  const last = opened.length - 1;
  const openings = opened.map((planes) => opening(at, planes * plane));
  return sequence(
    dealing(plane), // the mask's top bit
    ...dealt.map((planes) => dealing(planes * plane)),
    bitProductCost(at, count, lastGroup(plan)),
    parallel(liftCost(at, count, s), sequence(...openings.slice(0, last))),
    parallel(openings[last], openCost(at, count, true)),
  );
}

/** The same as reluBlinded (relu.ts), in a round less; consumes `c`. */
export function* joinedRelu(
  rt: Runtime,
  c: Words,
  z: { readonly shape: Shape; readonly fraction: number },
  s: number,
): Secure<Relu> {
  const { ring } = rt;
  const width = ring.bits - s - 1;
  const blocks = blocksFor(c.length);
  const minus = rt.words(c.length);
  ring.shr(minus, c, s);
  ring.neg(minus, minus);
  const bits = rt.planes(width, blocks);
  ring.toPlanes(bits, minus, 0);
  rt.free(minus);
  const sign = { ptr: planeAt(bits, width - 1), count: 1, blocks };
  const comparison = new Comparison(rt, planOf(ring.bits, s), blocks);
  const [y, pairs] = yield* together(lift(rt, c, z, s, 'lift'), lastPairs(rt, comparison, bits, sign));
  const product = bitProduct(rt, pairs, sign, y);
  rt.free(bits, y);
  const joined = comparison.join(pairs, [pairs.count]);
  const [value, bit] = yield* together(
    open(rt, product, 'select', truncatedBound(rt, s)),
    comparison.open(joined, 'bit'),
  );
  return { value, positive: new MaskedBit(bit.open, bit.mask, z.shape) };
}

/** The opened pairs of the last level, the sign added to the top one. */
function* lastPairs(rt: Runtime, comparison: Comparison, bits: Planes, sign: Planes): Secure<OpenPairs> {
  let pairs = comparison.digits(bits.ptr);
  const { levels } = comparison.plan;
  for (const groups of levels.slice(0, -1)) {
    pairs = comparison.join(yield* comparison.open(pairs, 'compare'), groups);
  }
  const { planes, count } = pairs;
  const top = planes && { ptr: planeAt(planes, count - 1), count: 1, blocks: sign.blocks };
  addTopBit(rt, top, sign);
  return yield* comparison.open(pairs, 'compare');
}
