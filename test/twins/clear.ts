/** What operations compute, on plain integers. These functions share nothing with the protocol. */

/** ⌊z / 2^s⌋. */
export const floorShift = (z: bigint, s: number): bigint => z >> BigInt(s);

/** z mod 2^s, 0 or more. */
export const lowBits = (z: bigint, s: number): bigint => BigInt.asUintN(s, z);

/** Stochastic rounding of z / 2^s with the public threshold `coin` (the opened words, of which the low s bits count). */
export const roundWithCoin = (z: bigint, s: number, coin: bigint): bigint =>
  floorShift(z, s) + (lowBits(coin, s) < lowBits(z, s) ? 1n : 0n);

export const max0 = (x: bigint): bigint => (x > 0n ? x : 0n);
