/**
 * relu and then max pooling, in the other order: max(0, ·) and the largest of a window commute, rounding for rounding, and
 * of a 2 × 2 window only one value in four is left for relu. The tournament (max-pooling.ts) is played on the blinded
 * values that relu's rounding opens, and opens its winners with no more bits than these have; relu and the last
 * opening come at its end. As many rounds as relu and max pooling take one after the other.
 */
import type { Words } from '../../../bindings/memory.js';
import type { Window } from '../../../bindings/patches.js';
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { type MaskedBit, Share } from '../../party/values.js';
import { scatter, withRows } from '../../protocol/gather.js';
import { largestBlinded, type Stage } from '../../protocol/largest-blinded.js';
import { blind, droppedBits } from '../../protocol/open.js';
import { reluBlinded } from '../../protocol/relu.js';
import { activation, selectGradient } from './activation.js';
import { type Backward, masked, type Pass, type SecureLayer, type Value } from './layer.js';
import { maxPooling, splitStages, windowPlaces } from './max-pooling.js';

export function reluMaxPooling(w: Window): SecureLayer {
  const { channels } = w;
  const places = windowPlaces(w);
  /** For values that are masked already, of which nothing is rounded and so nothing blinded. */
  const [pool, relu] = [maxPooling(w), activation('relu')];
  let kept: { readonly positive: MaskedBit; readonly stages: readonly Stage[] } | null = null;
  return {
    parameters: [],

    *forward(rt: Runtime, x: Value, pass: Pass): Secure<Value> {
      kept = null;
      const s = x.fraction - rt.fraction;
      if (!(x instanceof Share && s > 0 && droppedBits(rt.ring.bits, s) === s)) {
        return yield* relu.forward(rt, yield* pool.forward(rt, x, pass), pass);
      }
      const c = yield* blind(rt, x, 'truncate', s);
      rt.watcher?.watch(c, x.fraction);
      const batch = x.shape[0];
      const entrants = places(batch).map((rows) => taken(rt, c, rows, channels));
      rt.free(c);
      const { largest, stages } = yield* largestBlinded(rt, entrants, s);
      const shape = [batch, ...w.output, channels];
      const { value, positive } = yield* reluBlinded(rt, largest, { shape, fraction: x.fraction }, s);
      if (pass.training) kept = { positive, stages };
      return value;
    },

    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value | null> {
      if (!kept) {
        const pooled = yield* relu.backward(rt, gradient, flow);
        return pooled && (yield* pool.backward(rt, pooled, flow));
      }
      const { positive, stages } = kept;
      const selected = yield* selectGradient(rt, positive, gradient, flow);
      const dy = yield* masked(rt, selected, selected.fraction);
      const gradients = yield* splitStages(rt, stages, dy);
      const batch = dy.shape[0];
      return scatter(rt, gradients, places(batch), channels, [batch, w.height, w.width, channels]);
    },
  };
}

/** Rows of `columns` words. */
function taken(rt: Runtime, words: Words, rows: Uint32Array, columns: number): Words {
  const out = rt.words(rows.length * columns);
  withRows(rt, rows, (address) => rt.ring.gatherRows(out, words, address, rows.length, columns));
  return out;
}
