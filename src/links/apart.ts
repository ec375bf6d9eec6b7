/** Links of roles that take turns on one thread, where one peer has a thread of its own. */
import type { Links, Mailbox } from './mailbox.js';

/**
 * The links of the role `self`.
 * @param here those to its peers on this thread
 * @param apart the peer that has its own thread; it exchanges nothing
 * @param mailbox the links to it, by the names of the roles here
 */
export function withOneApart(here: Links, apart: string, mailbox: Mailbox, self: string): Links {
  return {
    ...here,
    send: (peer, operation, pieces) =>
      peer === apart ? mailbox.send(self, operation, pieces) : here.send(peer, operation, pieces),
    receive: (peer, operation, pieces, wipe) =>
      peer === apart
        ? mailbox.receive(self, operation, pieces, wipe)
        : here.receive(peer, operation, pieces, wipe),
    receiveChunks: (peer, operation, length, chunk, take) =>
      peer === apart
        ? mailbox.receiveChunks(self, operation, length, chunk, take)
        : here.receiveChunks(peer, operation, length, chunk, take),
  };
}
