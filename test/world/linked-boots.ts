/** Boot records of a few roles, some of them here, with the memory that links them and no worker. */
import { Mailbox } from '../../src/links/mailbox.js';
import type { RoleBoot } from '../../src/role/boot.js';
import { NOT_TESTING } from '../../src/role/test-settings.js';
import { resolveOptions } from '../../src/session/options.js';
import { bootRecords, createWiring, type Wiring } from '../../src/session/wiring.js';
import { module } from './ring.js';

export const AGREEMENT = resolveOptions({ ring: 32 }, 1);

export const wiring = (linkBytes = 2 ** 16): Wiring => createWiring(AGREEMENT, linkBytes);

/** What a session that has these roles here would start its workers with. */
export const bootsOf = (here: readonly string[], links: Wiring): RoleBoot[] =>
  bootRecords(AGREEMENT, { ...AGREEMENT, here }, links, {
    digest: null,
    module,
    testing: NOT_TESTING,
    patient: false,
  });

/**
 * A role's mailbox in this thread.
 * @param asleep what happens whenever it is about to sleep
 */
export function mailboxOf(name: string, links: Wiring, timeout = 50, asleep = () => {}): Mailbox {
  const [boot] = bootsOf([name], links);
  return new Mailbox(name, boot.bell, boot.links, timeout, { begin: asleep, end() {} });
}
