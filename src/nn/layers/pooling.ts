/**
 * Pooling over windows of [batch, height, width, channels].
 *
 * average: linear. Where a window's size is a power of two, the sum is only read at another scale; otherwise numbers at the
 * working scale are multiplied by a public constant. max: see max-pooling.ts. Windows are lists of source rows (a row is one pixel's
 * channels), one list a place in the window.
 */
import type { Words } from '../../../bindings/memory.js';
import type { Window } from '../../../bindings/patches.js';
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { withRows } from '../../protocol/gather.js';
import { timesPublicRow } from '../../protocol/rows.js';
import { type Backward, factor, gradientFactor, type Pass, type SecureLayer, type Value } from './layer.js';
import { mapValue } from './linear-map.js';

/** For each place in the window: the source row of every output pixel, −1 outside the image. */
export function windowRows(w: Window, batch: number): Int32Array[] {
  const [kh, kw] = w.kernel;
  const [oh, ow] = w.output;
  const places: Int32Array[] = [];
  for (let ky = 0; ky < kh; ky++) {
    for (let kx = 0; kx < kw; kx++) {
      const rows = new Int32Array(batch * oh * ow);
      let i = 0;
      for (let b = 0; b < batch; b++) {
        for (let oy = 0; oy < oh; oy++) {
          for (let ox = 0; ox < ow; ox++) {
            const y = oy * w.strides[0] - w.padding[0] + ky;
            const x = ox * w.strides[1] - w.padding[1] + kx;
            const inside = y >= 0 && y < w.height && x >= 0 && x < w.width;
            rows[i++] = inside ? (b * w.height + y) * w.width + x : -1;
          }
        }
      }
      places.push(rows);
    }
  }
  return places;
}

/** Most places of a window whose products are summed before they are rounded. */
const FEW_PLACES = 4;

/** Average over each window; places outside the image do not count, as in TensorFlow.js. */
export function averagePooling(w: Window): SecureLayer {
  const [oh, ow] = w.output;
  const { channels } = w;
  const counts = windowCounts(w);
  return {
    parameters: [],
    *forward(rt: Runtime, input: Value): Secure<Value> {
      const batch = input.shape[0];
      const places = windowRows(w, batch);
      const size = oh * ow * channels;
      // sums of more than a few products would leave the ring before they are rounded
      const few = sharedBits(counts) !== null && places.length <= FEW_PLACES;
      const x = few ? input : yield* factor(rt, input);
      const sums = mapValue(rt, x, [batch, oh, ow, channels], (out, image) => {
        rt.ring.fill(out, 0);
        for (const rows of places) addWindow(rt, out, image, rows, channels);
      });
      return yield* divide(rt, sums, counts, size, factor);
    },
    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value> {
      const batch = gradient.shape[0];
      const places = windowRows(w, batch);
      const scaled = yield* divide(rt, gradient, counts, oh * ow * channels, (_, x) =>
        gradientFactor(rt, x, flow),
      );
      return mapValue(rt, scaled, [batch, w.height, w.width, channels], (out, dy) => {
        rt.ring.fill(out, 0);
        for (const rows of places) putWindow(rt, out, dy, rows, channels);
      });
    },
  };
}

/** Places inside the image for each output pixel. */
function windowCounts(w: Window): number[] {
  const counts = new Array<number>(w.output[0] * w.output[1]).fill(0);
  for (const rows of windowRows(w, 1)) {
    rows.forEach((row, i) => {
      if (row >= 0) counts[i]++;
    });
  }
  return counts;
}

/** out row i += image row rows[i]. */
function addWindow(rt: Runtime, out: Words, image: Words, rows: Int32Array, channels: number): void {
  const taken = rt.words(rows.length * channels);
  const inside = rows.map((row) => Math.max(0, row));
  withRows(rt, inside, (address) => rt.ring.gatherRows(taken, image, address, rows.length, channels));
  rows.forEach((row, i) => {
    if (row < 0) rt.ring.fill(rt.part(taken, i * channels, channels), 0);
  });
  rt.ring.add(out, out, taken);
  rt.free(taken);
}

/** out row rows[i] += dy row i. */
function putWindow(rt: Runtime, out: Words, dy: Words, rows: Int32Array, channels: number): void {
  const kept: number[] = [];
  rows.forEach((row, i) => {
    if (row >= 0) kept.push(i);
  });
  const source = kept.length === rows.length ? dy : rt.words(kept.length * channels);
  if (source !== dy) {
    withRows(rt, kept, (address) => rt.ring.gatherRows(source, dy, address, kept.length, channels));
  }
  const targets = Int32Array.from(kept, (i) => rows[i]);
  withRows(rt, targets, (address) => rt.ring.addRowsAt(out, source, address, kept.length, channels));
  if (source !== dy) rt.free(source);
}

/** log2 of the counts where all are one power of two, else null. */
function sharedBits(counts: readonly number[]): number | null {
  const bits = Math.log2(counts[0]);
  return Number.isInteger(bits) && counts.every((count) => count === counts[0]) ? bits : null;
}

/**
 * Each output pixel divided by its count: a change of scale where all counts are one power of two, else a product
 * with public fixed-point constants, left at the double scale.
 */
function* divide(
  rt: Runtime,
  x: Value,
  counts: readonly number[],
  size: number,
  factorOf: typeof factor,
): Secure<Value> {
  const bits = sharedBits(counts);
  if (bits !== null) {
    return mapValue(rt, x, x.shape, (out, words) => rt.ring.copy(out, words), x.fraction + bits);
  }
  const near = yield* factorOf(rt, x);
  const channels = size / counts.length;
  const factors = rt.words(size);
  counts.forEach((count, i) => {
    rt.ring.fill(rt.part(factors, i * channels, channels), Math.round(2 ** rt.fraction / count));
  });
  const product = timesPublicRow(rt, near, factors, rt.fraction);
  rt.free(factors);
  return product;
}

/** Means over height and width: [batch, height, width, channels] → [batch, channels]. */
export function globalAveragePooling(height: number, width: number, channels: number): SecureLayer {
  const pool = averagePooling({
    height,
    width,
    channels,
    kernel: [height, width],
    strides: [1, 1],
    padding: [0, 0],
    output: [1, 1],
  });
  return {
    parameters: [],
    *forward(rt: Runtime, x: Value, pass: Pass): Secure<Value> {
      const y = yield* pool.forward(rt, x, pass);
      return mapValue(rt, y, [y.shape[0], channels], (out, words) => rt.ring.copy(out, words));
    },
    *backward(rt, gradient, flow): Secure<Value | null> {
      const batch = gradient.shape[0];
      const shaped = mapValue(rt, gradient, [batch, 1, 1, channels], (out, words) =>
        rt.ring.copy(out, words),
      );
      return yield* pool.backward(rt, shaped, flow);
    },
  };
}
