/** Commands for the functions of tensors (src/tensor/tensor-functions.ts): each makes one masked value from others. */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, MaskedBit } from '../party/values.js';
import { abs, maximum, minimum } from '../protocol/abs-max-min.js';
import { bitTensor } from '../protocol/bits.js';
import { isNegative } from '../protocol/compare.js';
import { isZero } from '../protocol/equal.js';
import { exp } from '../protocol/exp.js';
import { asShare } from '../protocol/linear.js';
import { indexOf, max } from '../protocol/max.js';
import type { Domain } from '../protocol/powers-of-four.js';
import { divide, type ReciprocalOptions, reciprocal } from '../protocol/reciprocal.js';
import { not } from '../protocol/relu.js';
import { inverseSqrt, log, sqrt } from '../protocol/roots.js';
import { scaled } from '../protocol/scale.js';
import { sigmoidPair, tanhPair } from '../protocol/sigmoid.js';
import { logSoftmax, softmax } from '../protocol/softmax.js';
import { rowsOf, shaped } from '../protocol/views.js';
import type { CommandRunner } from './commands.js';
import { made } from './tensor-commands.js';

interface DomainArgs {
  readonly domain?: Domain;
}

interface GuardArgs {
  readonly guarded: boolean;
}

/** Runs a protocol that ends with one masked value. */
const program = (make: (rt: Runtime, operands: readonly Masked[], args: never) => Secure<Masked>) =>
  made((rt, operands, args) => rt.run(make(rt, operands, args)));

/** Runs a test of one value: 1 or 0 at the working scale. */
const test = (make: (rt: Runtime, x: Masked) => Secure<MaskedBit>) =>
  made((rt, [x]) => rt.run(bitTensor(rt, rt.run(make(rt, x)))));

export const functionCommands: Readonly<Record<string, CommandRunner>> = {
  sigmoid: made(
    (rt, [x], args: GuardArgs) => rt.run(sigmoidPair(rt, asShare(rt, x), false, args.guarded)).value,
  ),
  tanh: made((rt, [x], args: GuardArgs) => rt.run(tanhPair(rt, asShare(rt, x), false, args.guarded)).value),
  exp: program((rt, [x], args: { max?: number }) => exp(rt, x, args.max)),
  log: program((rt, [x], args: DomainArgs) => log(rt, x, args.domain)),
  sqrt: program((rt, [x], args: DomainArgs) => sqrt(rt, x, args.domain)),
  inverseSqrt: program((rt, [x], args: DomainArgs) => inverseSqrt(rt, x, args.domain)),
  reciprocal: program((rt, [x], args: ReciprocalOptions) => reciprocal(rt, x, args)),
  divide: program((rt, [x, y], args: ReciprocalOptions) => divide(rt, x, y, args)),
  abs: program((rt, [x]) => abs(rt, x)),
  maximum: program((rt, [x, y]) => maximum(rt, x, y)),
  minimum: program((rt, [x, y]) => minimum(rt, x, y)),

  negative: test(isNegative),
  notNegative: made((rt, [x]) => rt.run(bitTensor(rt, not(rt, rt.run(isNegative(rt, x)))))),
  zero: test(isZero),

  softmax: made((rt, [x]) => shaped(rt.run(softmax(rt, rowsOf(x))).value, x.shape)),
  logSoftmax: made((rt, [x]) => shaped(rt.run(logSoftmax(rt, rowsOf(x))), x.shape)),
  max: made((rt, [x]) => {
    const { value } = rt.run(max(rt, rowsOf(x)));
    return shaped(value as Masked, x.shape.slice(0, -1));
  }),
  argmax: made((rt, [x], { oneHot }: { oneHot: boolean }) => {
    const mark = rt.run(max(rt, rowsOf(x), { value: false, mark: true })).mark as Masked;
    if (oneHot) return scaled(rt, mark, x.shape);
    const index = indexOf(rt, mark);
    rt.free(mark);
    return scaled(rt, index, x.shape.slice(0, -1));
  }),
};
