import { checkFraction, checkPositive, type OptimizerBase, type OptimizerKind } from './kind.js';

/**
 * m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  w ← w − η·m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), t from 1.
 */
export interface AdamConfig extends OptimizerBase {
  type: 'adam';
  /** 0 ≤ beta1 < 1. */
  beta1: number;
  /** 0 ≤ beta2 < 1. */
  beta2: number;
  /** Positive. */
  epsilon: number;
  /**
   * Bound of a gradient's elements, positive and at most √2, since the squares of larger ones leave the ring; absent: 1.
   */
  clipValue?: number;
}

/** The bound where a description has none. */
const CLIP_VALUE = 1;

export const adam: OptimizerKind<AdamConfig> = {
  keys: ['beta1', 'beta2', 'epsilon'],
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, clipValue: CLIP_VALUE },
  clipValue: CLIP_VALUE,
  check({ beta1, beta2, epsilon, clipValue }) {
    if (clipValue !== undefined) checkClip(clipValue);
    checkFraction('beta1', beta1);
    checkFraction('beta2', beta2);
    checkPositive('epsilon', epsilon);
  },
};

/** The gradient is squared at a scale where only elements up to √2 fit ring 64. */
function checkClip(clipValue: number): void {
  if (!(clipValue > Math.SQRT2)) return;
  throw new RangeError(
    'clipValue must be at most √2 (1.4142) for adam: the squares of larger gradients leave the ring',
  );
}
