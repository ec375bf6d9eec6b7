/** A role that computes, from what its worker is started with. */
import { Pool } from '../../bindings/pool.js';
import { abandon } from '../links/link.js';
import { clientsOf } from '../party/agreement.js';
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
export async function startRole(boot: RoleBoot): Promise<ComputingRole> {
  if (!boot.blocking) return started(boot);
  const tell = (error: unknown): never => {
    abandon(boot.links, String(error));
    throw error;
  };
  const role = await started(boot).catch(tell);
  const { prepare, run } = role;
  role.prepare = (batch) => prepare.call(role, batch).catch(tell);
  role.run = (...args) => {
    try {
      return run.apply(role, args);
    } catch (error) {
      return tell(error);
    }
  };
  return role;
}

async function started(boot: RoleBoot): Promise<ComputingRole> {
  const { name, agreement, local, testing } = boot;
  const dealing = boot.deal ? (await import('./dealing.js')).dealingOf(boot, boot.deal) : null;
  const tape = boot.tape ? await import('../tape/tape-file.js') : null;
  const { parts, ring, links, seed, transcript } = basis(boot, false, (kernels, heap) =>
    local.threads > 0 ? new Pool(kernels, heap, local.threads) : undefined,
  );
  const { heap } = parts;
  const { parties, provider, prgRounds, fractionBits, owner, fewRounds } = agreement;
  const taped = dealing !== null || agreement.tape !== undefined;
  const runtimeParts: RuntimeParts = {
    name,
    parties,
    provider,
    clients: clientsOf(agreement),
    discloses: local.discloses,
    ring,
    heap,
    streams: new Streams(ring, heap, prgRounds),
    mailbox: dealing?.links ?? links,
    fraction: fractionBits,
    helped: local.threads > 0,
    taped,
    oneLine: taped || testing.oneLine,
    fewRounds,
  };
  const record: Transcript = (seen) => {
    transcript.push(seen);
  };
  const rt: Runtime =
    name === provider
      ? new ProviderRuntime(runtimeParts)
      : new PartyRuntime({
          ...runtimeParts,
          seed: tape ? withTape(tape, boot, seed) : seed,
          ...(testing.transcripts && { transcript: record }),
        });
  const values = new RoleValues(heap);
  const context = { rt, owner, values, models: new Map(), report: () => {} };
  return dealing
    ? new ComputingRole({ ...parts, lockstep: dealing.commands }, context, dealing.finish)
    : new ComputingRole(parts, context);
}

/** Seeds of which the one that is shared with the provider comes from the tape, which is marked as used before. */
function withTape(
  { Tape }: typeof import('../tape/tape-file.js'),
  { tape, agreement }: RoleBoot,
  seed: (peer: string) => Uint8Array,
) {
  return (peer: string) => {
    if (!tape || peer !== agreement.provider) return seed(peer);
    const opened = Tape.open(tape);
    try {
      return opened.takeSeed();
    } finally {
      opened.close();
    }
  };
}
