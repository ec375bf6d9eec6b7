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

/** @param values the owner's words (consumed) at a party that is the owner, null at every other role */
export const input = (
  rt: Runtime,
  owner: string,
  values: Words | null,
  shape: Shape,
  fraction: number,
): Share => new Share(rt.takeInput(owner, values, sizeOf(shape)), shape, fraction, true);
