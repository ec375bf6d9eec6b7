/** Integers of several 64-bit words, low word first, modulo 2^(64 · words). */

/** Adds a list to another, word by word with carries, or takes it off. @param words of one integer */
export function accumulate(
  into: BigInt64Array | BigUint64Array,
  list: BigInt64Array | BigUint64Array,
  sign: 1n | -1n,
  words: number,
): void {
  for (let i = 0; i < into.length; i += words) {
    let carry = 0n;
    for (let w = i; w < i + words; w++) {
      const sum = BigInt.asUintN(64, into[w]) + sign * BigInt.asUintN(64, list[w]) + carry;
      into[w] = sum; // modulo 2^64
      carry = sum >> 64n;
    }
  }
}

/** Integers as lists have them. */
export function toWords(integers: readonly bigint[], words: number): BigInt64Array {
  return BigInt64Array.from(
    integers.flatMap((integer) =>
      Array.from({ length: words }, (_, w) => BigInt.asIntN(64, integer >> BigInt(64 * w))),
    ),
  );
}

/** The integers, signed, of a list. */
export function fromWords(list: BigInt64Array, words: number): bigint[] {
  return Array.from({ length: list.length / words }, (_, i) => {
    const parts = Array.from(
      list.subarray(i * words, (i + 1) * words),
      (word, w) => BigInt.asUintN(64, word) << BigInt(64 * w),
    );
    return BigInt.asIntN(
      64 * words,
      parts.reduce((sum, part) => sum + part, 0n),
    );
  });
}
