/**
 * foldLines: a map x ∘ W + b whose outputs go through a line a column, y = (z − mean)·slope + β, is again such a map:
 *
 *   W′ = W·slope,  b′ = (b − mean)·slope + β
 *
 * 2 rounds: one product of all numbers and one rounding, narrow, so that |W′| and |b′| stay below 2^(k − 2 − 2f). The rounding of W′
 * stands in y once for every input: about √inputs units in the last place beside the inputs' size, where rounding z leaves one.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { plusRow } from './affine.js';
import type { Cost, Setting } from './cost.js';
import { mapMasked2 } from './linear.js';
import { timesRow } from './rows.js';
import { rescaleNarrow, rescaleNarrowCost } from './truncate.js';
import { shaped } from './views.js';

/** One line a column, all [columns] at the working scale. */
export interface Lines {
  readonly mean: Masked;
  readonly slope: Masked;
  /** Null for 0. */
  readonly beta: Masked | null;
}

/** Cost for a kernel [height, columns]. */
export const foldLinesCost = (at: Setting, height: number, columns: number, fraction: number): Cost =>
  rescaleNarrowCost(at, (height + 1) * columns, fraction);

/**
 * ⟨W⟩ [height, columns], or with ⟨b⟩ in a row below it → ⟨W′⟩ with ⟨b′⟩ in a row below it. Leaves its arguments alone.
 * @param height rows of the kernel
 */
export function* foldLines(
  rt: Runtime,
  parameters: Masked,
  height: number,
  { mean, slope, beta }: Lines,
): Secure<Masked> {
  const { ring } = rt;
  const columns = parameters.shape[1];
  const centred = mapMasked2(rt, parameters, mean, [height + 1, columns], (out, values, means) => {
    const bias = rt.part(out, height * columns, columns);
    ring.copy(rt.part(out, 0, values.length), values);
    if (values.length < out.length) ring.neg(bias, means);
    else ring.sub(bias, bias, means);
  });
  const folded = timesRow(rt, centred, slope);
  rt.free(centred);
  if (beta && folded.words) {
    const bias = rt.part(folded.words, height * columns, columns);
    plusRow(rt, new Share(bias, [1, columns], folded.fraction, false), shaped(beta, [1, columns]), 0);
  }
  return yield* rescaleNarrow(rt, folded);
}
