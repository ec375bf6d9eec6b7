/** flatten: [batch, …] → [batch, size]. Local. */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { SecureLayer, Value } from './layer.js';
import { reshaped } from './linear-map.js';

export function flatten(): SecureLayer {
  let shape: readonly number[] = [];
  return {
    parameters: [],
    // biome-ignore lint/correctness/useYield: local, no round
    *forward(rt: Runtime, x: Value): Secure<Value> {
      shape = x.shape;
      return reshaped(rt, x, [shape[0], x.size / shape[0]]);
    },
    // biome-ignore lint/correctness/useYield: local, no round
    *backward(rt: Runtime, gradient: Value): Secure<Value> {
      return reshaped(rt, gradient, shape);
    },
  };
}
