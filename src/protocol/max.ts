/**
 * max, argmax over the last axis: ⟨x⟩ [rows, C] → the largest value, its one-hot mark, its index. Ties go to the lowest
 * index. 3 rounds for C = 2 (max-of-two.ts) and 4 for C ≤ 32 (pairwise-max.ts; 2 for the comparison, 1 for the counts, 1 to
 * open), with C(C − 1)/2 comparisons a row; larger C in a tournament of groups of up to 32, 4 rounds a stage, and one more
 * for a mark or an index. Comparisons of more than 37 bits take 3 rounds, so 1 round more a stage: all 64 bits of ring 64.
 * A tournament of pairs takes C − 1 comparisons and 3 rounds for each doubling of C.
 *
 * Range: every difference of two values of a row must fit `width` bits, |x_i − x_j| < 2^(width − 1 − f). With all k bits,
 * the default, that is so for |x| < 2^(k − 2 − f): 2^18 in ring 32 with 12 fraction bits, 2^42 in ring 64 with 20.
 */
import { nothing, type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { type Cost, parallel, type Setting, sequence } from './cost.js';
import { mapMasked, reshape } from './linear.js';
import { type Max, maxOfTwo, maxOfTwoCost } from './max-of-two.js';
import { multiply } from './multiply.js';
import { open, openCost } from './open.js';
import { openedWords } from './opened.js';
import { pairwiseMax, pairwiseMaxCost } from './pairwise-max.js';
import { constant } from './public-terms.js';
import { concat } from './rearrange.js';
import { sumOfRows } from './sums.js';
import { rowOf, rowsFrom } from './views.js';

/** Most values of a row that are compared all with all. */
const MAX_GROUP = 32;

/** What is wanted of each row. */
export interface MaxOptions {
  /** The largest value, [rows]. */
  readonly value?: boolean;
  /** 1 at the largest value and 0 elsewhere, [rows, C] at scale 0. */
  readonly mark?: boolean;
  /** Bits that hold the difference of any two values of a row; by default all of the ring. */
  readonly width?: number;
}

/** Sizes of the groups of a row, as even as can be. */
function groupsOf(classes: number): number[] {
  if (classes <= MAX_GROUP) return [classes];
  const count = Math.max(Math.ceil(classes / MAX_GROUP), Math.min(MAX_GROUP, Math.ceil(Math.sqrt(classes))));
  return Array.from({ length: count }, (_, g) => Math.floor(classes / count) + (g < classes % count ? 1 : 0));
}

/** Cost for rows of `classes` values. */
export function maxCost(
  at: Setting,
  rows: number,
  classes: number,
  { value = true, mark = false, width = at.bits }: MaxOptions = {},
): Cost {
  const groups = groupsOf(classes);
  if (groups.length > 1) {
    return sequence(
      parallel(...groups.map((size) => maxCost(at, rows, size, { value: true, mark, width }))),
      maxCost(at, rows, groups.length, { value, mark, width }),
      mark ? openCost(at, rows * classes, false) : parallel(),
    );
  }
  if (classes === 1) return parallel();
  if (classes === 2) return maxOfTwoCost(at, rows, width, value, mark);
  return sequence(
    pairwiseMaxCost(at, rows, classes, width, value),
    parallel(
      value ? openCost(at, rows, true) : parallel(),
      mark ? openCost(at, rows * classes, true) : parallel(),
    ),
  );
}

/** ⟨x⟩ [rows, C] → what is wanted of its rows. Leaves x alone. */
export function* max(rt: Runtime, x: Masked, wanted: MaxOptions = {}): Secure<Max> {
  const [rows, classes] = x.shape;
  const columns = mapMasked(rt, x, [classes, rows], (out, words) =>
    rt.ring.transpose(out, words, rows, classes),
  );
  const found = yield* maxOfColumns(rt, columns, wanted);
  rt.free(columns);
  if (!found.mark) return found;
  const mark = mapMasked(rt, found.mark, [rows, classes], (out, words) =>
    rt.ring.transpose(out, words, classes, rows),
  );
  rt.free(found.mark);
  return { value: found.value, mark };
}

/** The index of the largest value of each row, [rows] at scale 0, from its mark. Local. */
export function indexOf(rt: Runtime, mark: Masked): Masked {
  const [rows, classes] = mark.shape;
  const index = rt.words(classes);
  for (let i = 0; i < classes; i++) rt.ring.fill({ ptr: index.ptr + i * rt.ring.bytes, length: 1 }, i);
  const weighted = rt.words(mark.size);
  const out = mapMasked(rt, mark, [rows], (sums, words) => {
    rt.ring.mulRow(weighted, words, index, rows, classes);
    rt.ring.sumColumns(sums, weighted, rows, classes, 0);
  });
  rt.free(index, weighted);
  return out;
}

/** The same for columns, [C, rows]; marks too. */
function* maxOfColumns(
  rt: Runtime,
  x: Masked,
  { value = true, mark = false, width = rt.ring.bits }: MaxOptions,
): Secure<Max> {
  const [classes, rows] = x.shape;
  const groups = groupsOf(classes);
  if (groups.length > 1) return yield* tournament(rt, x, groups, { value, mark, width });
  if (classes === 1) return maxOfOne(rt, x, { value, mark });
  if (classes === 2) {
    const [first, second] = [rowOf(rt, x, 0), rowOf(rt, x, 1)];
    const found = yield* maxOfTwo(rt, [first, second], width, { value, mark });
    rt.free(first.own, second.own);
    return found;
  }
  const words = openedWords(x);
  const { hot, product } = yield* pairwiseMax(
    rt,
    { words, classes, rows },
    width,
    value ? words : null,
    x.fraction,
  );
  const [best, marks] = yield* together(
    value ? open(rt, summed(rt, product as Share), 'max') : nothing(),
    mark ? open(rt, hot, 'mark') : nothing(),
  );
  if (!mark) rt.free(hot);
  return { value: best, mark: marks };
}

/** One column is the largest. */
function maxOfOne(rt: Runtime, x: Masked, { value, mark }: MaxOptions): Max {
  const ones = rt.words(x.size);
  rt.ring.fill(ones, 1);
  const marks = constant(rt, ones, x.shape, 0);
  if (!mark) rt.free(marks);
  return { value: value ? reshape(rt, x, [x.size]) : null, mark: mark ? marks : null };
}

/** [classes, rows] → the sum of the columns, [rows]; consumes x. */
function summed(rt: Runtime, x: Share): Share {
  const sum = sumOfRows(rt, x);
  rt.free(x);
  return sum;
}

/** Groups first, then the largest of the groups; a value's mark is its group's mark times its own. */
function* tournament(
  rt: Runtime,
  x: Masked,
  groups: readonly number[],
  { value, mark, width }: MaxOptions,
): Secure<Max> {
  let start = 0;
  const parts = groups.map((size) => {
    const part = rowsFrom(rt, x, start, size);
    start += size;
    return part;
  });
  const firsts = yield* together(
    ...parts.map((part) => maxOfColumns(rt, part, { value: true, mark, width })),
  );
  const finalists = concat(
    rt,
    firsts.map((first) => first.value as Masked),
    [groups.length, x.shape[1]],
  );
  const last = yield* maxOfColumns(rt, finalists, { value, mark, width });
  rt.free(finalists, ...firsts.map((first) => first.value));
  if (!last.mark) return last;
  const groupMarks = groups.flatMap((size, g) => {
    const column = rowsFrom(rt, last.mark as Masked, g, 1);
    return Array.from({ length: size }, () => column);
  });
  const [outer, inner] = [groupMarks, firsts.map((first) => first.mark as Masked)].map((all) =>
    concat(rt, all),
  );
  const marks = multiply(rt, outer, inner);
  rt.free(outer, inner, last.mark, ...firsts.map((first) => first.mark));
  return { value: last.value, mark: yield* open(rt, marks, 'mark') };
}
