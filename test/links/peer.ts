/** A worker thread for mailbox.test.ts: one end of a link that does what its name says. */
import { workerData } from 'node:worker_threads';
import { type LinkBuffers, Mailbox } from '../../src/links/mailbox.js';

export type Behaviour = 'exchange' | 'echo' | 'send' | 'slow';

export interface PeerData {
  readonly behaviour: Behaviour;
  readonly self: string;
  readonly bell: SharedArrayBuffer;
  readonly links: readonly LinkBuffers[];
  /** Payload of each frame, in bytes. */
  readonly bytes: number;
  readonly frames: number;
}

/** What a role sends at an operation: bytes that name it. */
export const payload = (role: string, operation: number, bytes: number): Uint8Array =>
  new Uint8Array(bytes).map((_, i) => role.charCodeAt(0) * 7 + operation * 31 + i * 13 + (i >> 8));

if (workerData) {
  const { behaviour, self, bell, links, bytes, frames } = workerData as PeerData;
  const mailbox = new Mailbox(self, bell, links, 10_000);
  const peers = links.map(({ peer }) => peer);
  for (let operation = 1; operation <= frames; operation++) {
    if (behaviour === 'exchange') {
      const mine = payload(self, operation, bytes);
      const chunk = { bytes: new Uint8Array(16), grain: 4 };
      mailbox.exchange(peers, operation, [mine], chunk, (peer, _piece, offset, count) => {
        const expected = payload(peers[peer], operation, bytes).subarray(offset, offset + count);
        if (!Buffer.from(chunk.bytes.subarray(0, count)).equals(expected)) process.exit(1);
      });
    } else if (behaviour === 'echo') {
      const received = [new Uint8Array(bytes)];
      mailbox.receive(peers[0], operation, received);
      mailbox.send(peers[0], operation, received);
    } else {
      if (behaviour === 'slow') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      mailbox.send(peers[0], operation, [payload(self, operation, bytes)]);
    }
  }
}
