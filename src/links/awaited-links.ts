/**
 * A role's links where it runs in the thread that keeps their connections. Nothing here blocks: what a step of its program
 * takes is awaited before the step is made. What it sends in a round is announced before, as where roles take turns in one
 * thread (in-memory.ts): an exchange only takes.
 */
import { LeftError, ProtocolError, TimeoutError } from '../errors.js';
import { Deadline } from './deadline.js';
import { type Frame, IncomingFrames } from './incoming-frames.js';
import { type Chunk, type Parts, PIECE_GRAIN, padded, type Take } from './link.js';
import { atOperation, type Links, NO_OPERATION } from './mailbox.js';
import { OutgoingFrames } from './outgoing-frames.js';
import { fateOf } from './ring-buffer.js';
import { takeAll } from './take-all.js';

/** The two streams of a link. */
export interface Streams {
  readonly outgoing: OutgoingFrames;
  readonly incoming: IncomingFrames;
}

/** What is waited for: a message, what is told before a command, or that what was sent has been read. */
type What = 'message' | 'record' | 'send';

interface Waiting {
  readonly peers: readonly string[];
  readonly there: (streams: Streams) => boolean;
  readonly operation: number;
  readonly what: What;
  /** Bytes that had come of these peers. */
  received: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** When it was last looked at, in milliseconds. */
  since: number;
}

export class AwaitedLinks implements Links {
  readonly #streams: ReadonlyMap<string, Streams>;
  readonly #deadline: Deadline;
  readonly #clock: ReturnType<typeof setInterval>;
  #waiting: Waiting | null = null;
  #ended: unknown = null;
  /** Looks at what a peer tells before a command, of which the next has come while something else is awaited; it throws where programs differ. */
  heed: (peer: string) => void = () => {};
  /** Moves what was written; whoever keeps the connections sets it. */
  flush: () => void = () => {};
  /** Whether waits have no limit. */
  patient = false;

