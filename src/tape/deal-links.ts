/** The links of a provider that deals to tapes: it hears what a run could tell it, and what it sends goes to the last party's. */
import type { Links } from '../links/mailbox.js';
import { SEED_BYTES } from '../party/streams.js';
import type { TapeWriter } from './tape-writer.js';

/**
 * @param seeds of the parties, which are drawn here; each is given once and wiped
 * @param tape the last party's
 */
export function dealLinks(seeds: ReadonlyMap<string, Uint8Array>, tape: TapeWriter): Links {
  return {
    send(_last, operation, pieces) {
      tape.begin({ operation, length: pieces.reduce((sum, piece) => sum + piece.length, 0) });
      for (const piece of pieces) tape.write(piece);
    },

    sendChunks(_last, operation, length, next) {
      tape.begin({ operation, length });
      for (let sent = 0; sent < length; ) {
        const chunk = next();
        tape.write(chunk);
        sent += chunk.length;
      }
    },

    /** A party's seed, or the owner's decision: to go on, always, so that all is dealt and nothing is learnt. */
    receive(peer, operation, pieces) {
      const [piece, ...rest] = pieces;
      for (const other of rest) other.fill(0); // a tape awaits nothing
      const seed = operation === 0 && piece.length === SEED_BYTES ? seeds.get(peer) : undefined;
      piece.fill(0);
      if (!seed) return;
      piece.set(seed);
      seed.fill(0); // it is in the tape, and nowhere else but in the provider's stream
    },

    receiveChunks: refuse,
    exchange: refuse,
  };
}

function refuse(): never {
  throw new TypeError('a provider that deals to a tape takes nothing from links');
}

/** The same links without what would go to the provider, which is a tape. */
export const withoutProvider = (links: Links, provider: string): Links => ({
  send: (peer, operation, pieces) => {
    if (peer !== provider) links.send(peer, operation, pieces);
  },
  sendChunks: (peer, operation, length, next) => links.sendChunks(peer, operation, length, next),
  receive: (peer, operation, pieces, wipe) => links.receive(peer, operation, pieces, wipe),
  receiveChunks: (peer, operation, length, chunk, take) =>
    links.receiveChunks(peer, operation, length, chunk, take),
  exchange: (peers, operation, pieces, chunk, take, wipe) =>
    links.exchange(peers, operation, pieces, chunk, take, wipe),
});
