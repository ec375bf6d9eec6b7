/**
 * Zeroes bytes of shared memory. Engines fill such memory number by number, so numbers of eight bytes are eight times as fast as bytes.
 */
export function zero(bytes: Uint8Array): void {
  const { buffer, byteOffset, length } = bytes;
  const head = Math.min(length, -byteOffset & 7);
  const numbers = (length - head) >>> 3;
  if (numbers > 0) new Float64Array(buffer, byteOffset + head, numbers).fill(0);
  if (head > 0) bytes.fill(0, 0, head);
  if (head + 8 * numbers < length) bytes.fill(0, head + 8 * numbers);
}
