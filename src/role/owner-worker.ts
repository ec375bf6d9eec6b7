/** Entry of the worker thread of a model owner that is no party. It loads nothing of the protocol. */
import { OwnerEndpoint } from '../party/owner.js';
import { basis } from './basis.js';
import type { RoleBoot } from './boot.js';
import { OwnerRole } from './owner-role.js';
import { exposeRole } from './starter.js';

function startOwner(boot: RoleBoot): OwnerRole {
  const { name, agreement, local } = boot;
  const { parties, provider, prgRounds, fractionBits } = agreement;
  // it waits for what a training discloses, however long that takes; whoever fails meanwhile leaves its links
  const { parts, ring, links, seed } = basis(boot, true);
  const { heap } = parts;
  const taped = agreement.tape !== undefined;
  const roles = { name, parties, provider, taped, discloses: local.discloses };
  const endpoint = new OwnerEndpoint({ ...roles, ring, heap, mailbox: links, prgRounds, seed });
  return new OwnerRole(parts, { endpoint, fraction: fractionBits });
}

exposeRole(startOwner);
