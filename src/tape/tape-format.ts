/**
 * A party's tape: what the provider would send it in a run, and the seed that the party would draw for the two of them.
 *
 *   header | ephemeral key, 32 bytes | sealed seed, 48 bytes | sealed chunks
 *
 * In the chunks are frames as they cross a link (operation u32, bytes u32, payload), and at last where keys are renewed, places
 * among the frames as u64, and their number, u32. Only the last party's has frames. A command is a frame that belongs to no
 * operation, as a provider elsewhere would send it.
 *
 * A tape that were used twice would hide two values under one mask. So before a seed is used, a file beside the tape says so,
 * on the disk; then the seed is overwritten in the tape, so that this file can be removed and nothing comes back. That file has
 * the name of the tape's number and role and not of its path, so that a copy or another name in the folder is used as well.
 */
import { SEED_BYTES } from '../party/streams.js';
import { encodeHeader, type TapeHeader } from './header.js';
import { sealedLength, TAG_BYTES } from './seal.js';

export const KEY_BYTES = 32;
export const SEALED_SEED = SEED_BYTES + TAG_BYTES;
export const FRAME_BYTES = 8;
export const PLACE_BYTES = 8;
export const COUNT_BYTES = 4;

/** A frame's header. */
export interface Frame {
  readonly operation: number;
  readonly length: number;
}

/** Bytes of a party's tape. @param of what is in its frames, commands included: payload bytes, frames, renewals of keys */
export function tapeBytes(
  header: TapeHeader,
  { dealt, frames, renewals }: { readonly dealt: number; readonly frames: number; readonly renewals: number },
): number {
  const body = dealt + frames * FRAME_BYTES + renewals * PLACE_BYTES + COUNT_BYTES;
  return encodeHeader(header).length + KEY_BYTES + SEALED_SEED + sealedLength(body);
}

/** Bytes of the file of an owner that is no party. */
export const ownerTapeBytes = (header: TapeHeader): number => encodeHeader(header).length;
