/**
 * Parameters with a bias: one masked matrix [rows + 1, columns] whose last row is the bias, so that one opening
 * updates both.
 */
import type { Words } from '../../../bindings/memory.js';
import type { Runtime } from '../../party/runtime.js';
import { Masked, type Share } from '../../party/values.js';

/** The first `length` words. */
export const head = (words: Words, length: number): Words => ({ ptr: words.ptr, length });

/** `length` words from `start` on. */
export const part = (rt: Runtime, words: Words, start: number, length: number): Words => ({
  ptr: words.ptr + start * rt.ring.bytes,
  length,
});

/** The first `rows` rows of a masked matrix, as a view that owns none of their words. */
export function kernelRows(x: Masked, rows: number, columns: number): Masked {
  if (x.shape[0] === rows) return x;
  const length = rows * columns;
  const view = new Masked(
    x.delta && head(x.delta, length),
    head(x.mask, length),
    [rows, columns],
    x.fraction,
  );
  if (x.own) view.own = head(x.own, length);
  return view;
}

/** z += b at the scale of z, for the bias in row `row` of the parameters: P₀ adds Δ, the provider −δ. */
export function addBias(rt: Runtime, z: Share, parameters: Masked, row: number, times: number): void {
  const columns = parameters.shape[1];
  const source = rt.isProvider ? parameters.mask : rt.first ? parameters.delta : null;
  if (!source) return;
  const bias = rt.words(columns);
  rt.ring.shl(bias, part(rt, source, row * columns, columns), z.fraction - parameters.fraction);
  if (rt.isProvider) rt.ring.neg(bias, bias);
  const words = z.words as Words;
  rt.ring.addRow(words, words, bias, times, columns);
  rt.free(bias);
}

/**
 * Writes this role's summand of ∂b, the column sums of ∂z shifted by `shift` bits, into `words` from `start` on.
 * @param dz [rows, columns] (leading dimensions joined)
 */
export function biasGradient(
  rt: Runtime,
  words: Words,
  start: number,
  dz: Masked,
  rows: number,
  columns: number,
  shift: number,
): void {
  const bias = part(rt, words, start, columns);
  const summand = rt.isProvider ? dz.mask : rt.first ? dz.delta : null;
  if (!summand) {
    rt.ring.fill(bias, 0);
    return;
  }
  rt.ring.sumRows(bias, summand, rows, columns, 0);
  rt.ring.shl(bias, bias, shift);
  if (rt.isProvider) rt.ring.neg(bias, bias);
}
