/** The networks that jobs can be asked for by name. */
import { conv2d, dense, flatten, maxPooling2d } from '../model/describe.js';
import type { Layer } from '../session/sequential.js';

/** What a network is built for. */
export interface NetworkShape {
  /** Shape of one row. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** Widths of the hidden layers of a network that has such. */
  readonly hidden: readonly number[];
}

/** A multilayer perceptron: dense layers with relu, then a linear one with a unit for each class. */
export function mlp({ inputShape, classes, hidden }: NetworkShape): Layer[] {
  const widths = [...hidden, classes];
  return widths.map((units, l) =>
    dense({
      units,
      activation: l < hidden.length ? 'relu' : 'linear',
      ...(l === 0 && { inputShape: [inputShape.reduce((a, b) => a * b, 1)] }),
    }),
  );
}

/**
 * A network after LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998, section II.B): two convolutions with 5×5 filters, each
 * with relu and 2×2 maxima, then three dense layers, the last with softmax. Images [height, width, channels].
 */
export const lenet = (inputShape: readonly number[], classes: number): Layer[] => [
  conv2d({ filters: 6, kernelSize: 5, padding: 'same', activation: 'relu', inputShape: [...inputShape] }),
  maxPooling2d({ poolSize: 2 }),
  conv2d({ filters: 16, kernelSize: 5, activation: 'relu' }),
  maxPooling2d({ poolSize: 2 }),
  flatten(),
  dense({ units: 120, activation: 'relu' }),
  dense({ units: 84, activation: 'relu' }),
  dense({ units: classes, activation: 'softmax' }),
];
