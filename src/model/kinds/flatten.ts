import { sizeOf } from '../../shape.js';
import type { LayerBase, LayerKind } from './kind.js';

/** All numbers of a row in one dimension, row-major: [a, b, …] → [a·b·…]. */
export interface FlattenConfig extends LayerBase {
  type: 'flatten';
}

export const flatten: LayerKind<FlattenConfig> = {
  keys: [],
  check() {},
  outputShape: (_, inputShape) => [sizeOf(inputShape)],
  weights: () => [],
};
