/** What is refused of a model and its data before anything is sent. */
import type { ModelPlan } from '../model/plan.js';
import type { Score } from '../model/scores.js';
import { gigabytes, largestLayer, WASM_MEMORY } from '../model/size.js';
import { checkWeights, weightNames } from '../model/weights.js';
import { MOST_VARIANCE } from '../nn/layers/batch-normalization.js';
import { mostSummed } from '../nn/loss.js';
import { checkArray, checkOptions, checkText } from '../options.js';
import type { Agreement } from '../party/agreement.js';
import { rangeLimit } from '../party/ring-range.js';
import { checkPresent } from '../role/present.js';
import type { Roles } from '../role/roles.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { refuseFewRows } from './few-rows.js';
import type { InitialWeights } from './initial-weights.js';
import type { SetWeightsOptions } from './model-options.js';

/** @throws RangeError for a weight of `limit` or more in magnitude, by array and place. @param only part of the names of arrays */
function checkWeightRange(
  plan: ModelPlan,
  weights: readonly Float32Array[],
  limit: number,
  problem: string,
  only = '',
): void {
  const names = weightNames(plan);
  weights.forEach((array, i) => {
    if (!names[i].includes(only)) return;
    const at = array.findIndex((value) => !(Math.abs(value) < limit));
    if (at < 0) return;
    throw new RangeError(`setWeights: array ${i} (${names[i]}), number ${at}: ${problem}`);
  });
}

/**
 * Weights as they are set, checked as far as no session is needed.
 * @throws TypeError for what are no arrays of numbers, RangeError for arrays of other lengths and numbers that are not finite
 */
export function checkInitial(
  plan: ModelPlan,
  weights: readonly ArrayLike<number>[] | null,
  options: SetWeightsOptions,
): InitialWeights {
  checkOptions('setWeights', options, ['owner']);
  const { owner = null } = options;
  if (owner !== null) checkText('setWeights: owner', owner);
  if (weights === null && owner !== null) return { owner, arrays: null };
  checkArray('setWeights: weights', weights);
  const arrays: Float32Array[] = weights.map((array: unknown, i) => {
    if (array instanceof Float32Array || array instanceof Float64Array) return new Float32Array(array);
    checkArray(`setWeights: array ${i}`, array);
    return Float32Array.from(array, (value) => (typeof value === 'number' ? value : Number.NaN));
  });
  checkWeights(plan, arrays);
  checkWeightRange(plan, arrays, Infinity, 'not a finite number');
  return { owner, arrays };
}

/**
 * Weights of one owner are given where that owner is, and nowhere else.
 * @throws TypeError for an owner that is no role of the session, for numbers where it is not here, for none where it is
 */
function checkWeightOwner(roles: Roles, { owner, arrays }: InitialWeights): void {
  if (owner === null) return;
  checkPresent('setWeights: owner', owner, roles);
  if (roles.isHere(owner) && !arrays)
    throw new TypeError(`setWeights: ${owner} is here and brought no weights`);
  if (!roles.isHere(owner) && arrays) {
    throw new TypeError(`setWeights: ${owner} is not here, so its weights cannot be; give null`);
  }
}

/**
 * Initial weights that come to a session.
 * @throws RangeError for those that its ring cannot hold, TypeError as {@link checkWeightOwner}
 */
export function checkBrought(plan: ModelPlan, roles: Roles, initial: InitialWeights): void {
  checkWeightOwner(roles, initial);
  if (!initial.arrays) return;
  const { ring, fractionBits } = roles.settings;
  const limit = rangeLimit(ring, fractionBits);
  const problem = `magnitude ${limit} or more, too large for ring ${ring} with ${fractionBits} fraction bits`;
  checkWeightRange(plan, initial.arrays, limit, problem);
  const most = 2 ** MOST_VARIANCE[ring];
  checkWeightRange(
    plan,
    initial.arrays,
    most,
    `${most} or more, too large for batchNormalization in ring ${ring}`,
    'movingVariance',
  );
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

/** Rows of which ring 32 can count all pairs of two classes. */
const MOST_PAIRED = 2 ** 16;

/** @throws RangeError for rows of which the pairs that the area under the curve counts do not fit the ring */
export function checkPairs(
  name: string,
  { ring }: Agreement,
  { shape: [rows] }: SecureTensor,
  scores: readonly Score[],
): void {
  if (ring === 64 || rows <= MOST_PAIRED || scores.every((score) => score.name !== 'auc')) return;
  throw new RangeError(
    `${name}: metrics: auc counts pairs of ${rows} rows, ring 32 those of ${MOST_PAIRED}; use fewer rows at a time, or ring 64`,
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
