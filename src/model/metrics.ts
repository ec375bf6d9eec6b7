import { checkOptions, kindOf } from '../options.js';

/**
 * The metrics by name. Each is a mean over the rows (binaryAccuracy: over rows and units), from 0 to 1.
 *
 * | metric | counts |
 * |---|---|
 * | accuracy | rows whose largest output is the largest label's; with a single unit it is binaryAccuracy |
 * | binaryAccuracy | outputs on the same side of the threshold as their label of ½ (see decisionThreshold) |
 * | `{ topK: k }` | rows whose label is among the k largest outputs |
 *
 * Of equal outputs the one with the lower index counts as larger, as argmax has it.
 */
export type MetricName = 'accuracy' | 'binaryAccuracy' | { topK: number };

/** The key of a metric in a history: 'accuracy', 'binaryAccuracy', 'top5'. */
export const metricKey = (metric: MetricName): string =>
  typeof metric === 'string' ? metric : `top${metric.topK}`;

/**
 * Throws unless `metric` is a metric for a model of `units` outputs.
 * @throws TypeError for a wrong kind, RangeError for an unknown name or a k outside 1..units
 */
export function checkMetric(metric: unknown, units: number): asserts metric is MetricName {
  if (metric === 'accuracy' || metric === 'binaryAccuracy') return;
  if (typeof metric === 'string') {
    throw new RangeError(`unknown metric "${metric}"; known are accuracy, binaryAccuracy, { topK: k }`);
  }
  const k = (metric as { topK?: unknown } | null | undefined)?.topK;
  if (typeof k !== 'number') throw new TypeError(`a metric is a name or { topK: k }, got ${kindOf(metric)}`);
  checkOptions('a metric', metric, ['topK']);
  if (!(Number.isInteger(k) && k >= 1 && k <= units)) {
    throw new RangeError(`topK: k must be an integer from 1 to the model's ${units} outputs`);
  }
}
