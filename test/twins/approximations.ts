/** The functions that are approximated, in floating point, and how far a result may be off. */
import type { Bits } from '../world/ring.js';

export interface Approximation {
  readonly name: string;
  /** A row's results from its arguments; most functions have rows of one number. */
  readonly truth: (row: readonly number[], bits: Bits) => readonly number[];
  /** Largest error, of max(1, |truth|), which the function's own tests assert over its whole domain. */
  readonly bound: Readonly<Record<Bits, number>>;
}

const ofNumber =
  (f: (x: number, bits: Bits) => number): Approximation['truth'] =>
  (row, bits) =>
    row.map((x) => f(x, bits));

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** 1/√x where low ≤ x ≤ high; the value at the nearer end elsewhere. */
const inverseSqrtOn = (low: number, high: number) => (x: number) =>
  1 / Math.sqrt(Math.min(Math.max(x, low), high));

/** Value and slope of the activations that have one. */
export const curves = {
  sigmoid: {
    value: { name: 'sigmoid', truth: ofNumber(sigmoid), bound: { 32: 5e-4, 64: 3e-6 } },
    slope: {
      name: 'slope of sigmoid',
      truth: ofNumber((x) => sigmoid(x) * sigmoid(-x)),
      bound: { 32: 7e-4, 64: 5e-6 },
    },
  },
  tanh: {
    value: { name: 'tanh', truth: ofNumber(Math.tanh), bound: { 32: 7e-4, 64: 5e-6 } },
    slope: {
      name: 'slope of tanh',
      truth: ofNumber((x) => 1 - Math.tanh(x) ** 2),
      bound: { 32: 1.8e-3, 64: 1.7e-5 },
    },
  },
} as const satisfies Record<string, Record<'value' | 'slope', Approximation>>;

export type CurveName = keyof typeof curves;

/** Bound of the functions in pieces. */
export const PIECES_BOUND = { 32: 7e-4, 64: 3e-6 };

/** 1/√x on its usual domain, saturating outside. */
export const inverseSqrt: Approximation = {
  name: '1/√x',
  truth: ofNumber((x, bits) => (bits === 32 ? inverseSqrtOn(2 ** -8, 64) : inverseSqrtOn(2 ** -12, 4096))(x)),
  bound: PIECES_BOUND,
};

/** 1/√x on the domain of adam's second moments. */
export const inverseSqrtOfMoments: Approximation = {
  name: '1/√v',
  truth: ofNumber(inverseSqrtOn(2 ** -16, 2 ** 22)),
  bound: PIECES_BOUND,
};

export const softmax: Approximation = {
  name: 'softmax',
  truth: (row) => {
    const largest = Math.max(...row);
    const sum = row.reduce((total, x) => total + Math.exp(x - largest), 0);
    return row.map((x) => Math.exp(x - largest) / sum);
  },
  bound: { 32: 1e-3, 64: 5e-6 },
};

/** ln x from one unit up. */
export const log: Approximation = {
  name: 'ln',
  truth: ofNumber((x, bits) => Math.log(Math.max(x, bits === 32 ? 2 ** -12 : 2 ** -20))),
  bound: PIECES_BOUND,
};

/** ln Σ e^(x − m) of a row whose largest number is m, as softmax takes it for its logarithm. */
export const logOfSum: Approximation = {
  name: 'ln Σ e^(x − m)',
  truth: (row) => {
    const largest = Math.max(...row);
    return [Math.log(row.reduce((total, x) => total + Math.exp(x - largest), 0))];
  },
  bound: softmax.bound,
};
