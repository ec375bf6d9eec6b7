/**
 * reveal: a share goes to one role, which adds it to the others'. In no other way does anybody learn a value. 1 word a value of
 * each other party. To an owner that is no party it goes in frames of its own (party/client-frames.ts).
 */
import type { Disclosable, Runtime } from '../party/runtime.js';

/** Ring words in clear. */
export interface ClearWords {
  readonly words: Uint8Array;
  readonly fraction: number;
}

/**
 * The clear words of each value at `to`, elsewhere null; consumes the settled shares.
 * @throws ProtocolError where this role's list of disclosures lacks one of them
 */
export function reveal(rt: Runtime, to: string, values: readonly Disclosable[]): ClearWords[] | null {
  const fractions = values.map(({ share }) => share.fraction);
  const clear = rt.disclose(to, values).flatMap((words, i): ClearWords[] => {
    if (!words) return [];
    const bytes = rt.heap.bytes(words.ptr, words.length * rt.ring.bytes).slice();
    rt.free(words);
    return [{ words: bytes, fraction: fractions[i] }];
  });
  return clear.length === values.length ? clear : null;
}
