/**
 * clip: [z] → [min(max(z, −bound), bound)] at the scale of z. Opened once, two comparisons side by side, then a
 * selection: 3 rounds (ring 64: 4).
 *
 *   z + [z > bound]·(bound − z) + [z < −bound]·(−bound − z)
 */
import { type Secure, together } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { type Masked, Share } from '../../party/values.js';
import { isNegative } from '../../protocol/compare.js';
import { asShare, mapMasked } from '../../protocol/linear.js';
import { open } from '../../protocol/open.js';
import { multiplyBit } from '../../protocol/select.js';

/** @param bound in the units of z; consumes z */
export function* clip(rt: Runtime, z: Share, bound: number): Secure<Share> {
  const limit = Math.min(Math.round(bound * 2 ** z.fraction), 2 ** (rt.ring.bits - 2) - 1);
  const x = yield* open(rt, z, 'clip');
  rt.watcher?.watch(x.delta ?? x.mask, z.fraction);
  const above = shifted(rt, x, -1, limit);
  const below = shifted(rt, x, -1, -limit);
  const under = shifted(rt, x, 1, limit);
  const [high, low] = yield* together(isNegative(rt, above), isNegative(rt, under));
  const sum = asShare(rt, x);
  const total = [multiplyBit(rt, high, above), multiplyBit(rt, low, below)].reduce((a, b) => {
    if (a.words && b.words) rt.ring.add(a.words, a.words, b.words);
    const words = a.words ?? b.words;
    if (a.words) rt.free(b);
    return new Share(words, a.shape, a.fraction, a.settled && b.settled);
  }, sum);
  rt.free(x, above, below, under, high, low);
  return total;
}

/** sign·x + constant, with a public integer constant. */
function shifted(rt: Runtime, x: Masked, sign: 1 | -1, constant: number): Masked {
  const y = mapMasked(rt, x, x.shape, (out, a) => (sign < 0 ? rt.ring.neg(out, a) : rt.ring.copy(out, a)));
  if (y.delta) rt.ring.addConst(y.delta, y.delta, constant);
  return y;
}
