/**
 * Layers on plain integers, each computed from its definition: the clear twin of every kind of layer. Like twin.ts it
 * knows nothing of shares, masks or dealt words; only the coins of the roundings, and values of functions that
 * approximate, come from outside (oracle.ts).
 *
 * A product takes its factors as they are when they have been rounded and carry at most three bits more than the
 * working scale; everything else is rounded to the working scale first.
 */
import { dropoutMask } from '../../src/model/dropout-mask.js';
import type { LayerPlan } from '../../src/model/plan.js';
import { sizeOf } from '../../src/shape.js';
import { activationTwin } from './activation-twin.js';
import { batchNormalizationTwin } from './batch-normalization-twin.js';
import { convolutionTerms, denseTerms, type Tap, type Terms, windowsOf } from './layer-terms.js';
import { parameterOf, type Rounder, type TwinLayer, type TwinValue } from './twin-types.js';

/** The twin of a layer and of its activation. @param weights its arrays as integers at the working scale */
export function twinLayers(
  plan: LayerPlan,
  weights: readonly (readonly bigint[])[],
  at: Rounder,
): TwinLayer[] {
  const { config } = plan;
  switch (config.type) {
    case 'dense':
      return [
        linear(plan, denseTerms(plan), config.units, weights, at),
        activationTwin(config.activation, plan, at),
      ];
    case 'conv2d':
      return [
        linear(plan, convolutionTerms(plan), config.filters, weights, at),
        activationTwin(config.activation, plan, at),
      ];
    case 'averagePooling2d':
    case 'globalAveragePooling2d':
      return [average(plan, windowsOf(plan), at)];
    case 'maxPooling2d':
      return [largest(plan, windowsOf(plan), at)];
    case 'dropout':
      return [dropout(config.rate, plan.index, at)];
    case 'activation':
      return [activationTwin(config.activation, plan, at)];
    case 'flatten':
      return [activationTwin('linear', plan, at)];
    case 'batchNormalization':
      return [batchNormalizationTwin(config, plan.inputShape.at(-1) as number, weights, at)];
  }
}

/** dense and conv2d: every output is a sum of inputs times kernel numbers, plus a bias. */
function linear(
  plan: LayerPlan,
  terms: readonly Terms[],
  units: number,
  [kernel, bias]: readonly (readonly bigint[])[],
  at: Rounder,
): TwinLayer {
  const inputs = sizeOf(plan.inputShape);
  const parameter = parameterOf(kernel, bias ?? []);
  let input: TwinValue | null = null;
  const moved = (data: readonly bigint[], fraction: number) => ({
    data: data.map((value) => value << BigInt(at.extra)),
    fraction: fraction + at.extra,
  });
  const apply = (x: TwinValue, values: readonly bigint[]): TwinValue => {
    const data = perRow(x.rows, terms.length, (row, j) => {
      const start = (values[kernel.length + (j % units)] ?? 0n) << BigInt(x.fraction);
      return terms[j].reduce((sum, [i, k]) => sum + x.data[row * inputs + i] * values[k], start);
    });
    return { ...x, ...moved(data, x.fraction + at.f), rounded: false };
  };
  return {
    parameters: [parameter],
    affine: { columns: units, apply: (value, values) => apply(at.factor(value), values) },
    forward(value, _pass, span) {
      input = at.factor(value);
      const z = apply(input, parameter.values);
      return span ? span.corrected(z) : z;
    },
    backward(dy, wanted, descend, take) {
      const dz = at.gradientFactor(dy);
      const x = input as TwinValue;
      const dx = new Array<bigint>(x.data.length).fill(0n);
      if (wanted) {
        dz.data.forEach((d, n) => {
          const [row, j] = [Math.floor(n / terms.length), n % terms.length];
          for (const [i, k] of terms[j]) dx[row * inputs + i] += d * parameter.values[k];
        });
      }
      const due = take ? take(dz) : { x, dz };
      if (due) {
        const down = parameter.values.map(() => 0n);
        due.dz.data.forEach((d, n) => {
          const [row, j] = [Math.floor(n / terms.length), n % terms.length];
          for (const [i, k] of terms[j]) down[k] -= due.x.data[row * inputs + i] * d;
          if (bias) down[kernel.length + (j % units)] -= d << BigInt(x.fraction);
        });
        const negative = moved(down, x.fraction + dz.fraction);
        descend(parameter, negative.data, negative.fraction);
      }
      return { rows: x.rows, ...moved(dx, dz.fraction + at.f), rounded: false };
    },
  };
}

