/** Numbers of 16 bits as floats: IEEE 754's binary16, and bfloat16, which is the upper half of a binary32. */

/** The value of a binary16 word: 1 bit of sign, 5 of exponent, 10 of fraction. */
function halfOf(word: number): number {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >> 10) & 31;
  const fraction = word & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Numbers of binary16 words; each is a float32 exactly. */
export const fromHalf = (words: Uint16Array): Float32Array => Float32Array.from(words, halfOf);

/** Numbers of bfloat16 words; each is a float32 exactly. */
export const fromBfloat = (words: Uint16Array): Float32Array =>
  new Float32Array(Uint32Array.from(words, (word) => word << 16).buffer);
