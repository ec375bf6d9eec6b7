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
  polynomial: (rt, [x], { coefficients, domain }) => {
    const sum = rt.run(polynomial(rt, x, coefficients, domain));
    return rt.run(sum.fraction === rt.fraction ? open(rt, sum) : rescale(rt, sum));
  },
  sigmoid: (rt, [x], { guarded }) => rt.run(sigmoidPair(rt, asShare(rt, x), false, guarded)).value,
  tanh: (rt, [x], { guarded }) => rt.run(tanhPair(rt, asShare(rt, x), false, guarded)).value,
  exp: (rt, [x], args) => rt.run(exp(rt, x, args.max)),
  log: (rt, [x], { domain }) => rt.run(log(rt, x, domain)),
  sqrt: (rt, [x], { domain }) => rt.run(sqrt(rt, x, domain)),
  inverseSqrt: (rt, [x], { domain }) => rt.run(inverseSqrt(rt, x, domain)),
  reciprocal: (rt, [x], args) => rt.run(reciprocal(rt, x, args)),
  divide: (rt, [x, y], args) => rt.run(divide(rt, x, y, args)),
  softmax: (rt, [x]) => shaped(rt.run(softmax(rt, rowsOf(x))).value, x.shape),
  logSoftmax: (rt, [x]) => shaped(rt.run(logSoftmax(rt, rowsOf(x))), x.shape),
} satisfies Pick<OperationTable, OperationsIn<'functions'>>;
