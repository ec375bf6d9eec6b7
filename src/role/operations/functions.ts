/** Functions of tensors that are approximated, or polynomials. */
import { exp } from '../../protocol/exp.js';
import { asShare } from '../../protocol/linear.js';
import { open } from '../../protocol/open.js';
import { polynomial } from '../../protocol/polynomial.js';
import { divide, reciprocal } from '../../protocol/reciprocal.js';
import { inverseSqrt, log, sqrt } from '../../protocol/roots.js';
import { sigmoidPair, tanhPair } from '../../protocol/sigmoid.js';
import { logSoftmax, softmax } from '../../protocol/softmax.js';
import { rescale } from '../../protocol/truncate.js';
import { rowsOf, shaped } from '../../protocol/views.js';
import type { OperationsIn } from '../command-groups.js';
import type { OperationTable } from './table.js';

export const functions = {
  *polynomial(rt, [x], { coefficients, domain }) {
    const sum = yield* polynomial(rt, x, coefficients, domain);
    return yield* sum.fraction === rt.fraction ? open(rt, sum) : rescale(rt, sum);
  },
  *sigmoid(rt, [x], { guarded }) {
    return (yield* sigmoidPair(rt, asShare(rt, x), false, guarded)).value;
  },
  *tanh(rt, [x], { guarded }) {
    return (yield* tanhPair(rt, asShare(rt, x), false, guarded)).value;
  },
  exp: (rt, [x], args) => exp(rt, x, args.max),
  log: (rt, [x], { domain }) => log(rt, x, domain),
  sqrt: (rt, [x], { domain }) => sqrt(rt, x, domain),
  inverseSqrt: (rt, [x], { domain }) => inverseSqrt(rt, x, domain),
  reciprocal: (rt, [x], args) => reciprocal(rt, x, args),
  divide: (rt, [x, y], args) => divide(rt, x, y, args),
  *softmax(rt, [x]) {
    return shaped((yield* softmax(rt, rowsOf(x))).value, x.shape);
  },
  *logSoftmax(rt, [x]) {
    return shaped(yield* logSoftmax(rt, rowsOf(x)), x.shape);
  },
} satisfies Pick<OperationTable, OperationsIn<'functions'>>;
