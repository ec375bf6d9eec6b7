/**
 * Affine maps x ∘ W + b. Kernel and bias are one masked matrix [inputs + 1, units] whose last row is the bias, so that
 * one opening updates both; without a bias it is the kernel alone.
 */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { factorOf } from './linear.js';
import { type Bilinear, product } from './multiply.js';
import { rowsFrom } from './views.js';

/** The kernel of [inputs (+ 1), units] parameters, as a view. */
export function kernelOf(rt: Runtime, parameters: Masked, inputs: number): Masked {
  if (parameters.factored) factorOf(rt, parameters); // kept with the parameters, not with the view
  return parameters.shape[0] === inputs ? parameters : rowsFrom(rt, parameters, 0, inputs);
}

/** z [rows, columns] plus row `row` of ⟨parameters⟩, at the scale of z and written over it. */
export function plusRow(rt: Runtime, z: Share, parameters: Masked, row: number): Share {
  const columns = parameters.shape[1];
  const summand = summandOf(rt, parameters);
  let { words } = z;
  if (summand) {
    const term = rt.words(columns);
    rt.ring.shl(term, rt.part(summand, row * columns, columns), z.fraction - parameters.fraction);
    if (rt.isProvider) rt.ring.neg(term, term);
    words ??= rt.zeros(z.size);
    rt.ring.addRow(words, words, term, z.size / columns, columns);
    rt.free(term);
  }
  return new Share(words, z.shape, z.fraction, false);
}

/**
 * What updates the parameters: ⟨x⟩, ⟨y⟩ → [x ∘ y] as a matrix [inputs, units] and, with a bias, the column sums of y in
 * a row below it.
 * @param map x ∘ y, in which y [… , units] stands for ∂z and the result for the kernel's gradient
 */
export function kernelAndBias(
  rt: Runtime,
  x: Masked,
  y: Masked,
  [inputs, units]: readonly [number, number],
  hasBias: boolean,
  map: Bilinear,
): Share {
  const height = hasBias ? inputs + 1 : inputs;
  const words = rt.words(height * units);
  const { fraction } = product(rt, rt.part(words, 0, inputs * units), [inputs, units], x, y, map);
  if (hasBias) sumRowsInto(rt, rt.part(words, inputs * units, units), y, fraction - y.fraction);
  return new Share(words, [height, units], fraction, false);
}

/** This role's summand of the column sums of y, with `bits` more fraction bits, into `out`. */
function sumRowsInto(rt: Runtime, out: Words, y: Masked, bits: number): void {
  const summand = summandOf(rt, y);
  if (!summand) {
    rt.ring.fill(out, 0);
    return;
  }
  rt.ring.sumRows(out, summand, y.size / out.length, out.length, 0);
  rt.ring.shl(out, out, bits);
  if (rt.isProvider) rt.ring.neg(out, out);
}

/** What this role adds to a sum for ⟨x⟩: Δ at P₀; δ at the provider, to be negated; nothing elsewhere. */
const summandOf = (rt: Runtime, x: Masked): Words | null =>
  rt.isProvider ? x.mask : rt.first ? x.delta : null;
