/** What each role's worker is started with, and the shared memory that links the roles. */
import { createMemory, type WasmMemory, wipeMemory } from '../../bindings/memory.js';
import type { WasmModule } from '../../bindings/module.js';
import type { LinkBuffers } from '../links/mailbox.js';
import { createDoorbell, createRingBuffer, wipeRing } from '../links/ring-buffer.js';
import type { Settings } from '../session/options.js';
import { NOT_TESTING, type TestSettings } from './test-settings.js';

export interface RoleBoot {
  readonly name: string;
  readonly settings: Settings;
  readonly testing: TestSettings;
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly bell: SharedArrayBuffer;
  readonly links: readonly LinkBuffers[];
}

/**
 * How far the provider may run ahead of the last party, which takes what it deals, as a multiple of a link's size between
 * parties. With much room it always has something to do while parties wait for each other, and is done early.
 */
const LEAD = 64;
const MOST_BYTES = 2 ** 30;

/** A key of a link, different for every pair of names. */
const linkOf = (from: string, to: string): string => JSON.stringify([from, to]);

/** One boot record a role, the parties first, the provider last. */
export function bootRecords(
  settings: Settings,
  module: WasmModule,
  testing: TestSettings = NOT_TESTING,
): RoleBoot[] {
  const names = [...settings.parties, settings.provider];
  const bells = new Map(names.map((name) => [name, createDoorbell()]));
  const rings = new Map<string, SharedArrayBuffer>();
  for (const from of names) {
    for (const to of names) {
      if (from === to) continue;
      const lead = from === settings.provider && to === settings.parties.at(-1) ? LEAD : 1;
      const bytes = Math.min(MOST_BYTES, settings.linkBytes * lead);
      rings.set(linkOf(from, to), createRingBuffer(bytes));
    }
  }
  return names.map((name) => ({
    name,
    settings,
    testing,
    module,
    memory: createMemory(),
    bell: bells.get(name) as SharedArrayBuffer,
    links: names
      .filter((peer) => peer !== name)
      .map((peer) => ({
        peer,
        outgoing: rings.get(linkOf(name, peer)) as SharedArrayBuffer,
        incoming: rings.get(linkOf(peer, name)) as SharedArrayBuffer,
        peerBell: bells.get(peer) as SharedArrayBuffer,
      })),
  }));
}

/**
 * Zeroes all memory that roles have shared, so that whoever still has hold of it finds no key and no share. Call it when
 * no thread of theirs is left.
 */
export function wipe(boots: readonly RoleBoot[]): void {
  for (const { memory, links } of boots) {
    wipeMemory(memory);
    for (const { outgoing } of links) wipeRing(outgoing);
  }
}
