/** Gradient descent on shares, in 2 rounds: the rate folds into the truncation of the update, and so may weight decay. */
import { clipValueOf, type SgdConfig } from '../../model/optimizers.js';
import { replace } from '../layers/layer.js';
import { addDecayed } from './decay.js';
import type { SecureOptimizer } from './optimizer.js';
import { shiftable } from './shift.js';

export const sgd: SecureOptimizer<SgdConfig> = {
  keeps: {},

  foldedRate: (rate, mean) => rate * mean,

  *step(rt, config, parameter, negativeGradient, plan) {
    const w = parameter.value;
    const { sum, s } = yield* shiftable(rt, negativeGradient, clipValueOf(config), w.fraction, plan);
    const decay = plan.rate * (config.weightDecay ?? 0);
    replace(rt, parameter, yield* addDecayed(rt, w, sum, s, decay));
  },
};
