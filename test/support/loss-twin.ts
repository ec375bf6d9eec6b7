/** Losses on plain integers. */
import type { LossName } from '../../src/nn/loss-names.js';
import type { Rounder } from './twin-types.js';

/** ∂loss/∂output, without the factor and the batch size, which go into the rate. */
export function lossGradientTwin(
  loss: LossName,
  y: readonly bigint[],
  t: readonly bigint[],
  at: Rounder,
): bigint[] {
  if (loss === 'meanSquaredError') return y.map((value, i) => value - t[i]);
  if (loss !== 'hinge') throw new TypeError(`no twin for ${loss}`);
  const one = 1n << BigInt(at.f);
  const signs = t.map((label) => 2n * label - one);
  const margins = at.round(
    y.map((value, i) => signs[i] * value),
    at.f,
  );
  return margins.map((margin, i) => (margin > one ? 0n : -signs[i]));
}
