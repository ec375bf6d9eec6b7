/**
 * max pooling: the largest value of each window, by a tournament of its places. A stage compares neighbours and opens
 * the winners, a + [a < b]·(b − a): a comparison and one round, ⌈log2 places⌉ stages. Of equal values the first in
 * row-major order wins. Backward each stage splits the gradient by its bits, one round a stage.
 *
 * Places outside the image repeat the nearest one inside, which changes no maximum.
 */
import type { Window } from '../../../bindings/patches.js';
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Masked, MaskedBit } from '../../party/values.js';
import { isNegative } from '../../protocol/compare.js';
import { gather, scatter } from '../../protocol/gather.js';
import type { Stage } from '../../protocol/largest-blinded.js';
import { asShare, neg, sub } from '../../protocol/linear.js';
import { open } from '../../protocol/open.js';
import { concat, split } from '../../protocol/rearrange.js';
import { multiplyBit } from '../../protocol/select.js';
import { addScaled } from '../../protocol/sums.js';
import { type Backward, gradientFactor, masked, type Pass, type SecureLayer, type Value } from './layer.js';

export function maxPooling(w: Window): SecureLayer {
  const [oh, ow] = w.output;
  const { channels } = w;
  const places = windowPlaces(w);
  let stages: Stage[] = [];
  return {
    parameters: [],

    *forward(rt: Runtime, input: Value, { training }: Pass): Secure<Value> {
      const x = yield* masked(rt, input);
      const batch = x.shape[0];
      const shape = [batch, oh, ow, channels];
      const made: Stage[] = [];
      let values = places(batch).map((rows) => gather(rt, x, rows, channels, shape));
      while (values.length > 1) {
        const { winners, bits } = yield* playStage(rt, values, shape);
        made.push({ bits, entrants: values.length });
        values = winners;
      }
      if (training) stages = made;
      return values[0];
    },

    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value> {
      const dy = yield* gradientFactor(rt, gradient, flow, 0);
      const batch = dy.shape[0];
      const gradients = yield* splitStages(rt, stages, dy);
      return scatter(rt, gradients, places(batch), channels, [batch, w.height, w.width, channels]);
    },
  };
}

/**
 * For each place in the window the source row of every output pixel, moved into the image; by the number of images, of
 * which the last is kept.
 */
export function windowPlaces(w: Window): (batch: number) => readonly Uint32Array[] {
  let last: { readonly batch: number; readonly places: readonly Uint32Array[] } | null = null;
  return (batch) => {
    if (last?.batch !== batch) last = { batch, places: placesOf(w, batch) };
    return last.places;
  };
}

function placesOf({ kernel, strides, padding, output, height, width }: Window, batch: number) {
  const [oh, ow] = output;
  return Array.from({ length: kernel[0] * kernel[1] }, (_, place): Uint32Array => {
    const ky = Math.floor(place / kernel[1]);
    const kx = place % kernel[1];
    const rows = new Uint32Array(batch * oh * ow);
    for (let i = 0; i < rows.length; i++) {
      const ox = i % ow;
      const oy = Math.floor(i / ow) % oh;
      const b = Math.floor(i / (oh * ow));
      const y = clamp(oy * strides[0] - padding[0] + ky, height);
      const x = clamp(ox * strides[1] - padding[1] + kx, width);
      rows[i] = (b * height + y) * width + x;
    }
    return rows;
  });
}

const clamp = (i: number, length: number): number => Math.min(length - 1, Math.max(0, i));

/** Winners of the pairs (0, 1), (2, 3), …; when the number is odd, the last advances without a comparison. */
function* playStage(
  rt: Runtime,
  values: readonly Masked[],
  shape: readonly number[],
): Secure<{ winners: Masked[]; bits: MaskedBit }> {
  const pairs = Math.floor(values.length / 2);
  const [first, second] = [0, 1].map((side) =>
    stack(
      rt,
      Array.from({ length: pairs }, (_, i) => values[2 * i + side]),
    ),
  );
  const lead = sub(rt, first, second);
  const bits = yield* isNegative(rt, lead);
  const gain = multiplyBit(rt, bits, neg(rt, lead));
  const sum = addScaled(rt, asShare(rt, first), gain, 1);
  const winners = split(rt, yield* open(rt, sum, 'max', Math.max(first.bound, second.bound)), shape);
  if (values.length % 2 === 1) winners.push(values[values.length - 1]);
  return { winners, bits };
}

/** Gradients of all places from those of the winners, stage by stage back. */
export function* splitStages(rt: Runtime, stages: readonly Stage[], dy: Masked): Secure<Masked[]> {
  let gradients = [dy];
  for (const stage of stages.toReversed()) gradients = yield* splitStage(rt, stage, gradients, dy.shape);
  return gradients;
}

/** Gradients of a stage's entrants from those of its winners: b gets [a < b]·g, a the rest. */
function* splitStage(
  rt: Runtime,
  { bits, entrants }: Stage,
  gradients: readonly Masked[],
  shape: readonly number[],
): Secure<Masked[]> {
  const pairs = Math.floor(entrants / 2);
  const whole = stack(rt, gradients.slice(0, pairs));
  const second = yield* open(rt, multiplyBit(rt, bits, whole), 'max');
  const first = split(rt, sub(rt, whole, second), shape);
  const seconds = split(rt, second, shape);
  const all = first.flatMap((gradient, i) => [gradient, seconds[i]]);
  return entrants % 2 === 1 ? [...all, gradients[pairs]] : all;
}

/** Values of one size as the rows of one. */
const stack = (rt: Runtime, values: readonly Masked[]): Masked =>
  concat(rt, values, [values.length, values[0].size]);
