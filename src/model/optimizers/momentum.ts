import { checkFraction, type OptimizerBase, type OptimizerKind } from './kind.js';

/** v ← momentum·v + g;  w ← w − η·v, or with `nesterov` w ← w − η·(g + momentum·v). */
export interface MomentumConfig extends OptimizerBase {
  type: 'momentum';
  /** 0 ≤ momentum < 1. */
  momentum: number;
  nesterov: boolean;
}

export const momentum: OptimizerKind<MomentumConfig> = {
  keys: ['momentum', 'nesterov'],
  defaults: { momentum: 0.9, nesterov: false },
  clipValue: Infinity,
  check({ momentum, nesterov }) {
    checkFraction('momentum', momentum);
    if (typeof nesterov !== 'boolean') throw new TypeError('nesterov must be true or false');
  },
};
