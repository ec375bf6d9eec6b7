/**
 * reveal: shares go to one role, which adds them up. In no other way does anybody learn a value.
 *
 * To a party: the others send it their shares over the links. To the model owner, who is outside the parties:
 * every party hands its share to its caller, and the owner joins what it gets (session/owner.ts).
 */
import type { Words } from '../../bindings/memory.js';
import type { PartyRuntime } from '../party/party.js';
import type { Runtime } from '../party/runtime.js';
import type { Share } from '../party/values.js';

/** At party `to` the clear words, elsewhere null; consumes a settled share. */
export function revealToParty(rt: Runtime, share: Share, to: string): Words | null {
  if (!share.settled) throw new TypeError('reveal: the share must be settled first');
  const operation = rt.nextOperation();
  if (rt.isProvider) return null;
  const party = rt as PartyRuntime;
  const words = share.words as Words;
  if (rt.name !== to) {
    party.sendWords(to, words, operation);
    rt.free(words);
    return null;
  }
  for (const peer of rt.parties) {
    if (peer === to) continue;
    const theirs = party.receiveWords(peer, share.size, operation);
    rt.ring.add(words, words, theirs);
    rt.free(theirs);
  }
  return words;
}

/** This party's share, to be handed to the owner; the provider has none. Consumes a settled share. */
export function shareForOwner(rt: Runtime, share: Share): Uint8Array | null {
  if (!share.settled) throw new TypeError('reveal: the share must be settled first');
  if (rt.isProvider) return null;
  const words = share.words as Words;
  const bytes = words.length * rt.ring.bytes;
  const copy = rt.heap.bytes(words.ptr, bytes).slice();
  rt.ledger.add('revealed', bytes);
  rt.free(words);
  return copy;
}
