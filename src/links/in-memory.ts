/**
 * Links between roles that take turns on one thread: what is sent waits in memory until it is received.
 *
 * An exchange needs the peers' frames before the peers reach their own exchange. So whoever drives the roles first
 * announces what each of them will send (party/in-turn.ts), and the exchange checks that the role sends just that.
 */
import type { Chunk, Links } from './mailbox.js';

interface Frame {
  readonly operation: number;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** All frames that are under way between roles. */
export class Post {
  readonly #queues = new Map<string, Frame[]>();
  readonly #announced = new Map<string, Frame>();
  /** Whether exchanges check every byte against what was announced; slow. */
  strict = false;
  /** Called with every frame that is received. */
  watch: ((from: string, to: string, bytes: Uint8Array) => void) | null = null;

  /** Takes what `from` will send in its next exchange with `peers`. */
  announce(from: string, peers: readonly string[], operation: number, pieces: readonly Uint8Array[]): void {
    const frame = { operation, bytes: concat(pieces) };
    for (const peer of peers) {
      this.#queue(from, peer).push(frame);
      this.#announced.set(link(from, peer), frame);
    }
  }

  /** Links of the role `self`. */
  links(self: string): Links {
    const receive = (peer: string, operation: number, pieces: readonly Uint8Array[]) => {
      const frame = this.#queue(peer, self).shift();
      deliver(link(peer, self), frame, operation, pieces);
      if (frame) this.watch?.(peer, self, frame.bytes);
    };
    return {
      send: (peer, operation, pieces) => {
        this.#queue(self, peer).push({ operation, bytes: concat(pieces) });
      },
      sendChunks: (peer, operation, length, next) => {
        const parts: Uint8Array[] = [];
        for (let sent = 0; sent < length; sent += parts[parts.length - 1].length) parts.push(next().slice());
        this.#queue(self, peer).push({ operation, bytes: concat(parts) });
      },
      receive,
      receiveChunks: (peer, operation, length, chunk, take) => {
        const whole = new Uint8Array(length);
        receive(peer, operation, [whole]);
        takeAll([whole], chunk, (piece, offset, bytes) => take(0, piece, offset, bytes));
      },
      exchange: (peers, operation, pieces, chunk, take) => {
        const mine = this.strict ? concat(pieces) : NOTHING;
        peers.forEach((peer, i) => {
          const announced = this.#announced.get(link(self, peer));
          if (announced?.operation !== operation || (this.strict && !equal(announced.bytes, mine))) {
            throw new Error(`${self} sends ${peer} at operation ${operation} what it has not announced`);
          }
          const theirs = pieces.map((piece) => new Uint8Array(piece.length));
          receive(peer, operation, theirs);
          takeAll(theirs, chunk, (piece, offset, bytes) => take(i, piece, offset, bytes));
        });
      },
    };
  }

  /** Links on which something was sent and has not been received. */
  get undelivered(): string[] {
    return [...this.#queues].filter(([, queue]) => queue.length > 0).map(([name]) => name);
  }

  #queue(from: string, to: string): Frame[] {
    const name = link(from, to);
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return queue;
  }
}

/** Hands pieces over through a chunk, as many bytes at a time as it holds. */
function takeAll(
  pieces: readonly Uint8Array[],
  { bytes, grain }: Chunk,
  take: (piece: number, offset: number, bytes: number) => void,
): void {
  const most = bytes.length - (bytes.length % grain);
  pieces.forEach((piece, i) => {
    for (let offset = 0; offset < piece.length; offset += most) {
      const part = piece.subarray(offset, offset + most);
      bytes.set(part);
      take(i, offset, part.length);
    }
  });
}

const link = (from: string, to: string): string => `${from} → ${to}`;

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

function deliver(
  name: string,
  frame: Frame | undefined,
  operation: number,
  pieces: readonly Uint8Array[],
): void {
  if (!frame) throw new Error(`${name}: nothing was sent for operation ${operation}`);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (frame.operation !== operation || frame.bytes.length !== length) {
    throw new Error(
      `${name}: operation ${operation} takes ${length} bytes, operation ${frame.operation} sent ${frame.bytes.length}`,
    );
  }
  let at = 0;
  for (const piece of pieces) {
    piece.set(frame.bytes.subarray(at, at + piece.length));
    at += piece.length;
  }
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
