/** A role, from what its worker is started with. */
import { Heap } from '../../bindings/memory.js';
import { instantiateKernels } from '../../bindings/module.js';
import { Pool } from '../../bindings/pool.js';
import { createRing } from '../../bindings/ring.js';
import { publicRandom } from '../data/random.js';
import { type Links, Mailbox } from '../links/mailbox.js';
import { ownerApart, rolesOf } from '../party/agreement.js';
import { OwnerEndpoint } from '../party/owner.js';
import { PartyRuntime } from '../party/party.js';
import { ProviderRuntime } from '../party/provider.js';
import type { Runtime, RuntimeParts } from '../party/runtime.js';
import { SEED_BYTES, Streams } from '../party/streams.js';
import type { RoleBoot } from './boot.js';
import { Lockstep } from './lockstep.js';
import { Profile } from './profile.js';
import { ComputingRole, OwnerRole, type Role, type TranscriptEntry } from './role.js';
import { RoleValues } from './values.js';

/** Greets the peers, exchanges seeds with them, and is ready for commands. */
export function startRole(boot: RoleBoot): Role {
  const { name, agreement, local, testing } = boot;
  const profile = local.profile ? new Profile() : null;
  const heap = new Heap(boot.memory);
  const kernels = instantiateKernels(boot.module, boot.memory);
  const isOwner = name === ownerApart(agreement);
  const pool = local.threads > 0 && !isOwner ? new Pool(kernels, heap, local.threads) : undefined;
  const kernelsOfRing = createRing(kernels, heap, agreement.ring, pool);
  const ring = profile?.ring(kernelsOfRing) ?? kernelsOfRing;
  const idle = profile && { begin: () => profile.begin('waiting'), end: profile.end };
  // an owner waits for what a training discloses, however long it takes; who fails meanwhile leaves its links
  const timeout = isOwner ? Number.POSITIVE_INFINITY : local.timeout;
  const mailbox = new Mailbox(name, boot.bell, boot.links, timeout, idle);
  const lockstep = boot.elsewhere.length > 0 ? new Lockstep(name, mailbox, boot.elsewhere) : null;
  if (lockstep && boot.digest) lockstep.greet(agreement, boot.digest);
  const plain: Links = lockstep?.links(mailbox) ?? mailbox;
  const links = profile?.links(plain) ?? plain;
  const transcript: TranscriptEntry[] = [];
  const parts = { name, heap, lockstep, profile, transcript };
  const seed = seedSource(boot);
  const { parties, provider, prgRounds, fractionBits: fraction } = agreement;
  if (isOwner) {
    const endpoint = new OwnerEndpoint({
      name,
      parties,
      provider,
      ring,
      heap,
      mailbox: links,
      prgRounds,
      seed,
    });
    return new OwnerRole(parts, { endpoint, fraction });
  }
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
    fraction,
    helped: local.threads > 0,
  };
  const record = (label: string, opened: Uint8Array, received: readonly Uint8Array[]) => {
    transcript.push({ label, opened, received });
  };
  const rt: Runtime =
    name === provider
      ? new ProviderRuntime(runtimeParts)
      : new PartyRuntime({ ...runtimeParts, seed, ...(testing.transcripts && { transcript: record }) });
  return new ComputingRole(parts, {
    rt,
    owner: agreement.owner,
    values: new RoleValues(heap),
    models: new Map(),
    report: () => {},
  });
}

/** Seeds from the operating system, or, in tests that ask for it, from the injected integer. */
function seedSource({ name, agreement, testing }: RoleBoot): (peer: string) => Uint8Array {
  const { seed } = testing;
  if (seed === null) return () => crypto.getRandomValues(new Uint8Array(SEED_BYTES));
  const names = rolesOf(agreement);
  return (peer) => {
    const stream = names.indexOf(name) * names.length + names.indexOf(peer);
    const random = publicRandom(seed, stream);
    return Uint8Array.from({ length: SEED_BYTES }, () => random.below(256));
  };
}
