/** Entry of the worker thread of a role that holds no share. It loads nothing of the protocol. */

import { clientsOf } from '../party/agreement.js';
import { ClientEndpoint } from '../party/client.js';
import { basis } from './basis.js';
import type { RoleBoot } from './boot.js';
import { ClientRole } from './client-role.js';
import { exposeRole } from './starter.js';

function startClient(boot: RoleBoot): ClientRole {
  const { name, agreement, local } = boot;
  const { parties, provider, owner, prgRounds, fractionBits } = agreement;
  // it waits for what a training discloses, however long that takes; whoever fails meanwhile leaves its links
  const { parts, ring, links, seed } = basis(boot, true);
  const { heap } = parts;
  const taped = agreement.tape !== undefined;
  const clients = clientsOf(agreement);
  const roles = { name, parties, provider, clients, taped, discloses: local.discloses };
  const endpoint = new ClientEndpoint({ ...roles, ring, heap, mailbox: links, prgRounds, seed });
  return new ClientRole(parts, { endpoint, owner, fraction: fractionBits });
}

exposeRole(startClient);
