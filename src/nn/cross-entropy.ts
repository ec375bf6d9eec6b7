/**
 * The cross-entropies on shares. Their gradients at the logits are softmax(z) − t and σ(z) − t. The softmax's logarithm
 * comes beside it; the sigmoid's is taken of probabilities that are at least one unit, so there a number counts for
 * at most f·ln 2 (8.3 for 12 fraction bits, 13.8 for 20). Logits of the sigmoid saturate beyond ±12.
 */
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { asShare, neg, sub } from '../protocol/linear.js';
import { multiply } from '../protocol/multiply.js';
import { integerMinus } from '../protocol/public-terms.js';
import { log } from '../protocol/roots.js';
import { rowDots } from '../protocol/rows.js';
import { sigmoidPair } from '../protocol/sigmoid.js';
import { logSoftmax, softmax } from '../protocol/softmax.js';
import { addScaled } from '../protocol/sums.js';

/** softmax(z) − t, at the scale of t. */
export function* softmaxGradient(rt: Runtime, z: Masked, t: Masked): Secure<Masked> {
  const { value: p } = yield* softmax(rt, z, { fraction: t.fraction });
  const gradient = sub(rt, p, t);
  rt.free(p);
  return gradient;
}

/** [−log p] of each row's label, p = softmax(z), at the double scale. */
export function* softmaxLosses(rt: Runtime, z: Masked, t: Masked): Secure<Share> {
  const logarithm = yield* logSoftmax(rt, z);
  const minus = neg(rt, logarithm);
  const losses = rowDots(rt, minus, t);
  rt.free(logarithm, minus);
  return losses;
}

/** σ(z) − t, at the scale of t. */
export function* sigmoidGradient(rt: Runtime, z: Masked, t: Masked): Secure<Masked> {
  const p = (yield* sigmoidPair(rt, asShare(rt, z), false, true, t.fraction)).value;
  const gradient = sub(rt, p, t);
  rt.free(p);
  return gradient;
}

/** [−t·log p − (1 − t)·log(1 − p)], p = σ(z), at the double scale. */
export function* sigmoidLosses(rt: Runtime, z: Masked, t: Masked): Secure<Share> {
  const p = (yield* sigmoidPair(rt, asShare(rt, z), false, true)).value;
  const q = integerMinus(rt, 2 ** rt.fraction, p);
  const [yes, no] = yield* together(log(rt, p), log(rt, q));
  const difference = sub(rt, no, yes);
  const products = multiply(rt, difference, t);
  const losses = addScaled(rt, products, asShare(rt, no), -(2 ** rt.fraction));
  rt.free(p, q, yes, no, difference);
  return losses;
}
