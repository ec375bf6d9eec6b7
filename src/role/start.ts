/** A role that computes, from what its worker is started with. */
import { Pool } from '../../bindings/pool.js';
import { ownerApart } from '../party/agreement.js';
import { PartyRuntime } from '../party/party.js';
import { ProviderRuntime } from '../party/provider.js';
import type { Runtime, RuntimeParts } from '../party/runtime.js';
import { Streams } from '../party/streams.js';
import type { Transcript } from '../party/transcript.js';
import { basis } from './basis.js';
import type { RoleBoot } from './boot.js';
import { ComputingRole } from './computing-role.js';
import { RoleValues } from './values.js';

/** Greets the peers, exchanges seeds with them, and is ready for commands. */
export function startRole(boot: RoleBoot): ComputingRole {
  const { name, agreement, local, testing } = boot;
  const { parts, ring, links, seed, transcript } = basis(boot, false, (kernels, heap) =>
    local.threads > 0 ? new Pool(kernels, heap, local.threads) : undefined,
  );
  const { heap } = parts;
  const { parties, provider, prgRounds, fractionBits, owner } = agreement;
  const runtimeParts: RuntimeParts = {
    name,
    parties,
    provider,
    owner: ownerApart(agreement),
    discloses: local.discloses,
    ring,
    heap,
    streams: new Streams(ring, heap, prgRounds),
    mailbox: links,
    fraction: fractionBits,
    helped: local.threads > 0,
  };
  const record: Transcript = (seen) => {
    transcript.push(seen);
  };
  const rt: Runtime =
    name === provider
      ? new ProviderRuntime(runtimeParts)
      : new PartyRuntime({ ...runtimeParts, seed, ...(testing.transcripts && { transcript: record }) });
  const values = new RoleValues(heap);
  return new ComputingRole(parts, { rt, owner, values, models: new Map(), report: () => {} });
}
