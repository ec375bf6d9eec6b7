/** The networks that jobs can be asked for by name. */
import { dense } from '../nn/describe.js';
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
