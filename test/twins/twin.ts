/**
 * The clear twin of a training: the same network on plain integers, each operation computed directly. A product is a
 * product, a rounding is the floor plus the public coin, relu is max(0, x). It knows nothing of shares, masks, planes
 * or dealt words, and uses no code of the package; only the coins come from outside, as they were opened.
 *
 * Numbers are x = integer / 2^f. The order of roundings is the order in which the protocol opens them.
 */
import { max0 } from './clear.js';

/** A matrix of integers, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: readonly bigint[];
}

export type TwinActivation = 'linear' | 'relu' | 'square' | 'halfPlusHalfXPlusEighthXX';

export interface TwinLayer {
  readonly activation: TwinActivation;
  /** [inputs, units] */
  kernel: Matrix;
  bias: readonly bigint[];
}

/** What a layer keeps of its forward pass. */
interface Kept {
  readonly input: Matrix;
  /** The activation's slope at each unit, 0 or 1 for relu, else at f bits; null for 1. */
  readonly slope: readonly bigint[] | null;
}

export const transpose = ({ rows, columns, data }: Matrix): Matrix => ({
  rows: columns,
  columns: rows,
  data: data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]),
});

export function product(a: Matrix, b: Matrix): Matrix {
  const data: bigint[] = [];
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      let sum = 0n;
      for (let p = 0; p < a.columns; p++) sum += a.data[i * a.columns + p] * b.data[p * b.columns + j];
      data.push(sum);
    }
  }
  return { rows: a.rows, columns: b.columns, data };
}

/** x·2^f as an integer, ties to even. */
export function encode(x: number, f: number): bigint {
  const scaled = x * 2 ** f;
  const floor = Math.floor(scaled);
  const up = scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 !== 0);
  return BigInt(up ? floor + 1 : floor);
}

export const matrix = (numbers: ArrayLike<number>, columns: number, f: number): Matrix => ({
  rows: numbers.length / columns,
  columns,
  data: Array.from(numbers, (x) => encode(x, f)),
});

export const gather = ({ columns, data }: Matrix, rows: readonly number[]): Matrix => ({
  rows: rows.length,
  columns,
  data: rows.flatMap((row) => data.slice(row * columns, (row + 1) * columns)),
});

export class Twin {
  /** An update that is rounded after the next rounding of the backward pass, with which it shares a round. */
  #pending: (() => void) | null = null;

  /**
   * @param f fraction bits
   * @param g fraction bits of gradients
   * @param bits of the ring, whose range the twin only checks
   * @param rounded the next rounding of these numbers, by s bits, with the coins of the run
   */
  constructor(
    readonly layers: readonly TwinLayer[],
    readonly f: number,
    readonly g: number,
    readonly bits: number,
    readonly rounded: (z: readonly bigint[], s: number) => bigint[],
    /** Fraction bits that a layer's product has beyond those of its factors: one where two parties hold it twice. */
    readonly extra = 1,
  ) {}

  round(z: readonly bigint[], s: number): bigint[] {
    const most = 1n << BigInt(this.bits - 2);
    if (z.some((value) => value >= most || value < -most)) {
      throw new RangeError('the training has left the range of the ring');
    }
    return this.rounded(z, s);
  }

  /**
   * One step of gradient descent with the rate 2^−exponent on the sum of a batch; what the outputs before it are ahead of
   * the labels, at g bits. The last layer is linear.
   */
  step(x: Matrix, t: Matrix, exponent: number): Matrix {
    const kept: Kept[] = [];
    let value = x;
    for (const layer of this.layers.slice(0, -1)) value = this.#forward(layer, value, kept);
    const last = this.layers[this.layers.length - 1];
    const z = this.#products(last, value);
    kept.push({ input: value, slope: null });
    const ahead = z.data.map((output, i) => output - (t.data[i] << BigInt(this.f + this.extra)));
    const difference = { ...z, data: this.round(ahead, 2 * this.f + this.extra - this.g) };
    this.#backward(difference, kept, exponent);
    return difference;
  }

  /** x·W + b at 2f bits and the extra one. */
  #products(layer: TwinLayer, input: Matrix): Matrix {
    const sums = product(input, layer.kernel);
    const data = sums.data.map((sum, i) => sum + (layer.bias[i % sums.columns] << BigInt(this.f)));
    return { ...sums, data: this.#moved(data) };
  }

  #moved(data: readonly bigint[]): bigint[] {
    return data.map((value) => value << BigInt(this.extra));
  }

  #forward(layer: TwinLayer, input: Matrix, kept: Kept[]): Matrix {
    const { f } = this;
    const sums = this.#products(layer, input);
    const rounded = this.round(sums.data, f + this.extra);
    let data = rounded;
    let slope: bigint[] | null = null;
    if (layer.activation === 'relu') {
      data = rounded.map(max0);
      slope = rounded.map((value) => (value > 0n ? 1n : 0n));
    } else if (layer.activation === 'square') {
      data = this.round(
        rounded.map((value) => value * value),
        f,
      );
      slope = rounded.map((value) => 2n * value);
    } else if (layer.activation === 'halfPlusHalfXPlusEighthXX') {
      // (4·2^2f + 4x·2^f + x²) / 8 at 2f bits, that is at 2f + 3 bits without the division; its slope (2·2^f + x) / 4
      const one = 1n << BigInt(f);
      data = this.round(
        rounded.map((v) => 4n * one * one + 4n * v * one + v * v),
        f + 3,
      );
      slope = this.round(
        rounded.map((v) => 2n * one + v),
        2,
      );
    }
    kept.push({ input, slope });
    return { ...sums, data };
  }

  #backward(output: Matrix, kept: readonly Kept[], exponent: number): void {
    let dz = output;
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const layer = this.layers[l];
      const { input } = kept[l];
      const backThrough = transpose(layer.kernel); // before the update
      const update = dz;
      this.#pending = () => this.#update(layer, input, update, exponent);
      if (l === 0) break;
      const dx = product(dz, backThrough);
      dz = {
        ...dx,
        data: this.#throughActivation(this.layers[l - 1].activation, dx.data, kept[l - 1].slope),
      };
    }
    this.#flush();
  }

  /** The gradient before an activation at g bits, from the gradient after it at f + g bits. */
  #throughActivation(
    activation: TwinActivation,
    dx: readonly bigint[],
    slope: readonly bigint[] | null,
  ): bigint[] {
    const rounded = this.round(this.#moved(dx), this.f + this.extra);
    this.#flush();
    if (!slope) return rounded;
    const products = rounded.map((value, i) => value * slope[i]);
    return activation === 'relu' ? products : this.round(products, this.f);
  }

  #flush(): void {
    this.#pending?.();
    this.#pending = null;
  }

  /** w ← w − 2^−exponent · gradient. */
  #update(layer: TwinLayer, input: Matrix, dz: Matrix, exponent: number): void {
    const { f } = this;
    const kernelGradient = product(transpose(input), dz).data;
    const biasGradient = layer.bias.map((_, j) =>
      dz.data.reduce((sum, value, i) => (i % dz.columns === j ? sum + value : sum), 0n),
    );
    const down = [...kernelGradient, ...biasGradient.map((value) => value << BigInt(f))].map(
      (value) => -value,
    );
    const step = this.round(this.#moved(down), this.g + this.extra + exponent);
    layer.kernel = { ...layer.kernel, data: layer.kernel.data.map((w, i) => w + step[i]) };
    layer.bias = layer.bias.map((b, j) => b + step[kernelGradient.length + j]);
  }
}
