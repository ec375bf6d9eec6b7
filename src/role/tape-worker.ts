/** Entry of the thread that plays a tape to the last party. */
import { Heap } from '../../bindings/memory.js';
import { Mailbox } from '../links/mailbox.js';
import { Tape } from '../tape/tape-file.js';
import type { RoleBoot } from './boot.js';
import { exposeRole } from './starter.js';
import { TapeRole } from './tape-role.js';

function startTape({ name, tape, agreement, bell, links, local, memory }: RoleBoot): TapeRole {
  if (!tape) throw new TypeError(`${name}: there is no tape`);
  const mailbox = new Mailbox(name, bell, links, local.timeout);
  mailbox.patient = true; // the party takes what it needs when it needs it, and is beside this thread
  const parts = { name, heap: new Heap(memory), lockstep: null, profile: null, transcript: [] };
  return new TapeRole(parts, Tape.play(tape), mailbox, agreement.parties[agreement.parties.length - 1]);
}

exposeRole(startTape);
