import { checkNumber } from '../../options.js';
import type { LayerBase, LayerKind } from './kind.js';

/**
 * In training, a public random part `rate` of the numbers becomes zero and the others are multiplied by
 * 1 / (1 − rate); in prediction nothing happens. The mask is model/dropout-mask.ts'.
 */
export interface DropoutConfig extends LayerBase {
  type: 'dropout';
  /** 0 ≤ rate < 1. */
  rate: number;
}

export const dropout: LayerKind<DropoutConfig> = {
  keys: ['rate'],
  check({ rate }) {
    checkNumber('rate', rate);
    if (!(rate >= 0 && rate < 1)) throw new RangeError('rate must be 0 or more and below 1');
  },
  outputShape: (_, inputShape) => [...inputShape],
  weights: () => [],
};
