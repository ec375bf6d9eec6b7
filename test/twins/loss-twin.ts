/** Losses on plain integers. */
import type { LossName } from '../../src/model/losses.js';
import { max0 } from './clear.js';
import type { Rounder, TwinValue } from './twin-types.js';

/** What a step keeps of its outputs for the loss, and ∂loss/∂output without the factor and the batch size. */
export interface HeadTwin {
  readonly kept: TwinValue;
  readonly gradient: TwinValue;
}

/** @param t labels of rows of `units` at the working scale, whose low bits are zero where gradients leave them out */
export function lossHeadTwin(
  loss: LossName,
  output: TwinValue,
  t: readonly bigint[],
  units: number,
  at: Rounder,
): HeadTwin {
  if (loss === 'meanSquaredError') {
    if (output.rounded) {
      const y = at.plain(output);
      const gradient = { ...y, data: y.data.map((value, i) => value - t[i]) };
      return { kept: gradient, gradient };
    }
    const shift = BigInt(output.fraction - at.f);
    const gradient = at.gradient({ ...output, data: output.data.map((z, i) => z - (t[i] << shift)) });
    return { kept: gradient, gradient };
  }
  const y = at.plain(output);
  const labels = t.map((label) => label >> BigInt(at.f - at.g));
  const minusLabels = (values: readonly bigint[]) => values.map((value, i) => value - labels[i]);
  const gradient = (data: readonly bigint[]): HeadTwin => ({
    kept: y,
    gradient: { ...y, data, fraction: at.g, rounded: true },
  });
  switch (loss) {
    case 'softmaxCrossEntropy':
      return gradient(minusLabels(at.outside.softmax(y.data, units, at.g)));
    case 'sigmoidCrossEntropy':
      return gradient(minusLabels(at.outside.curve('sigmoid', y.data, at.f, false, at.g).value));
    case 'hinge': {
      const { one, signs, margins } = marginsOf(y.data, labels, at, at.g);
      return gradient(margins.map((margin, i) => (margin > one ? 0n : -signs[i])));
    }
  }
}

/** (2t − 1)·y at the working scale; labels and signs have `fraction` bits. */
function marginsOf(y: readonly bigint[], t: readonly bigint[], at: Rounder, fraction = at.f) {
  const one = 1n << BigInt(at.f);
  const signs = t.map((label) => 2n * label - (1n << BigInt(fraction)));
  const margins = at.round(
    y.map((value, i) => signs[i] * value),
    fraction,
  );
  return { one, signs, margins };
}

/** The two words of a sum of numbers that need not fit the ring (nn/loss.ts, wideSum). */
export interface WideSumTwin {
  readonly low: bigint;
  readonly high: bigint;
}

/** The loss summed over rows of `units`. */
export function lossTotalTwin(
  loss: LossName,
  y: readonly bigint[],
  t: readonly bigint[],
  units: number,
  at: Rounder,
): WideSumTwin {
  const one = 1n << BigInt(at.f);
  switch (loss) {
    case 'meanSquaredError': {
      const d = y.map((value, i) => value - t[i]);
      const bits = Math.min(at.f, at.bits === 32 ? 9 : 16);
      const near = bits < at.f ? at.round(d, at.f - bits) : d;
      return wideSumTwin(
        near.map((value) => value * value),
        at,
      );
    }
    case 'softmaxCrossEntropy': {
      const logarithms = at.outside.logOfSum(y, units);
      const rows = logarithms.map((logarithm, row) => {
        const z = y.slice(row * units, (row + 1) * units);
        const largest = z.reduce((a, b) => (a > b ? a : b));
        return z.reduce((total, value, j) => total - (value - largest - logarithm) * t[row * units + j], 0n);
      });
      return wideSumTwin(rows, at);
    }
    case 'sigmoidCrossEntropy': {
      const [yes, no] = at.outside.logPair(at.outside.curve('sigmoid', y, at.f, false).value);
      return wideSumTwin(
        yes.map((_, i) => -t[i] * yes[i] - (one - t[i]) * no[i]),
        at,
      );
    }
    case 'hinge':
      return wideSumTwin(
        marginsOf(y, t, at).margins.map((margin) => max0(one - margin)),
        at,
      );
  }
}

/** The exact sum modulo 2^k, and the sum of the numbers rounded so that it fits. */
function wideSumTwin(numbers: readonly bigint[], at: Rounder): WideSumTwin {
  const sum = (all: readonly bigint[]) => all.reduce((total, value) => total + value, 0n);
  const s = Math.ceil(Math.log2(numbers.length)) - 1;
  return { low: BigInt.asIntN(at.bits, sum(numbers)), high: sum(at.round(numbers, s)) };
}
