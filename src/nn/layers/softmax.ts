/**
 * softmax as the end of a model, for predictions. Training with softmaxCrossEntropy contains it and leaves it out
 * (losses.ts), so this layer has no backward pass.
 */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { softmax as softmaxOf } from '../../protocol/softmax.js';
import { masked, type SecureLayer, type Value } from './layer.js';

export const softmax = (): SecureLayer => ({
  parameters: [],
  *forward(rt: Runtime, x: Value): Secure<Value> {
    return (yield* softmaxOf(rt, yield* masked(rt, x))).value;
  },
  // biome-ignore lint/correctness/useYield: refuses
  *backward(): Secure<Value> {
    throw new TypeError('softmax is trained with softmaxCrossEntropy only');
  },
});
