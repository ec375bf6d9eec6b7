import type { OptimizerBase, OptimizerKind } from './kind.js';

/** Gradient descent: w ← w − η·g. */
export interface SgdConfig extends OptimizerBase {
  type: 'sgd';
}

export const sgd: OptimizerKind<SgdConfig> = {
  keys: [],
  defaults: {},
  clipValue: Infinity,
  check() {},
};