  /**
   * @param self the role's name
   * @param windows how many bytes each peer may send ahead
   * @param timeout milliseconds, as of a {@link Mailbox}
   */
  constructor(
    readonly self: string,
    windows: ReadonlyMap<string, number>,
    timeout: number,
  ) {
    const streams = (window: number) => ({
      outgoing: new OutgoingFrames(),
      incoming: new IncomingFrames(window, () => this.#look()),
    });
    this.#streams = new Map([...windows].map(([peer, window]) => [peer, streams(window)]));
    this.#deadline = new Deadline(timeout);
    this.#clock = setInterval(() => this.#tick(), Math.max(1, Math.min(1000, timeout / 8)));
  }

  /** The streams of the link to `peer`. */
  streams(peer: string): Streams {
    const found = this.#streams.get(peer);
    if (!found) throw new TypeError(`${this.self} has no link to ${peer}`);
    return found;
  }

  /** Resolves when so many frames of each of `peers` have come, what is told before each command not counted. */
  frames(peers: readonly string[], operation: number, count = 1): Promise<void> {
    return this.#until(peers, operation, ({ incoming }) => incoming.messages >= count);
  }

  /** Resolves when anything of `peer` has come that has not been read. */
  anything(peer: string, operation = NO_OPERATION): Promise<void> {
    return this.#until([peer], operation, ({ incoming }) => incoming.frames > 0, 'record');
  }

  /** Resolves when every peer has read so much of what it was sent that the rest is on its way. */
  async drained(operation: number): Promise<void> {
    for (const [peer, { outgoing }] of this.#streams) {
      if (outgoing.crowded)
        await this.#until([peer], operation, (streams) => !streams.outgoing.crowded, 'send');
    }
  }

  /** Resolves when `peer` has sent all that the next step takes. */
  async turn(peer: string, operation: number): Promise<void> {
    const { incoming } = this.streams(peer);
    if (incoming.turns === 0) await this.#until([peer], operation, (streams) => streams.incoming.turns > 0);
    incoming.takeTurn();
  }

  send(peer: string, operation: number, pieces: readonly Uint8Array[]): void {
    const { outgoing } = this.streams(peer);
    outgoing.begin(
      operation,
      pieces.reduce((sum, { length }) => sum + padded(length), 0),
    );
    for (const piece of pieces) {
      outgoing.append(piece);
      outgoing.fill();
    }
  }

  sendChunks(peer: string, operation: number, length: number, next: () => Uint8Array): void {
    const { outgoing } = this.streams(peer);
    outgoing.begin(operation, padded(length));
    for (let sent = 0; sent < length; ) {
      const chunk = next();
      outgoing.append(chunk);
      sent += chunk.length;
    }
    outgoing.fill();
  }

  receive(peer: string, operation: number, pieces: readonly Uint8Array[], wipe = false): void {
    const length = pieces.reduce((sum, piece) => sum + padded(piece.length), 0);
    const frame = this.#next(peer, operation, length);
    let at = 0;
    for (const piece of pieces) {
      piece.set(frame.bytes.subarray(at, at + piece.length));
      at += padded(piece.length);
    }
    this.streams(peer).incoming.give(frame, wipe);
  }

  /** As {@link receive}. */
  await(peer: string, operation: number, pieces: readonly Uint8Array[]): void {
    this.receive(peer, operation, pieces);
  }

  receiveChunks(peer: string, operation: number, length: number, chunk: Chunk, take: Take): void {
    const frame = this.#next(peer, operation, padded(length));
    takeAll(frame.bytes, [length], 0, chunk, take);
    this.streams(peer).incoming.give(frame, false);
  }

  /** Takes what `peers` have sent; what they are sent has been {@link announce}d. */
  exchange(
    peers: readonly string[],
    operation: number,
    pieces: readonly Uint8Array[] | Parts,
    chunk: Chunk,
    take: Take,
    wipe = false,
  ): void {
    const parts = 'to' in pieces ? pieces : null;
    const same = 'to' in pieces ? [] : pieces.map((piece) => piece.length);
    for (let i = 0; i < peers.length; i++) {
      const lengths = parts?.from[i] ?? same;
      let length = 0;
      for (const bytes of lengths) length += padded(bytes);
      const frame = this.#next(peers[i], operation, length);
      takeAll(frame.bytes, lengths, i, chunk, take, PIECE_GRAIN);
      this.streams(peers[i]).incoming.give(frame, wipe);
    }
  }

  /** Sends `pieces` to `peers` for the next exchange. */
  announce(peers: readonly string[], operation: number, pieces: readonly Uint8Array[] | Parts): void {
    for (const [i, peer] of peers.entries()) {
      this.send(peer, operation, 'to' in pieces ? pieces.to[i] : pieces);
    }
  }

  /** Bytes that have come from `peer`, in whole frames, and wait to be read. */
  waiting(peer: string): number {
    return this.streams(peer).incoming.held;
  }

  /** Ends the wait under way, and all that come, with an error. */
  end(error: unknown): void {
    this.#ended ??= error;
    clearInterval(this.#clock);
    this.#waiting?.reject(error);
    this.#waiting = null;
  }

  /** Peers hear that this role comes back no more, once all has been sent. */
  leave(reason: string): void {
    for (const { outgoing } of this.#streams.values()) outgoing.leave(reason);
  }

  /** Zeroes what is kept. */
  wipe(): void {
    for (const { outgoing, incoming } of this.#streams.values()) {
      outgoing.wipe();
      incoming.wipe();
    }
  }

  #next(peer: string, operation: number, length: number): Frame {
    const frame = this.streams(peer).incoming.next();
    const expected = `expected operation ${operation >>> 0} with ${length} bytes`;
    const place = `${this.self} and ${peer} are out of step: ${expected}`;
    if (!frame) throw new ProtocolError(`${place}, and nothing has come`);
    if (frame.operation === operation >>> 0 && frame.bytes.length === length) return frame;
    throw new ProtocolError(`${place}, got operation ${frame.operation} with ${frame.bytes.length} bytes`);
  }

  async #until(
    peers: readonly string[],
    operation: number,
    there: (streams: Streams) => boolean,
    what: What = 'message',
  ): Promise<void> {
    if (this.#ended) throw this.#ended;
    this.flush();
    if (peers.every((peer) => there(this.streams(peer)))) return;
    for (const peer of peers) this.streams(peer).incoming.awaited = what !== 'send';
    const waiting = new Promise<void>((resolve, reject) => {
      const [since, received] = [performance.now(), this.#received(peers)];
      this.#waiting = { peers, there, operation, what, resolve, reject, since, received };
    });
    this.#deadline.begin(0);
    this.flush(); // peers may hear that they can send on
    this.#look();
    try {
      await waiting;
    } finally {
      for (const peer of peers) this.streams(peer).incoming.awaited = false;
    }
  }

  /** Bytes that have come of these peers, and that they have read. */
  #received(peers: readonly string[]): number {
    let sum = 0;
    for (const peer of peers) {
      const { incoming, outgoing } = this.streams(peer);
      sum += incoming.received - outgoing.unread;
    }
    return sum;
  }

  /** Whether what is awaited is there, or nobody is who could send it. */
  #look(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    const { peers, there, operation, what, resolve, reject } = waiting;
    const received = this.#received(peers);
    if (received !== waiting.received) this.#deadline.moved();
    waiting.received = received;
    const late = peers.filter((peer) => !there(this.streams(peer)));
    if (late.length === 0) {
      this.#waiting = null;
      resolve();
      return;
    }
    try {
      if (what === 'message') for (const peer of late) this.#heed(peer);
    } catch (error) {
      this.#waiting = null;
      reject(error);
      return;
    }
    for (const peer of late) {
      const { left } = this.streams(peer).incoming;
      if (left === null) continue;
      this.#waiting = null;
      reject(new LeftError(`${this.self}: ${fateOf(peer, left, atOperation(operation))}`));
      return;
    }
  }

  /** A peer that is at another command never sends what is awaited. */
  #heed(peer: string): void {
    const { incoming } = this.streams(peer);
    while (!this.patient && incoming.record) {
      const { frames } = incoming;
      this.heed(peer);
      if (incoming.frames === frames) {
        throw new ProtocolError(`${this.self} and ${peer} are out of step: ${peer} is at a later command`);
      }
    }
  }

  #tick(): void {
    const waiting = this.#waiting;
    if (!waiting || this.patient) return;
    const now = performance.now();
    this.#deadline.slept(now - waiting.since);
    waiting.since = now;
    const late = waiting.peers.filter((peer) => !waiting.there(this.streams(peer)));
    let steps = 0;
    let unread = 0;
    for (const peer of late) {
      const { outgoing, incoming } = this.streams(peer);
      steps += outgoing.framesRead + incoming.frames + (incoming.coming === null ? 0 : 1);
      unread += outgoing.unread + (incoming.coming ?? 0);
    }
    if (this.#deadline.left(steps, unread) > 0) return;
    this.#waiting = null;
    const { operation, what, reject } = waiting;
    const verb = what === 'send' ? 'could not send to' : 'waited for';
    const reason = `${this.self} ${verb} ${late.join(' and ')} for ${this.#deadline.reason}`;
    reject(new TimeoutError(`${reason}${atOperation(operation)}`));
  }
}
