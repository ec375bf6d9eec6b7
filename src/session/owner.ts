/**
 * The model owner's side: numbers to shares and shares to numbers, outside the roles. Shares drawn here come from the
 * operating system's generator.
 */
import type { RingBits } from '../../bindings/ring.js';

type RingArray = Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;

const array = (bits: RingBits, length: number): RingArray =>
  bits === 32 ? new Int32Array(length) : new BigInt64Array(length);

/** Random bytes in pieces of the size that the generator allows. */
function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
}

/** Numbers as ring words with `fraction` fraction bits; numbers must have been checked (validate.ts). */
export function encodeWords(bits: RingBits, values: ArrayLike<number>, fraction: number): RingArray {
  const words = array(bits, values.length);
  const unit = 2 ** fraction;
  for (let i = 0; i < values.length; i++) {
    const scaled = Math.round(values[i] * unit);
    words[i] = bits === 32 ? scaled : BigInt(scaled);
  }
  return words;
}

/** Ring words as numbers. */
export function decodeWords(words: RingArray, fraction: number): Float64Array {
  const unit = 2 ** fraction;
  return Float64Array.from(words as ArrayLike<number | bigint>, (word) => Number(word) / unit);
}

/** Splits numbers into one share a party. */
export function splitForParties(
  bits: RingBits,
  values: ArrayLike<number>,
  fraction: number,
  parties: number,
): Uint8Array[] {
  const rest = encodeWords(bits, values, fraction);
  const shares: Uint8Array[] = [];
  for (let p = 1; p < parties; p++) {
    const share = array(bits, rest.length);
    fillRandom(new Uint8Array(share.buffer));
    subtract(rest, share);
    shares.push(new Uint8Array(share.buffer));
  }
  shares.push(new Uint8Array(rest.buffer));
  return shares;
}

/** Joins one share a party to ring words. */
export function joinShares(bits: RingBits, shares: readonly Uint8Array[]): RingArray {
  const [first, ...others] = shares.map((bytes) => {
    const copy = bytes.slice().buffer as ArrayBuffer;
    return bits === 32 ? new Int32Array(copy) : new BigInt64Array(copy);
  });
  for (const share of others) add(first, share);
  return first;
}

function add(into: RingArray, from: RingArray): void {
  if (into instanceof Int32Array && from instanceof Int32Array) {
    for (let i = 0; i < into.length; i++) into[i] += from[i];
  } else if (into instanceof BigInt64Array && from instanceof BigInt64Array) {
    for (let i = 0; i < into.length; i++) into[i] += from[i];
  }
}

function subtract(into: RingArray, from: RingArray): void {
  if (into instanceof Int32Array && from instanceof Int32Array) {
    for (let i = 0; i < into.length; i++) into[i] -= from[i];
  } else if (into instanceof BigInt64Array && from instanceof BigInt64Array) {
    for (let i = 0; i < into.length; i++) into[i] -= from[i];
  }
}
