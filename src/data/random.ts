/**
 * Public deterministic randomness: initial weights and the order of batches, the same at every role and on
 * every machine.
 *
 * NEVER for secrets. Everybody knows the seed, and xoshiro128** is predictable from its outputs; shares and
 * masks come from the keyed streams in party/ only.
 *
 * Generator: xoshiro128** (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS
 * 47(4), 2021), its state filled by SplitMix64 as its authors recommend.
 */

const MASK64 = (1n << 64n) - 1n;
const GOLDEN = 0x9e3779b97f4a7c15n;

/** The output function of SplitMix64: a bijection of 64-bit words that mixes all bits. */
function mix64(word: bigint): bigint {
  let z = word;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK64;
  return z ^ (z >> 31n);
}

/** The first `count` outputs of SplitMix64 from a 64-bit seed. */
export function splitMix64(seed: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => mix64((seed + GOLDEN * BigInt(i + 1)) & MASK64));
}

/** A stream of public random numbers. */
export class PublicRandom {
  readonly #state: Uint32Array;

  /** @param state four 32-bit words, not all zero; use {@link publicRandom} to start from a seed. */
  constructor(state: ArrayLike<number>) {
    this.#state = Uint32Array.from(state);
    if (this.#state.length !== 4 || this.#state.every((word) => word === 0)) {
      throw new RangeError('PublicRandom: the state must be four words, not all zero');
    }
  }

  /** An integer in 0..2³² − 1. */
  uint32(): number {
    return this.words(1)[0];
  }

  /** So many integers in 0..2³² − 1: what as many calls of {@link uint32} give. */
  words(count: number): Uint32Array {
    const words = new Uint32Array(count);
    let [a, b, c, d] = this.#state;
    for (let i = 0; i < count; i++) {
      const product = Math.imul(b, 5);
      words[i] = Math.imul((product << 7) | (product >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    this.#state.set([a, b, c, d]);
    return words;
  }

  /** A multiple of 2⁻³² in [0, 1). */
  uniform(): number {
    return this.uint32() * 2 ** -32;
  }

  /** An integer in 0..bound − 1, every one equally likely; 1 ≤ bound ≤ 2³². */
  below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new RangeError('below: the bound must be an integer in 1..2³²');
    }
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % bound;
  }

  /** The numbers 0..n − 1 in random order (Fisher–Yates), every order equally likely. */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}

/** What a stream is for; streams of one seed that differ in purpose or number have nothing in common. */
export const purposes = { weights: 1, shuffle: 2, dropout: 3, sample: 4, split: 5 } as const;

/**
 * The public stream of (seed, path): the same for the same arguments everywhere.
 * @param seed a safe integer, 0 or more
 * @param path what the stream is for, a purpose and a layer or an epoch for instance; safe integers, 0 or more
 */
export function publicRandom(seed: number, ...path: number[]): PublicRandom {
  let key = 0n;
  for (const part of [seed, ...path]) {
    if (!Number.isSafeInteger(part) || part < 0) {
      throw new RangeError('publicRandom: the seed and the path must be safe integers, 0 or more');
    }
    [key] = splitMix64(key ^ BigInt(part), 1);
  }
  const [low, high] = splitMix64(key, 2);
  return new PublicRandom([low, low >> 32n, high, high >> 32n].map((word) => Number(word & 0xffffffffn)));
}

/** The order in which epoch `epoch` (0-based) goes through `n` rows, the same in every trainer. */
export function epochPermutation(seed: number, epoch: number, n: number): Uint32Array {
  return publicRandom(seed, purposes.shuffle, epoch).permutation(n);
}
