/** Comparisons of tensors, and what is made of them. */
import type { Masked } from '../../party/values.js';
import { abs, maximum, minimum } from '../../protocol/abs-max-min.js';
import { bitTensor } from '../../protocol/bits.js';
import { isNegative } from '../../protocol/compare.js';
import { isZero } from '../../protocol/equal.js';
import { indexOf, max } from '../../protocol/max.js';
import { open } from '../../protocol/open.js';
import { not } from '../../protocol/relu.js';
import { scaled } from '../../protocol/scale.js';
import { multiplyBit } from '../../protocol/select.js';
import { rowsOf, shaped } from '../../protocol/views.js';
import type { OperationsIn } from '../command-groups.js';
import type { OperationTable } from './table.js';

export const comparisons = {
  *relu(rt, [x]) {
    const positive = not(rt, yield* isNegative(rt, x));
    const value = yield* open(rt, multiplyBit(rt, positive, x));
    rt.free(positive);
    return value;
  },
  abs: (rt, [x]) => abs(rt, x),
  maximum: (rt, [x, y]) => maximum(rt, x, y),
  minimum: (rt, [x, y]) => minimum(rt, x, y),

  *negative(rt, [x]) {
    return yield* bitTensor(rt, yield* isNegative(rt, x));
  },
  *notNegative(rt, [x]) {
    return yield* bitTensor(rt, not(rt, yield* isNegative(rt, x)));
  },
  *zero(rt, [x]) {
    return yield* bitTensor(rt, yield* isZero(rt, x));
  },

  *max(rt, [x]) {
    const { value } = yield* max(rt, rowsOf(x));
    return shaped(value as Masked, x.shape.slice(0, -1));
  },
  *argmax(rt, [x], { oneHot }) {
    const mark = (yield* max(rt, rowsOf(x), { value: false, mark: true })).mark as Masked;
    if (oneHot) return scaled(rt, mark, x.shape);
    const index = indexOf(rt, mark);
    rt.free(mark);
    return scaled(rt, index, x.shape.slice(0, -1));
  },
} satisfies Pick<OperationTable, OperationsIn<'comparisons'>>;