function perRow(rows: number, columns: number, each: (row: number, column: number) => bigint): bigint[] {
  return Array.from({ length: rows * columns }, (_, n) => each(Math.floor(n / columns), n % columns));
}

/** Means. A power of two of places, the same everywhere, only moves the scale. */
function average(plan: LayerPlan, windows: readonly (readonly Tap[])[], at: Rounder): TwinLayer {
  const channels = plan.inputShape[2];
  const [inputs, outputs] = [sizeOf(plan.inputShape), sizeOf(plan.outputShape)];
  const counts = windows.map((window) => window.length);
  const moved = Math.log2(counts[0]);
  const even = Number.isInteger(moved) && counts.every((count) => count === counts[0]);
  const divide = (x: TwinValue, factorOf: (x: TwinValue) => TwinValue): TwinValue => {
    if (even) return { ...x, fraction: x.fraction + moved };
    return at.times(factorOf(x), (i) => 1 / counts[Math.floor((i % outputs) / channels)]);
  };
  return {
    parameters: [],
    forward(value) {
      const x = even && moved <= 2 ? value : at.factor(value);
      const data = perRow(x.rows, outputs, (row, j) =>
        windows[Math.floor(j / channels)].reduce(
          (sum, { pixel }) => sum + x.data[row * inputs + pixel * channels + (j % channels)],
          0n,
        ),
      );
      return divide({ ...x, data }, (sums) => at.factor(sums));
    },
    backward(dy) {
      const scaled = divide(dy, (gradient) => at.gradientFactor(gradient));
      const dx = new Array<bigint>(dy.rows * inputs).fill(0n);
      scaled.data.forEach((d, n) => {
        const [row, j] = [Math.floor(n / outputs), n % outputs];
        for (const { pixel } of windows[Math.floor(j / channels)]) {
          dx[row * inputs + pixel * channels + (j % channels)] += d;
        }
      });
      return { ...scaled, data: dx };
    },
  };
}

/** The largest value of each window; the gradient goes to the first of them. */
function largest(plan: LayerPlan, windows: readonly (readonly Tap[])[], at: Rounder): TwinLayer {
  const channels = plan.inputShape[2];
  const [inputs, outputs] = [sizeOf(plan.inputShape), sizeOf(plan.outputShape)];
  let chosen: number[] = [];
  return {
    parameters: [],
    forward(value) {
      const x = at.plain(value);
      chosen = Array.from({ length: x.rows * outputs }, (_, n) => {
        const [row, j] = [Math.floor(n / outputs), n % outputs];
        const places = windows[Math.floor(j / channels)].map(
          ({ pixel }) => row * inputs + pixel * channels + (j % channels),
        );
        return places.reduce((best, place) => (x.data[place] > x.data[best] ? place : best));
      });
      return { ...x, data: chosen.map((place) => x.data[place]) };
    },
    backward(gradient) {
      const dy = at.gradient(gradient);
      const dx = new Array<bigint>(dy.rows * inputs).fill(0n);
      chosen.forEach((place, n) => {
        dx[place] += dy.data[n];
      });
      return { ...dy, data: dx };
    },
  };
}

/** Kept numbers times 1 / (1 − rate); where that is a number of at most two fraction bits, without a rounding. */
function dropout(rate: number, index: number, at: Rounder): TwinLayer {
  const factor = 1 / (1 - rate);
  const free = [0, 1, 2].find((bits) => Number.isInteger(factor * 2 ** bits));
  let mask: Uint8Array = new Uint8Array();
  const apply = (x: TwinValue, factorOf: (x: TwinValue) => TwinValue): TwinValue => {
    if (free === undefined) return at.times(factorOf(x), (i) => mask[i] * factor);
    const weight = BigInt(factor * 2 ** free);
    return { ...x, data: x.data.map((v, i) => v * BigInt(mask[i]) * weight), fraction: x.fraction + free };
  };
  return {
    parameters: [],
    forward(x, { training, seed, step }) {
      if (!training) return x;
      mask = dropoutMask(seed, step, index, x.data.length, rate);
      return apply(x, (value) => at.factor(value));
    },
    backward: (dy) => apply(dy, (gradient) => at.gradientFactor(gradient)),
  };
}
