/**
 * The links of several roles that take turns on one thread, one a role, each to a peer with a thread of its own; each is called by its
 * role's name. While one role waits, links of others take in what has come, so that their peers can go on to the one that is waited for.
 */
import type { LinkBuffers } from './link.js';
import { Mailbox } from './mailbox.js';
import { SpillingReader } from './spilling-reader.js';

export class SharedMailbox extends Mailbox {
  /** @param self what the roles are called together; the rest as of a {@link Mailbox} */
  constructor(self: string, bell: SharedArrayBuffer, links: readonly LinkBuffers[], timeout: number) {
    super(self, bell, links, timeout, null, SpillingReader);
  }

  protected override makeRoom(): boolean {
    const others = [...this.links.values()].filter((link) => !link.receiving);
    return others.filter(({ reader }) => (reader as SpillingReader).makeRoom()).length > 0;
  }

  protected override mark(): void {
    for (const { reader } of this.links.values()) (reader as SpillingReader).markCrowded();
    super.mark();
  }

  protected override unmark(): void {
    for (const { reader } of this.links.values()) reader.mark(0);
    super.unmark();
  }
}
