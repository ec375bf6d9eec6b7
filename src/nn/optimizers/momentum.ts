/**
 * Momentum on shares. The state is the step itself, u = −η·v, kept as a share since it is only ever added: no round more
 * than gradient descent, but one for nesterov, whose step has a truncation of its own.
 */
import { clipValueOf, type MomentumConfig } from '../../model/optimizers.js';
import { together } from '../../party/program.js';
import type { Share } from '../../party/values.js';
import { asShare } from '../../protocol/linear.js';
import { addScaled, copyShare, zeroLike } from '../../protocol/sums.js';
import { rescaleNarrow, truncateNarrow } from '../../protocol/truncate.js';
import { atScale } from '../../protocol/views.js';
import { replace } from '../layers/layer.js';
import { decayed, moved } from './decay.js';
import type { SecureOptimizer } from './optimizer.js';
import { shiftable } from './shift.js';

export const momentum: SecureOptimizer<MomentumConfig> = {
  keeps: { step: 'share' },

  foldedRate: (rate, mean) => rate * mean,

  *step(rt, config, parameter, negativeGradient, plan) {
    const w = parameter.value;
    const shifted = yield* shiftable(rt, negativeGradient, clipValueOf(config), w.fraction, plan);
    const { s } = shifted;
    let { sum } = shifted;
    const decay = plan.rate * (config.weightDecay ?? 0);
    const before = parameter.state.get('step') as Share | undefined;
    const carry = plan.previousRate > 0 ? (config.momentum * plan.rate) / plan.previousRate : 0;
    if (before) sum = addScaled(rt, sum, copyShare(rt, before), Math.round(carry * 2 ** s));
    // the decay is rounded beside the step, since the momentum must not see it
    if (config.nesterov) {
      const [rounded, rest] = yield* together(truncateNarrow(rt, sum, s), decayed(rt, w, decay));
      const step = atScale(rounded, w.fraction);
      parameter.state.set('step', copyShare(rt, step));
      // w − η(g + m·v) = w + (1 + m)·u′ − m·u, with one more truncation
      const bits = rt.fraction;
      const m = Math.round(config.momentum * 2 ** bits);
      let ahead = addScaled(rt, zeroLike(w), step, 2 ** bits + m);
      if (before) ahead = addScaled(rt, ahead, copyShare(rt, before), -Math.round(carry * 2 ** bits));
      replace(rt, parameter, moved(rt, rest, yield* rescaleNarrow(rt, ahead, bits)));
      rt.free(rest);
    } else {
      const [rounded, rest] = yield* together(rescaleNarrow(rt, sum, s), decayed(rt, w, decay));
      const step = atScale(rounded, w.fraction);
      parameter.state.set('step', asShare(rt, step));
      replace(rt, parameter, moved(rt, rest, step));
      rt.free(rest);
    }
    rt.free(before ?? null);
  },
};
