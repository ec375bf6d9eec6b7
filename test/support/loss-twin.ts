/** Losses on plain integers. */
import type { LossName } from '../../src/nn/loss-names.js';
import type { Rounder } from './twin-types.js';

/** ∂loss/∂output of rows of `units`, without the factor and the batch size, which go into the rate. */
export function lossGradientTwin(
  loss: LossName,
  y: readonly bigint[],
  t: readonly bigint[],
  units: number,
  at: Rounder,
): bigint[] {
  const minusLabels = (values: readonly bigint[]) => values.map((value, i) => value - t[i]);
  switch (loss) {
    case 'meanSquaredError':
      return minusLabels(y);
    case 'softmaxCrossEntropy':
      return minusLabels(at.outside.softmax(y, units));
    case 'sigmoidCrossEntropy':
      return minusLabels(at.outside.curve('sigmoid', y, at.f, false).value);
    case 'hinge': {
      const one = 1n << BigInt(at.f);
      const signs = t.map((label) => 2n * label - one);
      const margins = at.round(
        y.map((value, i) => signs[i] * value),
        at.f,
      );
      return margins.map((margin, i) => (margin > one ? 0n : -signs[i]));
    }
  }
}
