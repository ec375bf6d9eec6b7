/** What every role stands on: its kernels, its links, behind the records of peers elsewhere, and its seeds. */
import { Heap } from '../../bindings/memory.js';
import { instantiateKernels, type Kernels } from '../../bindings/module.js';
import type { Pool } from '../../bindings/pool.js';
import { createRing } from '../../bindings/ring.js';
import { type Links, Mailbox } from '../links/mailbox.js';
import { rolesOf } from '../party/agreement.js';
import { SEED_BYTES } from '../party/streams.js';
import type { TranscriptEntry } from '../party/transcript.js';
import { withoutProvider } from '../tape/deal-links.js';
import type { RoleBoot } from './boot.js';
import { Lockstep } from './lockstep.js';
import { Profile } from './profile.js';

/**
 * Greets the peers elsewhere, and is ready for the others.
 * @param patient whether the role then waits for its peers as long as they are there
 * @param helpers the role's helper threads
 */
export function basis(
  boot: RoleBoot,
  patient: boolean,
  helpers: (kernels: Kernels, heap: Heap) => Pool | undefined = () => undefined,
) {
  const { name, agreement, local, elsewhere, digest } = boot;
  const profile = local.profile ? new Profile() : null;
  const { heap, ring: plainRing } = memoryOf(boot, helpers);
  const ring = profile?.ring(plainRing) ?? plainRing;
  const idle = profile && { begin: () => profile.begin('waiting'), end: profile.end };
  const mailbox = new Mailbox(name, boot.bell, boot.links, local.timeout, idle);
  const lockstep = elsewhere.length > 0 ? new Lockstep(name, mailbox, elsewhere) : null;
  mailbox.patient = boot.patient; // who is waited for comes, or is given up by the courier
  if (lockstep && digest) lockstep.greet(agreement, digest);
  mailbox.patient = patient;
  const linked: Links = lockstep?.links(mailbox) ?? mailbox;
  const plainLinks = agreement.tape === undefined ? linked : withoutProvider(linked, agreement.provider);
  const links = profile?.links(plainLinks) ?? plainLinks;
  const transcript: TranscriptEntry[] = [];
  const parts = { name, heap, lockstep, profile, transcript };
  return { parts, ring, links, transcript, seed: seedSource(boot, name) };
}

/** A role's memory and the kernels that work on it. */
export function memoryOf(
  { memory, module, agreement }: Pick<RoleBoot, 'memory' | 'module' | 'agreement'>,
  helpers: (kernels: Kernels, heap: Heap) => Pool | undefined = () => undefined,
) {
  const heap = new Heap(memory);
  const kernels = instantiateKernels(module, memory);
  return { heap, ring: createRing(kernels, heap, agreement.ring, helpers(kernels, heap)) };
}

/** The seeds that a role draws: from the operating system, or, in tests that ask for it, those that are known. */
export function seedSource(
  { agreement: { parties, provider, owner, clients = [] }, testing }: Pick<RoleBoot, 'agreement' | 'testing'>,
  name: string,
): (peer: string) => Uint8Array {
  const { seeds } = testing;
  if (!seeds) return () => crypto.getRandomValues(new Uint8Array(SEED_BYTES));
  const names = rolesOf({ parties, provider, owner, clients });
  return (peer) => seeds[names.indexOf(name) * names.length + names.indexOf(peer)].slice();
}
