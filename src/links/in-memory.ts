/**
 * Links between roles that take turns on one thread: what is sent waits in memory until it is received.
 *
 * An exchange needs the peers' frames before the peers reach their own exchange. So whoever drives the roles first
 * announces what each of them will send (party/in-turn.ts), and the exchange checks that the role sends just that.
 */
import { FrameMemory } from './frame-memory.js';
import type { Links } from './mailbox.js';
import { takeAll } from './take-all.js';

interface Frame {
  readonly operation: number;
  /** Somewhere in the memory for frames. */
  readonly bytes: Uint8Array;
  /** Roles that have not received it yet. */
  readers: number;
}

/** What is under way from one role to another. */
interface Queue {
  readonly frames: Frame[];
  /** What will be sent in the next exchange. */
  announced: Frame | null;
}

/** All frames that are under way between roles. */
export class Post {
  readonly #queues = new Map<string, Map<string, Queue>>();
  readonly #memory = new FrameMemory();
  /** Whether exchanges check every byte against what was announced; slow. */
  strict = false;
  /** Called with every frame that is received. */
  watch: ((from: string, to: string, bytes: Uint8Array) => void) | null = null;

  /** Takes what `from` will send in its next exchange with `peers`. */
  announce(from: string, peers: readonly string[], operation: number, pieces: readonly Uint8Array[]): void {
    if (peers.length === 0) return;
    const frame = this.#frame(operation, pieces, peers.length);
    for (const peer of peers) {
      const queue = this.#queue(from, peer);
      queue.frames.push(frame);
      queue.announced = frame;
    }
  }

  /** Links of the role `self`. */
  links(self: string): Links {
    const to = byPeer((peer) => this.#queue(self, peer));
    const from = byPeer((peer) => this.#queue(peer, self));
    const next = (peer: string, operation: number, length: number) => {
      const frame = frameOf(from(peer).frames.shift(), operation, length, peer, self);
      this.watch?.(peer, self, frame.bytes.slice());
      return frame;
    };
    return {
      send: (peer, operation, pieces) => {
        to(peer).frames.push(this.#frame(operation, pieces, 1));
      },
      sendChunks: (peer, operation, length, chunk) => {
        const bytes = this.#memory.take(length);
        for (let sent = 0; sent < length; ) {
          const part = chunk();
          bytes.set(part, sent);
          sent += part.length;
        }
        to(peer).frames.push({ operation, bytes, readers: 1 });
      },
      receive: (peer, operation, pieces, wipe) => {
        const frame = next(peer, operation, lengthOf(pieces));
        const { bytes } = frame;
        let at = 0;
        for (const piece of pieces) {
          piece.set(
            at === 0 && piece.length === bytes.length ? bytes : bytes.subarray(at, at + piece.length),
          );
          at += piece.length;
        }
        this.#received(frame, wipe);
      },
      receiveChunks: (peer, operation, length, chunk, take) => {
        const frame = next(peer, operation, length);
        takeAll(frame.bytes, [length], 0, chunk, take);
        this.#received(frame);
      },
      exchange: (peers, operation, pieces, chunk, take, wipe) => {
        const parts = 'to' in pieces ? pieces : null;
        const all = 'to' in pieces ? [] : pieces;
        for (let i = 0; i < peers.length; i++) {
          const { announced } = to(peers[i]);
          const told = announced?.operation === operation;
          if (!told || (this.strict && !equal(announced.bytes, concat(parts?.to[i] ?? all)))) {
            throw new Error(`${self} sends ${peers[i]} at operation ${operation} what it has not announced`);
          }
        }
        const same = all.map((piece) => piece.length);
        for (let i = 0; i < peers.length; i++) {
          const lengths = parts?.from[i] ?? same;
          let length = 0;
          for (const bytes of lengths) length += bytes;
          const frame = next(peers[i], operation, length);
          takeAll(frame.bytes, lengths, i, chunk, take);
          this.#received(frame, wipe);
        }
      },
    };
  }

  #frame(operation: number, pieces: readonly Uint8Array[], readers: number): Frame {
    const bytes = this.#memory.take(lengthOf(pieces));
    place(bytes, pieces);
    return { operation, bytes, readers };
  }

  /** One role has read a frame. */
  #received(frame: Frame, wipe = false): void {
    if (--frame.readers > 0) return;
    if (wipe) frame.bytes.fill(0);
    this.#memory.give();
  }

  /** Links on which something was sent and has not been received. */
  get undelivered(): string[] {
    return [...this.#queues].flatMap(([from, queues]) =>
      [...queues].filter(([, { frames }]) => frames.length > 0).map(([to]) => link(from, to)),
    );
  }

  #queue(from: string, to: string): Queue {
    const found = this.#queues.get(from)?.get(to);
    if (found) return found;
    const queue = { frames: [], announced: null };
    const queues = this.#queues.get(from) ?? new Map<string, Queue>();
    this.#queues.set(from, queues.set(to, queue));
    return queue;
  }
}

/** Queues by peer, each looked up once. */
function byPeer(queue: (peer: string) => Queue): (peer: string) => Queue {
  const known = new Map<string, Queue>();
  return (peer) => {
    const found = known.get(peer);
    if (found) return found;
    const made = queue(peer);
    known.set(peer, made);
    return made;
  };
}

const link = (from: string, to: string): string => `${from} → ${to}`;

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

const lengthOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0);

/** A frame, if it is the one that is expected. */
function frameOf(
  frame: Frame | undefined,
  operation: number,
  length: number,
  from: string,
  to: string,
): Frame {
  if (!frame) throw new Error(`${link(from, to)}: nothing was sent for operation ${operation}`);
  if (frame.operation === operation && frame.bytes.length === length) return frame;
  throw new Error(
    `${link(from, to)}: operation ${operation} takes ${length} bytes, ` +
      `operation ${frame.operation} sent ${frame.bytes.length}`,
  );
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(lengthOf(pieces));
  place(out, pieces);
  return out;
}

/** Puts pieces one after the other. */
function place(out: Uint8Array, pieces: readonly Uint8Array[]): void {
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
}
