/** What roles are started with where a provider deals to tapes, and where a tape stands for it. */
import { createMemory } from '../../bindings/memory.js';
import { createDoorbell, createRingBuffer } from '../links/ring-buffer.js';
import type { RoleBoot } from '../role/boot.js';
import type { TapePlace } from '../tape/tape-file.js';
import { dealBoot } from './tape.js';
import type { DealOptions } from './tape-options.js';
import { LEAD, MOST_BYTES } from './wiring.js';

export { findTape } from './tape.js';

/** Bytes of the ring back from the last party, which says nothing to a tape. */
const NOTHING = 256;

/** A provider that deals: it is linked to nobody. */
export const bootOfDealer = async (
  rest: Pick<RoleBoot, 'agreement' | 'local' | 'digest' | 'module' | 'testing' | 'patient'>,
  deal: DealOptions,
): Promise<RoleBoot> => ({
  name: rest.agreement.provider,
  ...rest,
  elsewhere: [],
  memory: createMemory(),
  bell: createDoorbell(),
  links: [],
  deal: await dealBoot(deal, rest.agreement),
});

/**
 * Gives the party that is here its tape, and where it is the last one a link from the thread that plays it.
 * @returns the roles, and what that thread is started with
 */
export function withTape(
  boots: readonly RoleBoot[],
  tape: TapePlace | null,
): { readonly boots: readonly RoleBoot[]; readonly player: RoleBoot | null } {
  if (!tape) return { boots, player: null };
  let player: RoleBoot | null = null;
  const roles = boots.map((boot): RoleBoot => {
    const { agreement, name, local } = boot;
    if (!agreement.parties.includes(name)) return boot;
    if (name !== agreement.parties[agreement.parties.length - 1]) return { ...boot, tape };
    const [bell, back] = [createDoorbell(), createRingBuffer(NOTHING)];
    const frames = createRingBuffer(Math.min(MOST_BYTES, local.linkBytes * LEAD));
    const toParty = { peer: name, outgoing: frames, incoming: back, peerBell: boot.bell };
    const toTape = { peer: agreement.provider, outgoing: back, incoming: frames, peerBell: bell };
    player = {
      ...boot,
      name: 'the tape',
      memory: createMemory(),
      elsewhere: [],
      bell,
      links: [toParty],
      tape,
    };
    return { ...boot, tape, links: [...boot.links, toTape] };
  });
  return { boots: roles, player };
}
