/**
 * A layer on shares: forward beside backward. Values flow as shares at a higher scale or as masked values. A layer
 * that needs a masked one rescales it itself, so that linear layers and activations share roundings and rounds.
 */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { Masked, Share } from '../../party/values.js';
import type { Cost, Setting } from '../../protocol/cost.js';
import type { Lines } from '../../protocol/fold.js';
import { asShare } from '../../protocol/linear.js';
import { open } from '../../protocol/open.js';
import { rescaleNarrow } from '../../protocol/truncate.js';

/** What flows between layers; shapes start with the batch. */
export type Value = Share | Masked;

/** Trained values of one layer: a matrix whose last row is the bias where the layer has one. */
export interface Parameter {
  readonly name: string;
  value: Masked;
  /** What an optimizer keeps beside it. */
  readonly state: Map<string, Share | Masked>;
}

/** Puts a new value in a parameter's place. */
export function replace(rt: Runtime, parameter: Parameter, value: Masked): void {
  rt.free(parameter.value);
  parameter.value = value;
}

/** What a weight's delayed updates lack (nn/delay.ts). */
export interface Lack {
  /** [x·W] of a step's rows with the weights as they stand → with the updates that they lack. Consumes it. */
  corrected(z: Share): Share;
}

/** What an update is made from. */
export interface Due {
  /** ⟨x⟩ [rows, inputs]. */
  readonly x: Masked;
  /** ⟨−∂z⟩ [rows, units]. */
  readonly minus: Masked;
}

/** What a forward pass is for. */
export interface Pass {
  readonly training: boolean;
  /** Steps made since the training began. */
  readonly step: number;
  /** Public seed of the training. */
  readonly seed: number;
  /** Of the first layer with parameters, where its updates are delayed: what its weights lack. */
  readonly lack?: Lack;
  /** Of a prediction: rows that it is made for in all, one batch after the other; those of the batch unless it is given. */
  readonly rows?: number;
}

/** A pass without training: predictions and evaluations. */
export const PREDICTION: Pass = { training: false, step: 0, seed: 0 };

/** What a layer's backward pass is given: among others, a way to start updates beside the rest of it. */
export interface Backward {
  /**
   * Takes [−∂loss/∂parameter], summed over the batch; the optimizer's update then shares the rounds of what
   * follows.
   */
  descend(parameter: Parameter, negativeGradient: Share): void;
  /**
   * Where the layer's updates are delayed: takes ⟨−∂z⟩, and returns what the update is made from when it is due.
   */
  readonly delay?: (minus: Masked) => Due | null;
  /** False at the first layer with parameters: its input needs no gradient. */
  readonly inputGradient: boolean;
  /** Fraction bits to which gradients are rounded (nn/scales.ts), at most the working scale's. */
  readonly fraction: number;
}

/** What a layer x ∘ W + b can do with other numbers in the places of W and b. */
export interface AffinePart {
  readonly parameter: Parameter;
  /** Rows of the kernel. */
  readonly height: number;
  /** Columns of the kernel, the last axis of the outputs. */
  readonly units: number;
  /** Outputs of a row for each of the columns. */
  readonly positions: number;
  /** x ∘ W + b. @param values [height + 1, units], the bias below the kernel */
  apply(rt: Runtime, x: Value, values: Masked): Secure<Share>;
}

/** What a layer (x − mean)·slope + β, channel by channel, makes of its parameters in a prediction. */
export interface ChannelLines {
  /** What the lines are functions of. */
  readonly parameters: readonly Parameter[];
  lines(rt: Runtime): Secure<Lines>;
  /** What that costs. */
  linesCost(at: Setting, channels: number, fraction: number): Cost;
}

export interface SecureLayer {
  /** Where the layer is affine: what a normalization behind it can be folded into (fold.ts). */
  readonly affine?: AffinePart;
  /** Where a prediction is a line a channel: what can be folded into an affine layer before it. */
  readonly channelLines?: ChannelLines;
  /** Whether a prediction hands on what it gets. */
  readonly handsOn?: boolean;
  /** What an optimizer trains. */
  readonly parameters: readonly Parameter[];
  /** What the layer keeps and no optimizer touches. */
  readonly statistics?: readonly Parameter[];
  /** [batch, …inputShape] → [batch, …outputShape]. Consumes a share, leaves a masked value to its owner. */
  forward(rt: Runtime, x: Value, pass: Pass): Secure<Value>;
  /** ∂loss/∂output → ∂loss/∂input (null when nobody needs it), for the batch of the last training forward. */
  backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value | null>;
}

/** The value as ⟨x⟩ at `fraction` bits: rescaled when its scale is higher, opened when it is a share of this one. */
export function* masked(rt: Runtime, x: Value, fraction = rt.fraction): Secure<Masked> {
  if (x.fraction < fraction) throw new RangeError(`expected ${fraction} fraction bits, got ${x.fraction}`);
  if (x instanceof Share) {
    return x.fraction === fraction ? yield* open(rt, x) : yield* rescaleNarrow(rt, x, x.fraction - fraction);
  }
  return x.fraction === fraction ? x : yield* rescaleNarrow(rt, asShare(rt, x), x.fraction - fraction);
}

/** Bits above the working scale that a factor of a product may carry, from a division by a small power of two. */
export const GUARD_BITS = 3;

/**
 * A gradient as a factor of a product: rounded to the gradients' scale when it has to be rounded; at its own scale when it
 * is masked already, or a share of the working scale, which takes a round less.
 * @param guard bits above the working scale that it may keep
 */
export function* gradientFactor(
  rt: Runtime,
  x: Value,
  { fraction }: Pick<Backward, 'fraction'>,
  guard = GUARD_BITS,
): Secure<Masked> {
  if (x instanceof Masked && x.fraction <= rt.fraction + guard) return x;
  return yield* masked(rt, x, x.fraction <= rt.fraction ? x.fraction : fraction);
}

/** The value as a factor of a product: ⟨x⟩ at the working scale or a few bits above it. */
export function* factor(rt: Runtime, x: Value): Secure<Masked> {
  const near = x instanceof Masked && x.fraction >= rt.fraction && x.fraction <= rt.fraction + GUARD_BITS;
  return near ? x : yield* masked(rt, x);
}
