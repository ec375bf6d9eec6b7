/**
 * Labels that a loss or a metric cannot use. Checked where this process shared them itself; what others shared is not
 * known here. The messages name the first row that does not fit, never what it holds.
 */
import type { LossName } from '../model/losses.js';
import { type MetricName, metricKey } from '../model/metrics.js';
import { ofClasses, type Score } from '../model/scores.js';
import type { Measures } from '../nn/train.js';
import { sizeOf } from '../shape.js';
import { firstMisfit, type RowKind, rowKinds } from '../tensor/row-facts.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';

/** The labels that each loss is made for. */
const wanted: Readonly<Record<LossName, RowKind | null>> = {
  meanSquaredError: null,
  softmaxCrossEntropy: 'distribution',
  sigmoidCrossEntropy: 'unit',
  hinge: 'binary',
};

const wantedBy = (metric: MetricName, units: number): RowKind =>
  metric === 'binaryAccuracy' || (metric === 'accuracy' && units === 1) ? 'binary' : 'oneHot';

/**
 * @param name what the labels are for, first word of the message
 * @throws RangeError for labels that are known not to fit the loss or a metric
 */
export function checkLabels(
  name: string,
  y: SecureTensor,
  { loss, metrics }: Measures,
  scores: readonly Score[] = [],
): void {
  const kind = wanted[loss];
  if (kind) refuse(name, y, `the loss ${loss}`, kind, '');
  const units = sizeOf(y.shape.slice(1));
  for (const metric of metrics) {
    const advice = `; choose other metrics in compile, [] for none${metric === 'accuracy' && units > 1 ? ", or 'binaryAccuracy' for units of 0 or 1" : ''}`;
    refuse(name, y, `the metric ${metricKey(metric)}`, wantedBy(metric, units), advice);
  }
  for (const { name: score } of scores) {
    if (ofClasses(score)) refuse(name, y, `the metric ${score}`, wantedBy('accuracy', units), '');
  }
}

function refuse(name: string, y: SecureTensor, who: string, kind: RowKind, advice: string): void {
  const row = firstMisfit(y, kind);
  if (row < 0) return;
  throw new RangeError(
    `${name}: ${who} wants labels with ${rowKinds[kind]}; row ${row} (from 0) is not so${advice}`,
  );
}
