/**
 * and: m masked bits → their product, as a masked bit. 1 round for m ≤ 4, 2 for m ≤ 16, and so on.
 *
 * ∏ (c_j ⊕ r_j) is local given the dealt products of two or more masks r_j. Groups of up to four at a time.
 */
import { andCount } from '../../bindings/compare.js';
import { blocksFor, type Planes } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { MaskedBit } from '../party/values.js';
import type { Shape } from '../shape.js';
import { type Cost, dealing, opening, type Setting, sequence } from './cost.js';

const ARITY = 4;

/** Sizes of the groups that `count` bits are joined in, as even as can be. */
function groupsOf(count: number, arity: number): number[] {
  const groups = Math.ceil(count / arity);
  return Array.from({ length: groups }, (_, g) => Math.floor(count / groups) + (g < count % groups ? 1 : 0));
}

export function andCost(at: Setting, values: number, bits: number, arity = ARITY): Cost {
  const plane = blocksFor(values) * 16;
  const costs: Cost[] = [];
  for (let count = bits; count > 1; count = Math.ceil(count / arity)) {
    const products = groupsOf(count, arity).reduce((sum, m) => sum + andCount(m), 0);
    costs.push(dealing(products * plane), opening(at, Math.ceil(count / arity) * plane));
  }
  return sequence(...costs);
}

/**
 * ⟨b₀⟩ … ⟨b_{m−1}⟩ → ⟨∏ b_j⟩.
 * @param bits m planes, one after the other (public and mask alike); consumed
 * @param shape of the result, one value a bit of a plane
 * @param arity most bits joined at once, 2 to 8: more take fewer rounds and deal 2^m products each
 */
export function* and(
  rt: Runtime,
  bits: { open: Planes | null; mask: Planes },
  shape: Shape,
  arity = ARITY,
): Secure<MaskedBit> {
  let { open, mask } = bits;
  const { blocks } = mask;
  while (mask.count > 1) {
    const groups = groupsOf(mask.count, arity);
    const products = rt.dealPlanes(
      groups.reduce((sum, m) => sum + andCount(m), 0),
      blocks,
      dealProducts(rt, mask, groups),
    );
    const share = open && localProducts(rt, open, mask, products, groups);
    rt.free(open, mask, products);
    mask = rt.maskPlanes(groups.length, blocks);
    if (share) rt.ring.xor(share, share, mask);
    yield [{ ptr: share?.ptr ?? 0, bytes: groups.length * blocks * 16, join: 'xor', label: 'and' }];
    open = share;
  }
  return new MaskedBit(open, mask, shape);
}

const dealProducts = (rt: Runtime, mask: Planes, groups: readonly number[]) => (): Planes => {
  const { blocks } = mask;
  const out = rt.planes(
    groups.reduce((sum, m) => sum + andCount(m), 0),
    blocks,
  );
  let [from, to] = [mask.ptr, out.ptr];
  for (const m of groups) {
    rt.ring.andDeal(to, from, m, blocks);
    from += m * blocks * 16;
    to += andCount(m) * blocks * 16;
  }
  return out;
};

function localProducts(
  rt: Runtime,
  open: Planes,
  mask: Planes,
  products: Planes,
  groups: readonly number[],
): Planes {
  const { blocks } = mask;
  const out = rt.planes(groups.length, blocks);
  let [bit, product] = [0, products.ptr];
  groups.forEach((m, g) => {
    const at = bit * blocks * 16;
    rt.ring.andParty(out.ptr + g * blocks * 16, open.ptr + at, mask.ptr + at, product, m, blocks, rt.first);
    bit += m;
    product += andCount(m) * blocks * 16;
  });
  return out;
}
