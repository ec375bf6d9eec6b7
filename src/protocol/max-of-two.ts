/**
 * The largest of two columns and its mark, a case of max (max.ts): one comparison, whose bit is the mark. 3 rounds.
 *
 *   max(x₀, x₁) = x₀ − b·(x₀ − x₁),   mark = (1 − b, b),   b = [x₀ < x₁]
 */
import { nothing, type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, type MaskedBit, Share } from '../party/values.js';
import { minusSelected } from './abs-max-min.js';
import { bitShare } from './bits.js';
import { isNegativeBits, isNegativeCost } from './compare.js';
import { type Cost, dealing, parallel, type Setting, sequence, wordBytes } from './cost.js';
import { sub } from './linear.js';
import { open, openCost } from './open.js';
import { openedWords } from './opened.js';
import { multiplyBitCost } from './select.js';

/** What was found of each row. What was not wanted is null. */
export interface Max {
  /** The largest value, [rows]. */
  readonly value: Masked | null;
  /** 1 at the largest value and 0 elsewhere, of the shape of the values. */
  readonly mark: Masked | null;
}

export function maxOfTwoCost(at: Setting, rows: number, width: number, value: boolean, mark: boolean): Cost {
  return sequence(
    isNegativeCost(at, rows, width),
    value ? multiplyBitCost(at, rows, true) : dealing(mark ? wordBytes(at, rows) : 0),
    parallel(value ? openCost(at, rows, true) : parallel(), mark ? openCost(at, 2 * rows, true) : parallel()),
  );
}

/** ⟨x₀⟩, ⟨x₁⟩ [rows], compared in `width` bits → the larger, [rows], and the mark, [2, rows]; what is not wanted is null. */
export function* maxOfTwo(
  rt: Runtime,
  [first, second]: readonly [Masked, Masked],
  width: number,
  { value, mark }: { readonly value: boolean; readonly mark: boolean },
): Secure<Max> {
  const difference = sub(rt, first, second);
  const opened = openedWords(difference);
  const bit = yield* isNegativeBits(rt, opened, difference.shape, 0, width);
  const larger = value ? minusSelected(rt, first, bit, difference, 1) : null;
  const marks = mark ? markOf(rt, bit) : null;
  rt.free(difference, bit);
  const [best, both] = yield* together(
    larger ? open(rt, larger, 'max') : nothing(),
    marks ? open(rt, marks, 'mark') : nothing(),
  );
  return { value: best, mark: both };
}

/** [1 − b], [b], one column after the other. */
function markOf(rt: Runtime, bit: MaskedBit): Share {
  const rows = bit.size;
  const { words } = bitShare(rt, bit);
  if (!words) return new Share(null, [2, rows], 0, true);
  const both = rt.words(2 * rows);
  const head = { ptr: both.ptr, length: rows };
  rt.ring.neg(head, words);
  if (rt.first) rt.ring.addConst(head, head, 1);
  rt.ring.copy({ ptr: both.ptr + rows * rt.ring.bytes, length: rows }, words);
  rt.free(words);
  return new Share(both, [2, rows], 0, true);
}
