/**
 * Links between roles that take turns on one thread: what is sent waits in memory until it is received.
 *
 * An exchange needs the peers' frames before the peers reach their own exchange. So whoever drives the roles first
 * announces what each of them will send (party/in-turn.ts), and the exchange checks that the role sends just that.
 */
import type { Chunk, Links, Take } from './mailbox.js';

interface Frame {
  readonly operation: number;
  readonly bytes: Uint8Array;
  /** Whether several peers will read it. */
  readonly shared?: boolean;
}

/** Longest buffer that is kept for another frame, and bytes that are kept in all. */
const LONGEST_SPARE = 2 ** 20;
const MOST_SPARE = 2 ** 23;

/** Buffers of frames that have been read, by length: those of the next step are as long. */
class Spares {
  readonly #buffers = new Map<number, Uint8Array[]>();
  #bytes = 0;

  take(length: number): Uint8Array {
    const spare = this.#buffers.get(length)?.pop();
    if (!spare) return new Uint8Array(length);
    this.#bytes -= length;
    return spare;
  }

  /** Takes back what nobody reads any more. */
  put(buffer: Uint8Array): void {
    const { length } = buffer;
    if (length > LONGEST_SPARE || this.#bytes + length > MOST_SPARE) return;
    this.#bytes += length;
    const same = this.#buffers.get(length);
    if (same) same.push(buffer);
    else this.#buffers.set(length, [buffer]);
  }

  /** Some pieces, one after the other. */
  concat(pieces: readonly Uint8Array[]): Uint8Array {
    const out = this.take(lengthOf(pieces));
    let at = 0;
    for (const piece of pieces) {
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }
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
  /** Whether exchanges check every byte against what was announced; slow. */
  strict = false;
  /** Called with every frame that is received. */
  watch: ((from: string, to: string, bytes: Uint8Array) => void) | null = null;
  readonly #spares = new Spares();

  /** Takes what `from` will send in its next exchange with `peers`. */
  announce(from: string, peers: readonly string[], operation: number, pieces: readonly Uint8Array[]): void {
    const frame = { operation, bytes: this.#spares.concat(pieces), shared: peers.length > 1 };
    for (const peer of peers) {
      const queue = this.#queue(from, peer);
      queue.frames.push(frame);
      queue.announced = frame;
    }
  }

  /** Links of the role `self`. */
  links(self: string): Links {
    const next = (peer: string, operation: number, length: number) => {
      const frame = this.#queue(peer, self).frames.shift();
      const bytes = bytesOf(frame, operation, length, peer, self);
      this.watch?.(peer, self, bytes);
      return { bytes, shared: frame?.shared };
    };
    const done = ({ bytes, shared }: Pick<Frame, 'bytes' | 'shared'>, wipe = false) => {
      if (shared || this.watch || this.strict) return;
      if (wipe) bytes.fill(0);
      this.#spares.put(bytes);
    };
    return {
      send: (peer, operation, pieces) => {
        this.#queue(self, peer).frames.push({ operation, bytes: this.#spares.concat(pieces) });
      },
      sendChunks: (peer, operation, length, chunk) => {
        const bytes = this.#spares.take(length);
        for (let sent = 0; sent < length; ) {
          const part = chunk();
          bytes.set(part, sent);
          sent += part.length;
        }
        this.#queue(self, peer).frames.push({ operation, bytes });
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
        done(frame, wipe);
      },
      receiveChunks: (peer, operation, length, chunk, take) => {
        const frame = next(peer, operation, length);
        takeAll(frame.bytes, [length], 0, chunk, take);
        done(frame);
      },
      exchange: (peers, operation, pieces, chunk, take, wipe) => {
        const parts = 'to' in pieces ? pieces : null;
        const all = 'to' in pieces ? [] : pieces;
        for (let i = 0; i < peers.length; i++) {
          const { announced } = this.#queue(self, peers[i]);
          const told = announced?.operation === operation;
          if (!told || (this.strict && !equal(announced.bytes, new Spares().concat(parts?.to[i] ?? all)))) {
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
          done(frame, wipe);
        }
      },
    };
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

/** Hands a peer's pieces over through a chunk, as many bytes at a time as it holds. */
function takeAll(
  frame: Uint8Array,
  lengths: readonly number[],
  peer: number,
  { bytes, grain }: Chunk,
  take: Take,
): void {
  const most = bytes.length - (bytes.length % grain);
  let start = 0;
  for (let piece = 0; piece < lengths.length; piece++) {
    const length = lengths[piece];
    for (let offset = 0; offset < length; offset += most) {
      const count = Math.min(most, length - offset);
      bytes.set(count === frame.length ? frame : frame.subarray(start + offset, start + offset + count));
      take(peer, piece, offset, count);
    }
    start += length;
  }
}

const link = (from: string, to: string): string => `${from} → ${to}`;

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

const lengthOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0);

/** A frame's bytes, if it is the one that is expected. */
function bytesOf(
  frame: Frame | undefined,
  operation: number,
  length: number,
  from: string,
  to: string,
): Uint8Array {
  if (!frame) throw new Error(`${link(from, to)}: nothing was sent for operation ${operation}`);
  if (frame.operation === operation && frame.bytes.length === length) return frame.bytes;
  throw new Error(
    `${link(from, to)}: operation ${operation} takes ${length} bytes, ` +
      `operation ${frame.operation} sent ${frame.bytes.length}`,
  );
}
