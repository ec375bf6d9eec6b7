/**
 * reveal: a share goes to one role, which adds it to the others'. In no other way does anybody learn a value. 1 word a value of
 * each other party. To an owner that is no party it goes in frames of its own (party/owner-frames.ts).
 */
import type { Runtime } from '../party/runtime.js';
import type { Share } from '../party/values.js';

/** Ring words in clear. */
export interface ClearWords {
  readonly words: Uint8Array;
  readonly fraction: number;
}

/** The clear words at `to`, elsewhere null; consumes a settled share. @throws ProtocolError where a role's list lacks it */
export function reveal(
  rt: Runtime,
  share: Share,
  label: string,
  to: string,
  facts?: readonly number[],
): ClearWords | null {
  const { fraction } = share;
  const words = rt.disclose(label, to, share, facts);
  if (!words) return null;
  const bytes = rt.heap.bytes(words.ptr, words.length * rt.ring.bytes).slice();
  rt.free(words);
  return { words: bytes, fraction };
}
