/**
 * Models as plain functions of double precision, layer by layer from their definitions: the reference for numeric
 * gradients. Slow, forward only, and independent of every trainer of the package.
 */
import type {
  Activation,
  BatchNormalizationConfig,
  LayerConfig,
  ModelConfig,
} from '../../src/model/config.js';
import { dropoutMask } from '../../src/model/dropout-mask.js';
import { planModel } from '../../src/model/plan.js';

type Vector = readonly number[];

/** The public numbers that a step of training depends on. */
export interface FloatPass {
  readonly seed: number;
  readonly step: number;
}

/** The outputs of a batch in a step of training. */
export function outputs(
  config: ModelConfig,
  weights: readonly Vector[],
  rows: readonly Vector[],
  { seed, step }: FloatPass,
): number[][] {
  let taken = 0;
  let values = rows.map((row) => [...row]);
  for (const plan of planModel(config).layers) {
    const own = weights.slice(taken, taken + plan.weights.length);
    taken += own.length;
    const layer = plan.config;
    if (layer.type === 'batchNormalization') {
      const channels = plan.inputShape[plan.inputShape.length - 1];
      values = batchNormalization(layer, channels, own, values);
    } else if (layer.type === 'dropout') {
      const size = values[0].length;
      const kept = dropoutMask(seed, step, plan.index, rows.length * size, layer.rate);
      values = values.map((row, r) => row.map((x, i) => (kept[r * size + i] * x) / (1 - layer.rate)));
    } else {
      values = values.map((row) => apply(layer, plan.inputShape, own, row));
    }
  }
  return values;
}

/** With the mean and the biased variance of the batch, over its rows and positions. */
function batchNormalization(
  { scale, center, epsilon }: BatchNormalizationConfig,
  channels: number,
  weights: readonly Vector[],
  rows: readonly Vector[],
): number[][] {
  const gamma = scale ? weights[0] : null;
  const beta = center ? weights[scale ? 1 : 0] : null;
  const all = Array.from({ length: channels }, (_, c) =>
    rows.flatMap((row) => row.filter((_x, i) => i % channels === c)),
  );
  const mean = (x: Vector) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const means = all.map(mean);
  const variances = all.map((x, c) => mean(x.map((value) => (value - means[c]) ** 2)));
  return rows.map((row) =>
    row.map((value, i) => {
      const c = i % channels;
      const normal = (value - means[c]) / Math.sqrt(variances[c] + epsilon);
      return (gamma?.[c] ?? 1) * normal + (beta?.[c] ?? 0);
    }),
  );
}

function apply(layer: LayerConfig, inputShape: Vector, weights: readonly Vector[], x: Vector): number[] {
  switch (layer.type) {
    case 'dense':
      return activated(layer.activation, dense(layer.units, weights, x));
    case 'conv2d':
      return activated(
        layer.activation,
        windows(layer, layer.kernelSize, inputShape, layer.filters, (at, filter) => {
          const [kernel, bias] = weights;
          let sum = bias?.[filter] ?? 0;
          for (const { place, channel, index } of at) {
            sum += x[index] * kernel[(place * inputShape[2] + channel) * layer.filters + filter];
          }
          return sum;
        }),
      );
    case 'averagePooling2d':
    case 'maxPooling2d':
      return windows(layer, layer.poolSize, inputShape, inputShape[2], (at, filter) => {
        const inside = at.filter(({ channel }) => channel === filter).map(({ index }) => x[index]);
        if (layer.type === 'maxPooling2d') return Math.max(...inside);
        return inside.reduce((a, b) => a + b, 0) / inside.length;
      });
    case 'globalAveragePooling2d': {
      const channels = inputShape[2];
      const pixels = x.length / channels;
      return Array.from({ length: channels }, (_, c) =>
        x.filter((_, i) => i % channels === c).reduce((sum, value) => sum + value / pixels, 0),
      );
    }
    case 'flatten':
      return [...x];
    case 'activation':
      return activated(layer.activation, x);
    case 'batchNormalization':
    case 'dropout':
      throw new TypeError(`${layer.type} works on all rows at once`);
  }
}

function dense(units: number, [kernel, bias]: readonly Vector[], x: Vector): number[] {
  return Array.from({ length: units }, (_, j) =>
    x.reduce((sum, value, i) => sum + value * kernel[i * units + j], bias?.[j] ?? 0),
  );
}

interface Tap {
  readonly place: number;
  readonly channel: number;
  readonly index: number;
}

/** Calls `each` with the taps inside the image of every window, for every output channel. */
function windows(
  layer: { readonly strides: readonly [number, number]; readonly padding: 'valid' | 'same' },
  [kh, kw]: readonly [number, number],
  [height, width, channels]: Vector,
  filters: number,
  each: (taps: readonly Tap[], filter: number) => number,
): number[] {
  const axis = (length: number, kernel: number, stride: number) => {
    if (layer.padding === 'valid') return { count: Math.floor((length - kernel) / stride) + 1, before: 0 };
    const count = Math.ceil(length / stride);
    return { count, before: Math.floor(Math.max((count - 1) * stride + kernel - length, 0) / 2) };
  };
  const [vertical, horizontal] = [axis(height, kh, layer.strides[0]), axis(width, kw, layer.strides[1])];
  const out: number[] = [];
  for (let oy = 0; oy < vertical.count; oy++) {
    for (let ox = 0; ox < horizontal.count; ox++) {
      const taps: Tap[] = [];
      for (let place = 0; place < kh * kw; place++) {
        const y = oy * layer.strides[0] - vertical.before + Math.floor(place / kw);
        const x = ox * layer.strides[1] - horizontal.before + (place % kw);
        if (y < 0 || y >= height || x < 0 || x >= width) continue;
        for (let channel = 0; channel < channels; channel++) {
          taps.push({ place, channel, index: (y * width + x) * channels + channel });
        }
      }
      for (let filter = 0; filter < filters; filter++) out.push(each(taps, filter));
    }
  }
  return out;
}

function activated(activation: Activation, z: Vector): number[] {
  if (activation !== 'softmax') return z.map(curve(activation));
  const powers = z.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function curve(activation: Activation): (x: number) => number {
  if (typeof activation === 'object') {
    if ('leakyRelu' in activation) return (x) => (x > 0 ? x : activation.leakyRelu * x);
    return (x) => activation.polynomial.reduceRight((sum, a) => sum * x + a, 0);
  }
  const curves: Record<string, (x: number) => number> = {
    linear: (x) => x,
    relu: (x) => Math.max(0, x),
    square: (x) => x * x,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    tanh: Math.tanh,
    leakyRelu: (x) => (x > 0 ? x : 0.3 * x),
  };
  const known = curves[activation];
  if (!known) throw new TypeError(`no reference for ${activation}`);
  return known;
}
