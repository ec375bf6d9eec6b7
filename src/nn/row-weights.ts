/** Weights of rows on shares: what a row's loss counts for in a training. Its gradient is multiplied by a weight that nobody sees. */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked } from '../party/values.js';
import { gather } from '../protocol/gather.js';
import { multiply } from '../protocol/multiply.js';
import { rescaleNarrow } from '../protocol/truncate.js';
import { masked, type Value } from './layers/layer.js';

/** ∂loss/∂output [rows, units] times each row's weight ⟨w⟩ [rows], at the gradient's scale. 2 rounds. */
export function* weighted(rt: Runtime, gradient: Value, weights: Masked): Secure<Masked> {
  const g = yield* masked(rt, gradient, gradient.fraction);
  const [, units] = g.shape;
  const places = Uint32Array.from({ length: g.size }, (_, i) => Math.floor(i / units));
  const product = multiply(rt, g, gather(rt, weights, places, 1, g.shape));
  return yield* rescaleNarrow(rt, product, product.fraction - g.fraction);
}
