/**
 * A layer on shares: forward beside backward. Values flow as shares at a higher scale or as masked values; whoever
 * needs a masked one rescales it, so that linear layers and activations share roundings and rounds.
 */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { Masked, type Share } from '../../party/values.js';
import { open } from '../../protocol/open.js';
import { rescale } from '../../protocol/truncate.js';

/** What flows between layers; shapes start with the batch. */
export type Value = Share | Masked;

/** Trained values of one layer: a matrix whose last row is the bias where the layer has one. */
export interface Parameter {
  readonly name: string;
  value: Masked;
  /** What an optimizer keeps beside it. */
  readonly state: Map<string, Masked>;
}

/** How a layer hands on what can run beside the rest of the backward pass. */
export interface Backward {
  /**
   * Takes [−∂loss/∂parameter], summed over the batch; the optimizer's update then shares the rounds of what
   * follows.
   */
  descend(parameter: Parameter, negativeGradient: Share): void;
  /** False at the first layer with parameters: its input needs no gradient. */
  readonly inputGradient: boolean;
}

export interface SecureLayer {
  readonly parameters: readonly Parameter[];
  /** [batch, …inputShape] → [batch, …outputShape]. Consumes a share, leaves a masked value to its owner. */
  forward(rt: Runtime, x: Value, training: boolean): Secure<Value>;
  /** ∂loss/∂output → ∂loss/∂input (null when nobody needs it), for the batch of the last training forward. */
  backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value | null>;
}

/** The value as ⟨x⟩ at `fraction` bits: rescaled when it is a share of a higher scale, opened when of this one. */
export function* masked(rt: Runtime, x: Value, fraction = rt.fraction): Secure<Masked> {
  if (x instanceof Masked) {
    if (x.fraction !== fraction) throw new RangeError(`expected ${fraction} fraction bits, got ${x.fraction}`);
    return x;
  }
  if (x.fraction === fraction) return yield* open(rt, x);
  return yield* rescale(rt, x, x.fraction - fraction);
}
