/** Pooling in clear. */
import type {
  AveragePooling2dConfig,
  GlobalAveragePooling2dConfig,
  MaxPooling2dConfig,
} from '../../model/config.js';
import type { LayerPlan } from '../../model/plan.js';
import { planWindows, type WindowPlan } from '../../model/window.js';
import { sizeOf } from '../../shape.js';
import type { PlainLayer, PlainLayerFactory } from './layer.js';

/**
 * Visits the windows of one image: `output` is the place of the window's first channel in the output, `inside` holds
 * the places in the input of the first channel of every pixel of the window inside the image, row-major.
 */
type VisitWindows = (visit: (output: number, inside: readonly number[]) => void) => void;

/** Where the windows lie, worked out once. */
function layWindows(plan: WindowPlan): VisitWindows {
  const { inputHeight, inputWidth, channels } = plan;
  const all: number[][] = [];
  for (let i = 0; i < plan.outputHeight; i++) {
    for (let j = 0; j < plan.outputWidth; j++) {
      const inside: number[] = [];
      for (let p = 0; p < plan.kernelHeight; p++) {
        for (let q = 0; q < plan.kernelWidth; q++) {
          const y = i * plan.strideHeight - plan.padTop + p;
          const x = j * plan.strideWidth - plan.padLeft + q;
          if (y >= 0 && y < inputHeight && x >= 0 && x < inputWidth) {
            inside.push((y * inputWidth + x) * channels);
          }
        }
      }
      all.push(inside);
    }
  }
  return (visit) => {
    for (let window = 0; window < all.length; window++) visit(window * channels, all[window]);
  };
}

/** y = Σ x / count over the window; every x of it gets dy / count. */
function averaging(plan: LayerPlan, visitWindows: VisitWindows, maxRows: number): PlainLayer {
  const [inputs, outputs] = [sizeOf(plan.inputShape), sizeOf(plan.outputShape)];
  const channels = plan.outputShape[plan.outputShape.length - 1];
  const y = new Float32Array(maxRows * outputs);
  let dx: Float32Array | undefined;
  return {
    weights: [],
    gradients: [],

    forward(x, rows) {
      for (let row = 0; row < rows; row++) {
        visitWindows((output, inside) => {
          const to = row * outputs + output;
          for (let c = 0; c < channels; c++) {
            let sum = 0;
            for (const place of inside) sum += x[row * inputs + place + c];
            y[to + c] = sum / inside.length;
          }
        });
      }
      return y;
    },

    backward(dy, rows, wantInput) {
      if (!wantInput) return undefined;
      dx ??= new Float32Array(maxRows * inputs);
      const gradient = dx.fill(0, 0, rows * inputs);
      for (let row = 0; row < rows; row++) {
        visitWindows((output, inside) => {
          const from = row * outputs + output;
          for (const place of inside) {
            for (let c = 0; c < channels; c++) {
              gradient[row * inputs + place + c] += dy[from + c] / inside.length;
            }
          }
        });
      }
      return gradient;
    },
  };
}

export const plainAveragePooling2d: PlainLayerFactory<AveragePooling2dConfig> = (config, plan, _, maxRows) =>
  averaging(
    plan,
    layWindows(planWindows(plan.inputShape, config.poolSize, config.strides, config.padding)),
    maxRows,
  );

export const plainGlobalAveragePooling2d: PlainLayerFactory<GlobalAveragePooling2dConfig> = (
  _,
  plan,
  __,
  maxRows,
) => {
  const [height, width] = plan.inputShape;
  const whole = planWindows(plan.inputShape, [height, width], [1, 1], 'valid');
  return averaging(plan, layWindows(whole), maxRows);
};

/** y = max x over the window; the first largest x gets dy. */
export const plainMaxPooling2d: PlainLayerFactory<MaxPooling2dConfig> = (config, plan, _, maxRows) => {
  const windows = planWindows(plan.inputShape, config.poolSize, config.strides, config.padding);
  const visitWindows = layWindows(windows);
  const { channels } = windows;
  const [inputs, outputs] = [sizeOf(plan.inputShape), sizeOf(plan.outputShape)];
  const y = new Float32Array(maxRows * outputs);
  const chosen = new Uint32Array(maxRows * outputs);
  let dx: Float32Array | undefined;
  return {
    weights: [],
    gradients: [],

    forward(x, rows) {
      for (let row = 0; row < rows; row++) {
        visitWindows((output, inside) => {
          for (let c = 0; c < channels; c++) {
            let best = row * inputs + inside[0] + c;
            for (const place of inside) {
              const at = row * inputs + place + c;
              if (x[at] > x[best]) best = at;
            }
            const to = row * outputs + output + c;
            y[to] = x[best];
            chosen[to] = best;
          }
        });
      }
      return y;
    },

    backward(dy, rows, wantInput) {
      if (!wantInput) return undefined;
      dx ??= new Float32Array(maxRows * inputs);
      dx.fill(0, 0, rows * inputs);
      for (let i = 0; i < rows * outputs; i++) dx[chosen[i]] += dy[i];
      return dx;
    },
  };
};
