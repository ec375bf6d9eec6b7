/** Sums and products of tensors, and rearrangements. */
import type { Words } from '../../../bindings/memory.js';
import type { Runtime } from '../../party/runtime.js';
import { meanAlong, sumAlong } from '../../protocol/along.js';
import { add, neg, sub } from '../../protocol/linear.js';
import { matmul, multiply } from '../../protocol/multiply.js';
import { timesPublic } from '../../protocol/public-factor.js';
import { addPublic } from '../../protocol/public-terms.js';
import { concatAlong, take } from '../../protocol/rearrange.js';
import { rescale } from '../../protocol/truncate.js';
import type { OperationsIn } from '../command-groups.js';
import type { OperationTable } from './table.js';

/** A public number at every place, at the working scale. */
function publicWords(rt: Runtime, value: number, size: number): Words {
  const words = rt.words(size);
  rt.ring.fill(words, Math.round(value * 2 ** rt.fraction));
  return words;
}

export const arithmetic = {
  add: (rt, [x, y]) => add(rt, x, y),
  sub: (rt, [x, y]) => sub(rt, x, y),
  neg: (rt, [x]) => neg(rt, x),
  addPublic: (rt, [x], { value }) => {
    const words = publicWords(rt, value, x.size);
    const sum = addPublic(rt, x, words);
    rt.free(words);
    return sum;
  },
  mulPublic: (rt, [x], { value }) => timesPublic(rt, x, value),
  mul: (rt, [x, y]) => rescale(rt, multiply(rt, x, y)),
  matmul: (rt, [x, y]) => rescale(rt, matmul(rt, x, y)),
  sum: (rt, [x], { axis }) => sumAlong(rt, x, axis),
  mean: (rt, [x], { axis }) => meanAlong(rt, x, axis),
  take: (rt, [x], args) => take(rt, x, args),
  concat: (rt, parts, { axis }) => concatAlong(rt, parts, axis),
} satisfies Pick<OperationTable, OperationsIn<'arithmetic'>>;
