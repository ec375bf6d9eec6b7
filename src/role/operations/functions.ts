/** Functions of tensors beyond arithmetic, and comparisons. */
import type { Masked } from '../../party/values.js';
import { abs, maximum, minimum } from '../../protocol/abs-max-min.js';
import { bitTensor } from '../../protocol/bits.js';
import { isNegative } from '../../protocol/compare.js';
import { isZero } from '../../protocol/equal.js';
import { exp } from '../../protocol/exp.js';
import { asShare } from '../../protocol/linear.js';
import { indexOf, max } from '../../protocol/max.js';
import { divide, reciprocal } from '../../protocol/reciprocal.js';
import { not } from '../../protocol/relu.js';
import { inverseSqrt, log, sqrt } from '../../protocol/roots.js';
import { scaled } from '../../protocol/scale.js';
import { sigmoidPair, tanhPair } from '../../protocol/sigmoid.js';
import { logSoftmax, softmax } from '../../protocol/softmax.js';
import { rowsOf, shaped } from '../../protocol/views.js';
import type { OperationTable } from './table.js';

export const functions = {
  sigmoid: (rt, [x], { guarded }) => rt.run(sigmoidPair(rt, asShare(rt, x), false, guarded)).value,
  tanh: (rt, [x], { guarded }) => rt.run(tanhPair(rt, asShare(rt, x), false, guarded)).value,
  exp: (rt, [x], args) => rt.run(exp(rt, x, args.max)),
  log: (rt, [x], { domain }) => rt.run(log(rt, x, domain)),
  sqrt: (rt, [x], { domain }) => rt.run(sqrt(rt, x, domain)),
  inverseSqrt: (rt, [x], { domain }) => rt.run(inverseSqrt(rt, x, domain)),
  reciprocal: (rt, [x], args) => rt.run(reciprocal(rt, x, args)),
  divide: (rt, [x, y], args) => rt.run(divide(rt, x, y, args)),
  abs: (rt, [x]) => rt.run(abs(rt, x)),
  maximum: (rt, [x, y]) => rt.run(maximum(rt, x, y)),
  minimum: (rt, [x, y]) => rt.run(minimum(rt, x, y)),

  negative: (rt, [x]) => rt.run(bitTensor(rt, rt.run(isNegative(rt, x)))),
  notNegative: (rt, [x]) => rt.run(bitTensor(rt, not(rt, rt.run(isNegative(rt, x))))),
  zero: (rt, [x]) => rt.run(bitTensor(rt, rt.run(isZero(rt, x)))),

  softmax: (rt, [x]) => shaped(rt.run(softmax(rt, rowsOf(x))).value, x.shape),
  logSoftmax: (rt, [x]) => shaped(rt.run(logSoftmax(rt, rowsOf(x))), x.shape),
  max: (rt, [x]) => {
    const { value } = rt.run(max(rt, rowsOf(x)));
    return shaped(value as Masked, x.shape.slice(0, -1));
  },
  argmax: (rt, [x], { oneHot }) => {
    const mark = rt.run(max(rt, rowsOf(x), { value: false, mark: true })).mark as Masked;
    if (oneHot) return scaled(rt, mark, x.shape);
    const index = indexOf(rt, mark);
    rt.free(mark);
    return scaled(rt, index, x.shape.slice(0, -1));
  },
} satisfies Partial<OperationTable>;
