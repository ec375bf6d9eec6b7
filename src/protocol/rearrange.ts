/** Rearrangements of tensors: the same elements in another order or shape, on Δ and δ alike, without a message. */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, type Shape, sizeOf } from '../party/values.js';
import { mapMasked, reshape } from './linear.js';

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
  const indices = rt.heap.alloc(index.length * 4);
  rt.heap.u32(indices, index.length).set(index);
  const out = mapMasked(rt, x, args.shape, (to, from) =>
    rt.ring.gatherRows(to, from, indices, index.length, 1),
  );
  rt.heap.free(indices);
  return out;
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

/** Rows of the operands one after the other. */
export function concat(rt: Runtime, parts: readonly Masked[]): Masked {
  const shape = [parts.reduce((sum, part) => sum + part.shape[0], 0), ...parts[0].shape.slice(1)];
  const join = (pick: (part: Masked) => Words | null): Words => {
    const out = rt.words(sizeOf(shape));
    let { ptr } = out;
    for (const part of parts) {
      const words = pick(part) as Words;
      rt.ring.copy({ ptr, length: words.length }, words);
      ptr += words.length * rt.ring.bytes;
    }
    return out;
  };
  const delta = rt.isProvider ? null : join((part) => part.delta);
  return new Masked(
    delta,
    join((part) => part.mask),
    shape,
    parts[0].fraction,
  );
}
