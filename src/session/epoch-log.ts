/** What is revealed of epochs and evaluations, as the owner reads it. */
import { sizeOf } from '../model/config.js';
import { metricKey } from '../model/metrics.js';
import type { LayerPlan } from '../model/plan.js';
import { joinSum, losses } from '../nn/loss.js';
import type { Measures } from '../nn/train.js';
import type { SumResult, SumsResult } from '../role/model-commands.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { checkAlarms, checkPossible } from './alarms.js';
import type { Settings } from './options.js';
import { decodeWords, joinShares } from './owner.js';

/** What an epoch or an evaluation reveals to the owner. */
export interface Metrics {
  /** Mean loss over the rows. */
  readonly loss: number;
  /** With the metric 'accuracy': the share of rows whose largest output is the label's. */
  readonly accuracy?: number;
  /** Each metric asked for, by its key: 'accuracy', 'binaryAccuracy', 'top5'. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface EpochLog extends Metrics {
  /** 0-based. */
  readonly epoch: number;
  readonly valLoss?: number;
  readonly valAccuracy?: number;
  /** The metrics of the validation rows. */
  readonly valMetrics?: Readonly<Record<string, number>>;
  /** Seconds since fit began, validation included. */
  readonly seconds: number;
}

export interface History {
  readonly epochs: readonly EpochLog[];
  /** Seconds of the whole fit. */
  readonly seconds: number;
}

/** Every role's result of an epoch or an evaluation. */
export type SumsOfRoles = ReadonlyMap<string, unknown>;

/** When the last party was done, in milliseconds since 1970. */
export const endOf = ({ parties }: Settings, results: SumsOfRoles): number =>
  Math.max(...parties.map((party) => (results.get(party) as SumsResult).ended));

/** What sums are of. */
export interface SumsOf {
  /** Where they were asked for, for messages. */
  readonly where: string;
  readonly y: SecureTensor;
  readonly plans: readonly LayerPlan[];
}

/**
 * The means of the sums that the parties hold shares of.
 * @throws RangeExceeded where the sentinel has seen numbers near the limit of the ring, or a mean is impossible
 */
export function metricsOf(
  { ring, fractionBits, parties }: Settings,
  results: SumsOfRoles,
  { where, y, plans }: SumsOf,
  { loss, metrics }: Measures,
): Metrics {
  const sums = parties.map((party) => results.get(party) as SumsResult);
  const words = (pick: (sum: SumsResult) => Uint8Array | null) =>
    joinShares(
      ring,
      sums.map((sum) => pick(sum) as Uint8Array),
    );
  const join = (pick: (sum: SumsResult) => Uint8Array | null, fraction: number): number =>
    decodeWords(words(pick), fraction)[0];
  const part = (pick: (sum: SumsResult) => SumResult): [number, number] => {
    const { fraction } = pick(sums[0]);
    return [join((sum) => pick(sum).words, 0), fraction];
  };
  const { alarms } = sums[0];
  if (alarms) {
    checkAlarms(
      { where, ring, plans },
      alarms.sites,
      words((sum) => sum.alarms?.words ?? null),
    );
  }
  const [rows, ...units] = y.shape;
  const total = joinSum(ring, ...part((sum) => sum.loss.low), ...part((sum) => sum.loss.high));
  const means = metrics.map((metric, i): [string, number] => {
    const binary = metric === 'binaryAccuracy' || (metric === 'accuracy' && sizeOf(units) === 1);
    return [metricKey(metric), join((sum) => sum.hits[i], 0) / (binary ? y.size : rows)];
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
