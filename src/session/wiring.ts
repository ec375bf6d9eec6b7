/** The shared memory that links roles: a doorbell for each role, and a ring for each direction of a link. */
import { createMemory, wipeMemory } from '../../bindings/memory.js';
import { abandon } from '../links/link.js';
import { createDoorbell, createRingBuffer, isLeft, wipeRing } from '../links/ring-buffer.js';
import { type Agreement, type Named, peersOf, rolesOf } from '../party/agreement.js';
import type { RoleBoot } from '../role/boot.js';
import type { Local } from '../role/local.js';
import type { InTurnBoot } from '../role/roles-in-turn.js';

/** Of all roles of a session. Plain shared memory: it can be posted to other threads. */
export interface Wiring {
  readonly bells: ReadonlyMap<string, SharedArrayBuffer>;
  /** By the two roles of a link. */
  readonly rings: ReadonlyMap<string, SharedArrayBuffer>;
}

/**
 * How far the provider may run ahead of the parties, to which it deals in turn, as a multiple of a link's size between
 * parties. With much room it always has something to do while parties wait for each other, and is done early.
 */
export const LEAD = 64;
/** The same where parties take turns in one thread: little is enough, since they never wait for each other. */
export const LEAD_IN_TURN = 4;
/** … and where a party keeps its links itself, in memory that has an object for each frame. */
const LEAD_AWAITED = 8;
export const MOST_BYTES = 2 ** 30;

/** A key of a link's direction, different for every pair of names. */
const linkOf = (from: string, to: string): string => JSON.stringify([from, to]);

/**
 * @param here the roles of this process: links between two others are left out, and all roles elsewhere have one bell, that
 *   of the courier. Default: all roles
 * @param lead see {@link LEAD}
 */
export function createWiring(
  agreement: Named,
  linkBytes: number,
  here: readonly string[] = rolesOf(agreement),
  lead = LEAD,
): Wiring {
  const names = rolesOf(agreement);
  const { parties, provider } = agreement;
  const ahead = lead / 2 ** Math.ceil(Math.log2(parties.length)); // sizes of rings are powers of two
  const rings = new Map<string, SharedArrayBuffer>();
  for (const from of names) {
    for (const to of peersOf(agreement, from)) {
      if (!here.includes(from) && !here.includes(to)) continue;
      const times = from === provider && parties.includes(to) ? Math.max(1, ahead) : 1;
      rings.set(linkOf(from, to), createRingBuffer(Math.min(MOST_BYTES, linkBytes * times)));
    }
  }
  const courier = createDoorbell();
  const bells = names.map((name) => [name, here.includes(name) ? createDoorbell() : courier] as const);
  return { bells: new Map(bells), rings };
}

const bellOf = ({ bells }: Wiring, name: string) => found(bells.get(name), name);
const ringOf = ({ rings }: Wiring, from: string, to: string) => found(rings.get(linkOf(from, to)), from);

function found(buffer: SharedArrayBuffer | undefined, role: string): SharedArrayBuffer {
  if (!buffer) throw new TypeError(`links: they were made for other roles, without ${role}`);
  return buffer;
}

/** One boot record for each role that is here, in the order of {@link rolesOf}. */
export function bootRecords(
  agreement: Agreement,
  local: Local,
  wiring: Wiring,
  rest: Pick<RoleBoot, 'digest' | 'module' | 'testing' | 'patient'>,
): RoleBoot[] {
  return rolesOf(agreement)
    .filter((name) => local.here.includes(name))
    .map((name) => ({
      name,
      agreement,
      local,
      ...rest,
      elsewhere: peersOf(agreement, name).filter((peer) => !local.here.includes(peer)),
      memory: createMemory(),
      bell: bellOf(wiring, name),
      links: peersOf(agreement, name).map((peer) => ({
        peer,
        outgoing: ringOf(wiring, name, peer),
        incoming: ringOf(wiring, peer, name),
        peerBell: bellOf(wiring, peer),
      })),
    }));
}

/** The boot record of a party that keeps its links itself: it has no rings, and how much each peer may send ahead is the size of one. */
export function awaitingBoot(
  name: string,
  agreement: Agreement,
  local: Local,
  rest: Pick<RoleBoot, 'digest' | 'module' | 'testing'>,
): RoleBoot {
  const elsewhere = peersOf(agreement, name);
  const window = (peer: string) => local.linkBytes * (peer === agreement.provider ? LEAD_AWAITED : 1);
  const windows = new Map(elsewhere.map((peer) => [peer, window(peer)]));
  const memory = { memory: createMemory(), bell: createDoorbell(), links: [] };
  return { name, agreement, local, ...rest, ...memory, patient: true, elsewhere, windows };
}

/**
 * A provider with a thread of its own, beside roles that take turns on another: its boot record, and that thread's end of its
 * links. All roles there have one doorbell.
 */
export function apartFromRoles(
  agreement: Agreement,
  local: Local,
  rest: Pick<RoleBoot, 'digest' | 'module' | 'testing' | 'patient'>,
): { readonly boot: RoleBoot; readonly apart: NonNullable<InTurnBoot['apart']> } {
  const { provider } = agreement;
  const here = { ...local, here: [provider] };
  const wiring = createWiring(agreement, local.linkBytes, here.here, LEAD_IN_TURN);
  const [record] = bootRecords(agreement, here, wiring, rest);
  const boot = { ...record, local, elsewhere: [], blocking: true };
  const links = boot.links.map(({ peer, outgoing, incoming }) => ({
    peer: provider,
    self: peer,
    outgoing: incoming,
    incoming: outgoing,
    peerBell: boot.bell,
  }));
  return { boot, apart: { bell: boot.links[0].peerBell, links } };
}

/**
 * Tells the peers elsewhere, and those that hear of nothing but their links, that the roles here come back no more. What was written to one that had left before is zeroed: it
 * reads no more. Call it when no thread of the roles here is left.
 */
export function leave(boots: readonly RoleBoot[], reason: string): void {
  for (const { links, elsewhere, blocking } of boots) {
    for (const link of links) {
      if (!blocking && !elsewhere.includes(link.peer)) continue;
      if (isLeft(link.outgoing)) wipeRing(link.outgoing);
      abandon([link], reason);
    }
  }
}

/**
 * Zeroes the memory of the roles here, and the rings that they read, so that whoever still has hold of it finds no key and no
 * share. A ring that a peer elsewhere reads is that peer's to wipe, unless it is this process's own copy.
 * Call it when no thread of theirs is left.
 * @param all whether rings that are written here are this process's own too
 */
export function wipe(boots: readonly RoleBoot[], all = false): void {
  for (const { memory, links, blocking } of boots) {
    wipeMemory(memory);
    for (const { incoming, outgoing } of links) {
      wipeRing(incoming);
      if (all || blocking) wipeRing(outgoing);
    }
  }
}
