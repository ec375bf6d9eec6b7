/**
 * clip: [z] → [min(max(z, −bound), bound)] at the scale of z. Opened once, compared with both bounds at once (thresholds.ts),
 * then a selection: 3 rounds (ring 64: 4).
 *
 *   [−bound ≤ z < bound]·z + bound·[z ≥ bound] − bound·[z < −bound]
 *
 * Of the three bits one is 1, so that two of them make the sum.
 */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Share } from '../../party/values.js';
import { bitShare } from '../../protocol/bits.js';
import { open } from '../../protocol/open.js';
import { openedWords } from '../../protocol/opened.js';
import { multiplyBit } from '../../protocol/select.js';
import { addScaled } from '../../protocol/sums.js';
import { below, intervals } from '../../protocol/thresholds.js';

/** @param bound in the units of z; consumes z */
export function* clip(rt: Runtime, z: Share, bound: number): Secure<Share> {
  const limit = Math.min(Math.round(bound * 2 ** z.fraction), 2 ** (rt.ring.bits - 2) - 1);
  const x = yield* open(rt, z, 'clip');
  rt.watcher?.watch(openedWords(x), z.fraction);
  const rows = yield* below(rt, openedWords(x), 0, rt.ring.bits, [-limit, limit]);
  const [low, middle, high] = intervals(rt, rows, x.shape);
  const kept = multiplyBit(rt, middle, x);
  // high = 1 − middle − low
  const ends = addScaled(rt, bitShare(rt, middle), bitShare(rt, low), 2);
  if (ends.words) {
    rt.ring.scale(ends.words, ends.words, -1);
    if (rt.first) rt.ring.addConst(ends.words, ends.words, 1);
  }
  const clipped = addScaled(rt, kept, ends, limit);
  rt.free(x, low, middle, high);
  return clipped;
}
