/**
 * input: an owner's words → [x]. No round among the parties; one word a value to the last party, unless the last
 * party is the owner. The owner expands a seed that it shares with each other party, and sends the last party
 * the difference. The provider sees nothing of it. The model owner, where it is no
 * party, does the same (party/client.ts).
 */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { Share } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';

/**
 * @param words where this role's share goes: at a party that is the owner, over the words that it brings; at other
 *   parties new ones where null; the provider has none
 */
export function input(
  rt: Runtime,
  owner: string,
  words: Words | null,
  shape: Shape,
  fraction: number,
): Share {
  if (owner === rt.name && !words) throw new TypeError(`input: ${owner} brought no values`);
  const into = rt.isProvider ? null : (words ?? rt.words(sizeOf(shape)));
  rt.takeInput(owner, into);
  return new Share(into, shape, fraction, true);
}
