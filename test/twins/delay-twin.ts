/**
 * Delayed updates on plain integers, from their definition: outputs of a step are those of the weights as they were before
 * the span, and of every step since then what it adds. Inner products are of rows that were rounded with the low bits of
 * the parties' masks, and are rounded themselves.
 */
import type { Rounder, TwinSpan, TwinValue } from './twin-types.js';

export interface SpanOf {
  /** Rows of each step. */
  readonly sizes: readonly number[];
  readonly exponent: number;
  /** Bits that inputs are rounded by. */
  readonly drop: number;
  readonly useBias: boolean;
}

/**
 * Numbers rounded by d bits with the low bits of their masks.
 * @param shares of the masks, a party after the other
 */
export function roundedByMasks(
  x: readonly bigint[],
  shares: readonly (readonly bigint[])[],
  d: number,
): bigint[] {
  const low = (1n << BigInt(d)) - 1n;
  const mean = d > 0 ? (BigInt(shares.length - 1) << BigInt(d)) / 2n : 0n;
  return x.map((value, i) => {
    const coins = shares.reduce((sum, share) => sum + (share[i] & low), 0n);
    return (value + coins - mean) >> BigInt(d);
  });
}

/** @param x all rows, at the working scale @param rounded the same by {@link roundedByMasks} */
export function spanTwin(
  at: Rounder,
  x: readonly (readonly bigint[])[],
  rounded: readonly (readonly bigint[])[],
  { sizes, exponent, drop, useBias }: SpanOf,
): TwinSpan {
  const starts = sizes.map((_, step) => sizes.slice(0, step).reduce((sum, size) => sum + size, 0));
  let step = 0;
  let before: bigint[] = [];
  let fraction = 0;
  /** By row and by row before its step, η·(x·x′ + 1). */
  const products = new Map<string, bigint>();

  function makeProducts(): void {
    const pairs = sizes.flatMap((size, t) =>
      Array.from({ length: size }, (_, i) => starts[t] + i).flatMap((row) =>
        Array.from({ length: starts[t] }, (_, other) => [row, other] as const),
      ),
    );
    const scale = 2 * (at.f - drop) + at.extra + drop;
    const one = useBias ? 1n << BigInt(scale) : 0n;
    const sums = pairs.map(([row, other]) => {
      const sum = rounded[row].reduce((total, value, i) => total + value * rounded[other][i], 0n);
      return (sum << BigInt(at.extra + drop)) + one;
    });
    const made = at.round(sums, scale - (2 * at.f - fraction) + exponent);
    pairs.forEach(([row, other], i) => {
      products.set(`${row} ${other}`, made[i]);
    });
  }

  return {
    exponent,
    corrected(z: TwinValue): TwinValue {
      const units = z.data.length / z.rows;
      const data = z.data.map((value, n) => {
        const [row, j] = [starts[step] + Math.floor(n / units), n % units];
        let sum = 0n;
        for (let other = 0; other < starts[step]; other++) {
          sum -= (products.get(`${row} ${other}`) as bigint) * before[other * units + j];
        }
        return value + (sum << BigInt(at.extra));
      });
      return { ...z, data };
    },
    take(dz, own) {
      before = [...before, ...dz.data.map((value) => value << BigInt(exponent - own))];
      fraction = dz.fraction;
      if (step++ === 0) makeProducts();
      if (step < sizes.length) return null;
      const rows = x.length;
      return {
        x: { rows, data: x.flat(), fraction: at.f, rounded: true },
        dz: { rows, data: before, fraction, rounded: true },
      };
    },
  };
}
