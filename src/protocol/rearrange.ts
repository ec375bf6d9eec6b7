/** Rearrangements of tensors: the same elements in another order or shape, on Δ and δ alike, without a message. */
import type { Runtime } from '../party/runtime.js';
import type { Masked } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';
import { gather } from './gather.js';
import { mapMasked, mapMaskedAll, reshape } from './linear.js';
import { rowOf } from './views.js';

/** Which rearrangement of one tensor's elements. */
export type TakeArgs =
  | { readonly kind: 'transpose' }
  | { readonly kind: 'reshape'; readonly shape: Shape }
  | { readonly kind: 'slice'; readonly begin: readonly number[]; readonly shape: Shape }
  | { readonly kind: 'broadcast'; readonly shape: Shape };

/** The elements of x in another order or shape. */
export function take(rt: Runtime, x: Masked, args: TakeArgs): Masked {
  if (args.kind === 'reshape') return reshape(rt, x, args.shape);
  if (args.kind === 'transpose') {
    const [rows, columns] = x.shape;
    return mapMasked(rt, x, [columns, rows], (out, words) => rt.ring.transpose(out, words, rows, columns));
  }
  const index = args.kind === 'slice' ? sliceIndex(x.shape, args) : broadcastIndex(x.shape, args.shape);
  return gather(rt, x, index, 1, args.shape);
}

/** Places of a slice's elements in the source. */
function sliceIndex(
  shape: Shape,
  { begin, shape: size }: { begin: readonly number[]; shape: Shape },
): Uint32Array {
  return places(size, (at) => {
    let place = 0;
    for (let d = 0; d < shape.length; d++) place = place * shape[d] + begin[d] + at[d];
    return place;
  });
}

/** Places of a broadcast's elements: lengths of 1 repeat, missing leading dimensions too. */
function broadcastIndex(shape: Shape, to: Shape): Uint32Array {
  const skip = to.length - shape.length;
  return places(to, (at) => {
    let place = 0;
    for (let d = 0; d < shape.length; d++) place = place * shape[d] + (shape[d] === 1 ? 0 : at[d + skip]);
    return place;
  });
}

function places(shape: Shape, placeOf: (at: readonly number[]) => number): Uint32Array {
  const index = new Uint32Array(sizeOf(shape));
  const at = shape.map(() => 0);
  for (let i = 0; i < index.length; i++) {
    index[i] = placeOf(at);
    for (let d = shape.length - 1; d >= 0; d--) {
      if (++at[d] < shape[d]) break;
      at[d] = 0;
    }
  }
  return index;
}

/** Values one after the other: by default the rows of all of them, else a value of the given shape. */
export const concat = (
  rt: Runtime,
  values: readonly Masked[],
  shape: Shape = [values.reduce((sum, { shape: [rows] }) => sum + rows, 0), ...values[0].shape.slice(1)],
): Masked =>
  mapMaskedAll(
    rt,
    values,
    shape,
    (out, words) => {
      let start = 0;
      for (const source of words) {
        rt.ring.copy(rt.part(out, start, source.length), source);
        start += source.length;
      }
    },
    Math.max(...values.map(({ bound }) => bound)),
  );

/** Values one after the other along an axis; their shapes are the same but there. */
export function concatAlong(rt: Runtime, values: readonly Masked[], axis: number): Masked {
  if (axis === 0) return concat(rt, values);
  const [{ shape: first }] = values;
  const length = values.reduce((sum, { shape }) => sum + shape[axis], 0);
  const shape = [...first.slice(0, axis), length, ...first.slice(axis + 1)];
  const count = sizeOf(first.slice(0, axis));
  return mapMaskedAll(
    rt,
    values,
    shape,
    (out, words) => {
      let to = 0;
      for (let i = 0; i < count; i++) {
        for (const source of words) {
          const run = source.length / count;
          rt.ring.copy(rt.part(out, to, run), rt.part(source, i * run, run));
          to += run;
        }
      }
    },
    Math.max(...values.map(({ bound }) => bound)),
  );
}

/** A matrix → its rows as values of the given shape. */
export const split = (rt: Runtime, x: Masked, shape: Shape): Masked[] =>
  Array.from({ length: x.shape[0] }, (_, i) => reshape(rt, rowOf(rt, x, i), shape));
