/** Exact sines and cosines of fractions of a turn, in integers; an oracle for the trigonometric kernels. */
import type { Bits } from '../world/ring.js';

/** Fraction bits of the exact values. */
const F = 96n;
const PI = 3141592653589793238462643383279502884197169399375105820974944592307816406286n;
const TWO_PI = ((2n * PI) << F) / 10n ** 75n;

/** sin and cos of 2π·turn / 2^periodBits at scale 2^96, by their Taylor series. */
export function exact(turn: bigint, periodBits: number): { sin: bigint; cos: bigint } {
  const angle = (TWO_PI * BigInt.asIntN(periodBits, turn)) >> BigInt(periodBits);
  const sums = { sin: 0n, cos: 0n };
  let term = 1n << F;
  for (let j = 0n; term !== 0n; j++) {
    const sign = j & 2n ? -1n : 1n;
    if (j & 1n) sums.sin += sign * term;
    else sums.cos += sign * term;
    term = (term * angle) / ((j + 1n) << F);
  }
  return sums;
}

/** An exact value as a number. */
export const approximate = (value: bigint): number => Number(value) / 2 ** Number(F);

/** Distance of a ring word at scale 2^scaleBits from an exact value, in units of the word's last place. */
export function distance(word: bigint, value: bigint, scaleBits: number, bits: Bits): number {
  const shift = F - BigInt(scaleBits);
  return Math.abs(Number((BigInt.asIntN(bits, word) << shift) - value)) / 2 ** Number(shift);
}
