/** Losses on plain integers. */
import type { LossName } from '../../src/nn/loss-names.js';
import { max0 } from './clear.js';
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
      const { one, signs, margins } = marginsOf(y, t, at);
      return margins.map((margin, i) => (margin > one ? 0n : -signs[i]));
    }
  }
}

/** (2t − 1)·y at the working scale. */
function marginsOf(y: readonly bigint[], t: readonly bigint[], at: Rounder) {
  const one = 1n << BigInt(at.f);
  const signs = t.map((label) => 2n * label - one);
  const margins = at.round(
    y.map((value, i) => signs[i] * value),
    at.f,
  );
  return { one, signs, margins };
}

/** The loss summed over rows of `units`. Each term is rounded to the working scale; there are few enough of them. */
export function lossTotalTwin(
  loss: LossName,
  y: readonly bigint[],
  t: readonly bigint[],
  units: number,
  at: Rounder,
): bigint {
  const one = 1n << BigInt(at.f);
  const sum = (terms: readonly bigint[]) => terms.reduce((total, term) => total + term, 0n);
  switch (loss) {
    case 'meanSquaredError':
      return sum(
        at.round(
          y.map((value, i) => (value - t[i]) ** 2n),
          at.f,
        ),
      );
    case 'softmaxCrossEntropy': {
      const logarithms = at.outside.logOfSum(y, units);
      const rows = logarithms.map((logarithm, row) => {
        const z = y.slice(row * units, (row + 1) * units);
        const largest = z.reduce((a, b) => (a > b ? a : b));
        return z.reduce((total, value, j) => total - (value - largest - logarithm) * t[row * units + j], 0n);
      });
      return sum(at.round(rows, at.f));
    }
    case 'sigmoidCrossEntropy': {
      const [yes, no] = at.outside.logPair(at.outside.curve('sigmoid', y, at.f, false).value);
      return sum(
        at.round(
          yes.map((_, i) => -t[i] * yes[i] - (one - t[i]) * no[i]),
          at.f,
        ),
      );
    }
    case 'hinge':
      return sum(marginsOf(y, t, at).margins.map((margin) => max0(one - margin)));
  }
}
