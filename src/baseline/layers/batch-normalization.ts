/** Batch normalization in clear. */
import type { BatchNormalizationConfig } from '../../model/config.js';
import { sizeOf } from '../../shape.js';
import type { PlainLayerFactory } from './layer.js';

/**
 * With x̂ = (x − mean) / √(variance + ε) over the n numbers of a channel: y = γx̂ + β; dγ = Σ dy·x̂, dβ = Σ dy,
 * dx = γ / √(variance + ε) · (dy − dβ/n − x̂·dγ/n).
 */
export const plainBatchNormalization: PlainLayerFactory<BatchNormalizationConfig> = (
  config,
  plan,
  weights,
  maxRows,
) => {
  const { momentum, epsilon } = config;
  const size = sizeOf(plan.inputShape);
  const channels = plan.inputShape[plan.inputShape.length - 1];
  const named = (name: string) => weights[plan.weights.findIndex((spec) => spec.name === name)];
  const gamma = named('gamma') as Float32Array | undefined;
  const beta = named('beta') as Float32Array | undefined;
  const [movingMean, movingVariance] = [named('movingMean'), named('movingVariance')];
  const [dGamma, dBeta] = [new Float32Array(channels), new Float32Array(channels)];
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  const normal = new Float32Array(maxRows * size);
  const y = new Float32Array(maxRows * size);
  const dx = new Float32Array(maxRows * size);

  /** Mean and biased variance of every channel. */
  function moments(x: Float32Array, count: number): void {
    const n = count / channels;
    mean.fill(0);
    variance.fill(0);
    for (let i = 0; i < count; i++) mean[i % channels] += x[i] / n;
    for (let i = 0; i < count; i++) variance[i % channels] += (x[i] - mean[i % channels]) ** 2 / n;
  }

  return {
    weights,
    gradients: plan.weights.map(({ name }) => (name === 'gamma' ? dGamma : name === 'beta' ? dBeta : null)),

    forward(x, rows, training) {
      const count = rows * size;
      if (training) {
        moments(x, count);
        for (let c = 0; c < channels; c++) {
          movingMean[c] = momentum * movingMean[c] + (1 - momentum) * mean[c];
          movingVariance[c] = momentum * movingVariance[c] + (1 - momentum) * variance[c];
        }
      } else {
        mean.set(movingMean);
        variance.set(movingVariance);
      }
      const scale = variance.map((v) => 1 / Math.sqrt(v + epsilon));
      for (let i = 0; i < count; i++) {
        const c = i % channels;
        normal[i] = (x[i] - mean[c]) * scale[c];
        y[i] = normal[i] * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0);
      }
      return y;
    },

    backward(dy, rows, wantInput) {
      const count = rows * size;
      const n = count / channels;
      dGamma.fill(0);
      dBeta.fill(0);
      for (let i = 0; i < count; i++) {
        dGamma[i % channels] += dy[i] * normal[i];
        dBeta[i % channels] += dy[i];
      }
      if (!wantInput) return undefined;
      for (let i = 0; i < count; i++) {
        const c = i % channels;
        const scale = (gamma?.[c] ?? 1) / Math.sqrt(variance[c] + epsilon);
        dx[i] = scale * (dy[i] - dBeta[c] / n - (normal[i] * dGamma[c]) / n);
      }
      return dx;
    },
  };
};
