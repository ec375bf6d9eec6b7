/** Which numbers of the input and of the kernel each output of a layer is made of, from the layers' definitions. */
import type { LayerConfig } from '../../src/model/config.js';
import type { LayerPlan } from '../../src/model/plan.js';

/** Pairs [number of the input's row, number of the kernel] whose products make one output. */
export type Terms = readonly (readonly [number, number])[];

/** Of one row's outputs of a dense layer. */
export function denseTerms({ inputShape: [inputs], outputShape: [units] }: LayerPlan): Terms[] {
  return Array.from({ length: units }, (_, j) =>
    Array.from({ length: inputs }, (_, i) => [i, i * units + j]),
  );
}

/** Of one image's outputs of a convolution. */
export function convolutionTerms(plan: LayerPlan): Terms[] {
  const filters = plan.outputShape[2];
  const channels = plan.inputShape[2];
  return windowsOf(plan).flatMap((window) =>
    Array.from({ length: filters }, (_, o) =>
      window.flatMap(({ place, pixel }) =>
        Array.from({ length: channels }, (_, c): [number, number] => [
          pixel * channels + c,
          (place * channels + c) * filters + o,
        ]),
      ),
    ),
  );
}

/** A pixel of the image under a place of the window. */
export interface Tap {
  readonly place: number;
  readonly pixel: number;
}

/** The taps inside the image of each window, row by row. */
export function windowsOf({ config, inputShape: [height, width] }: LayerPlan): Tap[][] {
  const { size, strides, padding } = windowOf(config, height, width);
  const starts = (length: number, kernel: number, stride: number): number[] => {
    const count = Math.ceil((padding === 'same' ? length : length - kernel + 1) / stride);
    const missing = padding === 'same' ? Math.max(0, (count - 1) * stride + kernel - length) : 0;
    return Array.from({ length: count }, (_, i) => i * stride - Math.floor(missing / 2));
  };
  return starts(height, size[0], strides[0]).flatMap((top) =>
    starts(width, size[1], strides[1]).map((left) => {
      const taps: Tap[] = [];
      for (let place = 0; place < size[0] * size[1]; place++) {
        const [y, x] = [top + Math.floor(place / size[1]), left + (place % size[1])];
        if (y >= 0 && y < height && x >= 0 && x < width) taps.push({ place, pixel: y * width + x });
      }
      return taps;
    }),
  );
}

function windowOf(config: LayerConfig, height: number, width: number) {
  if (config.type === 'globalAveragePooling2d') {
    return { size: [height, width], strides: [1, 1], padding: 'valid' } as const;
  }
  if (config.type === 'conv2d') return { ...config, size: config.kernelSize };
  if ('poolSize' in config) return { ...config, size: config.poolSize };
  throw new TypeError(`${config.type} has no windows`);
}
