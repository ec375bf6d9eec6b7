/** What the twins of layers, losses and optimizers are made of: numbers on plain integers, and their roundings. */
import type { Outside } from './oracle.js';

/** Rows of numbers, each an integer / 2^fraction. */
export interface TwinValue {
  readonly rows: number;
  readonly data: readonly bigint[];
  readonly fraction: number;
  /** Whether it may enter a product as it is. */
  readonly rounded: boolean;
}

/** One trained matrix: kernel, then bias. */
export interface TwinParameter {
  values: readonly bigint[];
  /** What an optimizer keeps beside it. */
  readonly state: Map<'step' | 'm' | 'v', readonly bigint[]>;
}

export const parameterOf = (...arrays: readonly (readonly bigint[])[]): TwinParameter => ({
  values: arrays.flat(),
  state: new Map(),
});

/** Takes minus the gradient of a parameter, summed over the batch. */
export type Descend = (parameter: TwinParameter, negative: readonly bigint[], fraction: number) => void;

export interface TwinPass {
  readonly training: boolean;
  readonly seed: number;
  readonly step: number;
}

/** Steps whose first layer is updated together. */
export interface TwinSpan {
  /** The update's rate is 2^−exponent. */
  readonly exponent: number;
  /** x·W of the step at hand, at the scale of the layer's products, with the updates that W lacks. */
  corrected(z: TwinValue): TwinValue;
  /** The step's ∂z; x and ∂z of all steps after the last. @param exponent of the step's rate */
  take(dz: TwinValue, exponent: number): { readonly x: TwinValue; readonly dz: TwinValue } | null;
}

export interface TwinLayer {
  /** Of x·W + b, with other numbers in the places of W and b: [… height, bias] of so many columns. */
  readonly affine?: { readonly columns: number; apply(x: TwinValue, values: readonly bigint[]): TwinValue };
  /** Of a normalization: what a prediction does to each channel, (z − mean)·slope + beta; beta is empty for 0. */
  lines?(): Record<'mean' | 'slope' | 'beta', readonly bigint[]>;
  /** What an optimizer trains. */
  readonly parameters: readonly TwinParameter[];
  /** What the layer keeps and no optimizer touches. */
  readonly statistics?: readonly TwinParameter[];
  /** @param span of the first layer with parameters, where its updates are delayed */
  forward(x: TwinValue, pass: TwinPass, span?: TwinSpan | null): TwinValue;
  /**
   * @param wanted whether the gradient of the input is needed
   * @param take where updates are delayed: as {@link TwinSpan} does
   */
  backward(
    dy: TwinValue,
    wanted: boolean,
    descend: Descend,
    take?: ((dz: TwinValue) => ReturnType<TwinSpan['take']>) | null,
  ): TwinValue;
}

/** Nearest integer. */
export const integer = (x: number): bigint => BigInt(Math.round(x));

/** Bits above the working scale that a rounded factor may carry. */
const GUARD_BITS = 3;

/** A value and its derivative, both at the working scale; the derivative is there in training only. */
export interface ValueAndSlope {
  readonly value: readonly bigint[];
  readonly slope: readonly bigint[];
}

/** Roundings with the coins of the run. */
export class Rounder {
  readonly f: number;
  readonly bits: number;
  /** Fraction bits that a layer's product has beyond those of its factors. */
  readonly extra: number;

  /**
   * @param g fraction bits to which gradients are rounded
   * @param parties two of them hold products of layers twice, with a fraction bit more
   */
  constructor(
    readonly outside: Outside,
    readonly g = outside.f,
    parties = 2,
  ) {
    this.extra = parties === 2 ? 1 : 0;
    this.f = outside.f;
    this.bits = outside.bits;
  }

  round(numbers: readonly bigint[], s: number): bigint[] {
    const most = 1n << BigInt(this.bits - 2);
    if (numbers.some((z) => z >= most || z < -most)) {
      throw new RangeError('the training has left the range of the ring');
    }
    return [...this.outside.rounded(numbers, s)];
  }

  /** At the working scale. */
  plain(x: TwinValue): TwinValue {
    if (x.fraction === this.f) return { ...x, rounded: true };
    return { ...x, data: this.round(x.data, x.fraction - this.f), fraction: this.f, rounded: true };
  }

  /** As a factor of a product. */
  factor(x: TwinValue): TwinValue {
    return x.rounded && x.fraction <= this.f + GUARD_BITS ? x : this.plain(x);
  }

  /** A gradient: as it is where it has been rounded, else at the gradients' scale. */
  gradient(dy: TwinValue, guard = 0): TwinValue {
    if (dy.rounded && dy.fraction <= this.f + guard) return dy;
    return { ...dy, data: this.round(dy.data, dy.fraction - this.g), fraction: this.g, rounded: true };
  }

  /** A gradient as a factor of a product. */
  gradientFactor(dy: TwinValue): TwinValue {
    return this.gradient(dy, GUARD_BITS);
  }

  /** A public constant times every number, the result a sum that still has to be rounded. */
  times(x: TwinValue, factor: (i: number) => number): TwinValue {
    return {
      ...x,
      data: x.data.map((value, i) => value * integer(factor(i) * 2 ** this.f)),
      fraction: x.fraction + this.f,
      rounded: false,
    };
  }
}
