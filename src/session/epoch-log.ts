/** What is revealed of epochs and evaluations, as the owner reads it. */
import { metricKey } from '../model/metrics.js';
import type { LayerPlan } from '../model/plan.js';
import { joinSum, losses } from '../nn/loss.js';
import type { Measures } from '../nn/train.js';
import type { Agreement } from '../party/agreement.js';
import { integersOf, numbersOf } from '../role/clear-words.js';
import type { ClearSums } from '../role/command.js';
import { sizeOf } from '../shape.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { checkAlarms, checkPossible } from './alarms.js';
import type { Metrics } from './history.js';

/** What sums are of. */
export interface SumsOf {
  /** Where they were asked for, for messages. */
  readonly where: string;
  readonly y: SecureTensor;
  readonly plans: readonly LayerPlan[];
}

/**
 * The means of revealed sums.
 * @throws RangeExceeded where the sentinel has seen numbers near the limit of the ring, or a mean is impossible
 */
export function metricsOf(
  { ring, fractionBits }: Agreement,
  { loss: sums, hits, alarms }: ClearSums,
  { where, y, plans }: SumsOf,
  { loss, metrics }: Measures,
): Metrics {
  if (alarms) checkAlarms({ where, ring, plans }, alarms.sites, integersOf(ring, alarms.words));
  const integer = (words: Uint8Array): number => Number(integersOf(ring, words)[0]);
  const { low, high } = sums;
  const total = joinSum(ring, integer(low.words), low.fraction, integer(high.words), high.fraction);
  const [rows, ...units] = y.shape;
  const means = metrics.map((metric, i): [string, number] => {
    const binary = metric === 'binaryAccuracy' || (metric === 'accuracy' && sizeOf(units) === 1);
    return [metricKey(metric), numbersOf(ring, { ...hits[i], fraction: 0 })[0] / (binary ? y.size : rows)];
  });
  const byKey = Object.fromEntries(means);
  const result: Metrics = {
    loss: total / (rows * losses[loss].rowCount(sizeOf(units))),
    ...('accuracy' in byKey && { accuracy: byKey.accuracy }),
    metrics: byKey,
  };
  checkPossible({ where, ring, fractionBits }, loss, result);
  return result;
}
