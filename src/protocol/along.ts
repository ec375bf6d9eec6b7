/**
 * Sums and means over one axis of a tensor, or over all elements. The axis makes of the tensor an array [outer, length, inner]
 * of which the middle is summed. Sums are local and exact; means cost what mean.ts says.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';
import { gather } from './gather.js';
import { mapMasked } from './linear.js';
import { mean } from './mean.js';
import { take } from './rearrange.js';
import { shaped } from './views.js';

interface Around {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  /** What is left of the shape. */
  readonly rest: Shape;
}

function around(shape: Shape, axis: number | null): Around {
  if (axis === null) return { outer: 1, length: sizeOf(shape), inner: 1, rest: [] };
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  return { outer: sizeOf(before), length: shape[axis], inner: sizeOf(after), rest: [...before, ...after] };
}

/** ⟨x⟩ → ⟨Σ x⟩ over an axis, counted from 0, or over all elements. Local. Leaves x alone. */
export function sumAlong(rt: Runtime, x: Masked, axis: number | null): Masked {
  const { outer, length, inner, rest } = around(x.shape, axis);
  return mapMasked(rt, x, rest, (out, words) => {
    if (inner === 1) return rt.ring.sumColumns(out, words, outer, length, 0);
    for (let i = 0; i < outer; i++) {
      const from = rt.part(words, i * length * inner, length * inner);
      rt.ring.sumRows(rt.part(out, i * inner, inner), from, length, inner, 0);
    }
  });
}

/** ⟨x⟩ → ⟨mean of x⟩ over an axis, counted from 0, or over all elements. Leaves x alone. */
export function* meanAlong(rt: Runtime, x: Masked, axis: number | null): Secure<Masked> {
  const { outer, length, inner, rest } = around(x.shape, axis);
  if (outer === 1) return yield* mean(rt, shaped(x, [length, inner]), rest);
  const turned =
    inner === 1
      ? take(rt, shaped(x, [outer, length]), { kind: 'transpose' })
      : gather(rt, x, turnedRows(outer, length), inner, [length, outer * inner]);
  const means = yield* mean(rt, turned, rest);
  rt.free(turned);
  return means;
}

/** Numbers of the rows of [outer, length, inner] in the order of [length, outer, inner]. */
const turnedRows = (outer: number, length: number): Uint32Array =>
  Uint32Array.from({ length: outer * length }, (_, i) => (i % outer) * length + Math.floor(i / outer));
