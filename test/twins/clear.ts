/** What operations compute, on plain integers. These functions share nothing with the protocol. */

/** ⌊z / 2^s⌋. */
export const floorShift = (z: bigint, s: number): bigint => z >> BigInt(s);

/** z mod 2^s, 0 or more. */
export const lowBits = (z: bigint, s: number): bigint => BigInt.asUintN(s, z);

/** Stochastic rounding of z / 2^s with the public threshold `coin` (the opened words, of which the low s bits count). */
export const roundWithCoin = (z: bigint, s: number, coin: bigint): bigint =>
  floorShift(z, s) + (lowBits(coin, s) < lowBits(z, s) ? 1n : 0n);

/**
 * Stochastic rounding of z / 2^s whose coins the roles hold: ⌊z / 2^s + (n + 1)/2 − Σ coins⌋ for n parties, each coin a
 * number of s bits over 2^s.
 * @param coins their sum
 */
export const roundWithCoins = (z: bigint, s: number, coins: bigint, parties: number): bigint =>
  floorShift(z + (BigInt(parties + 1) << BigInt(s - 1)) - coins, s);

export const max0 = (x: bigint): bigint => (x > 0n ? x : 0n);
