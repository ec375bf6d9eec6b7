/** A whole frame that is taken chunk by chunk. */
import type { Chunk, Take } from './link.js';

/**
 * Hands a peer's pieces over through a chunk, as many bytes at a time as it holds.
 * @param pieceGrain pieces begin at multiples of so many bytes
 */
export function takeAll(
  frame: Uint8Array,
  lengths: readonly number[],
  peer: number,
  { bytes, grain }: Chunk,
  take: Take,
  pieceGrain = 1,
): void {
  const most = bytes.length - (bytes.length % grain);
  let start = 0;
  for (let piece = 0; piece < lengths.length; piece++) {
    const length = lengths[piece];
    for (let offset = 0; offset < length; offset += most) {
      const count = Math.min(most, length - offset);
      bytes.set(count === frame.length ? frame : frame.subarray(start + offset, start + offset + count));
      take(peer, piece, offset, count);
    }
    start = Math.ceil((start + length) / pieceGrain) * pieceGrain;
  }
}
