/**
 * clip: [z] → [min(max(z, −bound), bound)] at the scale of z. Opened once, two comparisons side by side, then a
 * selection: 3 rounds (ring 64: 4).
 *
 *   z + [z > bound]·(bound − z) + [z < −bound]·(−bound − z)
 */
import { type Secure, together } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Share } from '../../party/values.js';
import { isNegative } from '../../protocol/compare.js';
import { asShare } from '../../protocol/linear.js';
import { open } from '../../protocol/open.js';
import { openedWords } from '../../protocol/opened.js';
import { addPublicInteger, integerMinus } from '../../protocol/public-terms.js';
import { multiplyBit } from '../../protocol/select.js';
import { addScaled } from '../../protocol/sums.js';

/** @param bound in the units of z; consumes z */
export function* clip(rt: Runtime, z: Share, bound: number): Secure<Share> {
  const limit = Math.min(Math.round(bound * 2 ** z.fraction), 2 ** (rt.ring.bits - 2) - 1);
  const x = yield* open(rt, z, 'clip');
  rt.watcher?.watch(openedWords(x), z.fraction);
  const above = integerMinus(rt, limit, x);
  const below = integerMinus(rt, -limit, x);
  const under = addPublicInteger(rt, x, limit);
  const [high, low] = yield* together(isNegative(rt, above), isNegative(rt, under));
  const clipped = [multiplyBit(rt, high, above), multiplyBit(rt, low, below)].reduce(
    (sum, term) => addScaled(rt, sum, term, 1),
    asShare(rt, x),
  );
  rt.free(x, above, below, under, high, low);
  return clipped;
}
