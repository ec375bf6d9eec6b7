/** What is refused of a model and its data before anything is sent. */
import type { ModelPlan } from '../model/plan.js';
import { gigabytes, largestLayer, WASM_MEMORY } from '../model/size.js';
import { weightNames } from '../model/weights.js';
import { mostSummed } from '../nn/loss.js';
import type { Agreement } from '../party/agreement.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { refuseFewRows } from './few-rows.js';

/** @throws RangeError for a weight of `limit` or more in magnitude, by array and place */
export function checkWeightRange(
  plan: ModelPlan,
  weights: readonly Float32Array[],
  limit: number,
  problem: string,
): void {
  const names = weightNames(plan);
  weights.forEach((array, i) => {
    const at = array.findIndex((value) => !(Math.abs(value) < limit));
    if (at < 0) return;
    throw new RangeError(`setWeights: array ${i} (${names[i]}), number ${at}: ${problem}`);
  });
}

/** @throws RangeError for labels that are too few for their loss to be opened, or too many for it to be summed exactly */
export function checkSums(name: string, { ring, leastRows }: Agreement, { shape, size }: SecureTensor): void {
  refuseFewRows(`${name}: losses and metrics`, shape[0], leastRows);
  const most = mostSummed(ring);
  if (size <= most) return;
  throw new RangeError(
    `${name}: ${size} labels, of which ring ${ring} can sum the losses of ${most}; use fewer rows at a time, or ring 64`,
  );
}

/** @throws RangeError for a batch for which a party needs more memory than it can have, with the layer that takes most */
export function checkMemory(
  operation: string,
  plan: ModelPlan,
  ring: Agreement['ring'],
  batchSize: number,
  bytes: number,
): void {
  if (bytes <= WASM_MEMORY) return;
  const { index, config } = largestLayer(plan.layers, batchSize);
  throw new RangeError(
    `${operation}: layer ${index} (${config.type}) takes most of the ${gigabytes(bytes)} that a party needs for a ` +
      `batch of ${batchSize} in ring ${ring}; its wasm memory has 4 GiB: use a smaller batch or layer` +
      (ring === 64 ? ', or ring 32' : ''),
  );
}
