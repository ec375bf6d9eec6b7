/** What the owner makes of what is revealed to it: results that cannot be, and what the sentinel says, are errors. */
import type { RingBits } from '../../bindings/ring.js';
import { RangeExceeded } from '../errors.js';
import type { LossName } from '../model/losses.js';
import type { LayerPlan } from '../model/plan.js';
import { differenceFraction } from '../nn/scales.js';
import { placeOf, type WatchedKind } from '../nn/sentinel.js';
import { rangeLimit } from '../party/ring-range.js';
import type { Metrics } from './history.js';

/** Where an epoch or an evaluation was asked for: 'fit: epoch 3'. */
export interface Site {
  readonly where: string;
  readonly ring: RingBits;
  readonly plans: readonly LayerPlan[];
}

/** What helps against each kind, most likely first. */
const REMEDIES: Readonly<Record<WatchedKind, readonly string[]>> = {
  product: ['a smaller learning rate', 'scaled inputs'],
  gradient: ['a smaller learning rate', 'scaled labels'],
  update: ['a smaller learning rate', 'scaled inputs', 'a smaller batch', 'clipValue'],
  loss: ['scaled labels', 'a smaller learning rate'],
  activation: ['scaled inputs', 'a smaller learning rate'],
};

/**
 * @param alarms a word for each site, 0 where nothing came near the limit
 * @throws RangeExceeded that names layers and kinds, and what to change
 */
export function checkAlarms(
  { where, ring, plans }: Site,
  sites: readonly number[],
  alarms: ArrayLike<number | bigint>,
): void {
  const hits = sites.filter((_, i) => Number(alarms[i]) !== 0).map(placeOf);
  if (hits.length === 0) return;
  const places = plans.flatMap((plan, l) => {
    const kinds = hits.filter(({ layer }) => layer === l).map(({ kind }) => kind);
    return kinds.length > 0 ? [`layer ${l} (${plan.config.type}): ${kinds.join(', ')}`] : [];
  });
  const remedies = [...new Set(hits.flatMap(({ kind }) => REMEDIES[kind]))];
  throw new RangeExceeded(
    `${where}: numbers came near the limit of ring ${ring}, beyond which results are wrong (${places.join('; ')}); ` +
      `try ${[...remedies, ...(ring === 32 ? ['ring 64'] : [])].join(', ')}`,
  );
}

/**
 * The most that a mean loss can be: what its terms can be before they leave the ring, or, of a sigmoid's logarithm, what one
 * number counts for (nn/cross-entropy.ts).
 */
function mostLoss(loss: LossName, ring: RingBits, fractionBits: number): number {
  const term = rangeLimit(ring, fractionBits);
  if (loss === 'meanSquaredError') return 2 ** (ring - 2 - 2 * differenceFraction(ring, fractionBits));
  if (loss === 'sigmoidCrossEntropy') return fractionBits * Math.LN2 + 0.01;
  return loss === 'hinge' ? term + 1 : term;
}

/** The least that a loss can be, less what approximations and roundings may take away from it. */
const LEAST_LOSS: Readonly<Record<LossName, number>> = {
  meanSquaredError: 0,
  softmaxCrossEntropy: -0.01,
  sigmoidCrossEntropy: -0.01,
  hinge: -0.01,
};

/** @throws RangeExceeded for a loss or a metric that no data can have */
export function checkPossible(
  { where, ring, fractionBits }: Pick<Site, 'where' | 'ring'> & { readonly fractionBits: number },
  loss: LossName,
  metrics: Metrics,
): void {
  const wrong = [
    ...(metrics.loss >= LEAST_LOSS[loss] && metrics.loss <= mostLoss(loss, ring, fractionBits)
      ? []
      : ['the loss']),
    ...Object.keys(metrics.metrics).filter(
      (key) => !(metrics.metrics[key] >= 0 && metrics.metrics[key] <= 1),
    ),
  ];
  refuseImpossible({ where, ring }, wrong);
}

/** @throws RangeExceeded where anything is `wrong`: what no data can have */
export function refuseImpossible(
  { where, ring }: Pick<Site, 'where' | 'ring'>,
  wrong: readonly string[],
): void {
  if (wrong.length === 0) return;
  throw new RangeExceeded(
    `${where}: ${wrong.join(' and ')} came out impossible: numbers have left the range of ring ${ring}, or labels ` +
      `are none that the loss takes; try a smaller learning rate, scaled inputs and labels${ring === 32 ? ', ring 64' : ''}`,
  );
}
