/**
 * A role's links to its peers, and the three ways to use them: send, receive, exchange.
 *
 * Every message is one frame: the operation's number and the payload's length (8 bytes), then the payload, which
 * may lie in several pieces. A frame that does not fit the reader's program ends the run: the peers are out of
 * step, or a peer sends garbage. Transfers larger than a ring go through in turns and cannot deadlock, since a
 * role that waits keeps both directions of all its links moving.
 */
import { ProtocolError } from '../errors.js';
import { Doorbell, RingReader, RingWriter } from './ring-buffer.js';

/** Shared memory of one link as one role sees it. */
export interface LinkBuffers {
  /** The peer's name, for messages. */
  readonly peer: string;
  readonly outgoing: SharedArrayBuffer;
  readonly incoming: SharedArrayBuffer;
  readonly peerBell: SharedArrayBuffer;
}

const FRAME_BYTES = 8;

/** One direction of a transfer under way: the frame header, then the pieces in order. */
class Transfer {
  readonly header = new Uint8Array(FRAME_BYTES);
  readonly fields = new Uint32Array(this.header.buffer);
  pieces: readonly Uint8Array[] = [];
  #piece = 0;
  #offset = 0;

  start(pieces: readonly Uint8Array[]): void {
    this.pieces = pieces;
    this.#piece = -1;
    this.#offset = 0;
  }

  get done(): boolean {
    return this.#piece >= this.pieces.length;
  }

  /** Moves bytes with `step` (bytes, offset) → count until it stops or all is through; true when any moved. */
  advance(step: (bytes: Uint8Array, offset: number) => number, headerDone?: () => void): boolean {
    let moved = false;
    while (!this.done) {
      const bytes = this.#piece < 0 ? this.header : this.pieces[this.#piece];
      if (this.#offset < bytes.length) {
        const count = step(bytes, this.#offset);
        if (count === 0) return moved;
        moved = true;
        this.#offset += count;
      }
      if (this.#offset < bytes.length) return moved;
      if (this.#piece < 0) headerDone?.();
      this.#piece++;
      this.#offset = 0;
    }
    return moved;
  }
}

/** A link in use. */
class Link {
  readonly outgoing = new Transfer();
  readonly incoming = new Transfer();
  readonly writer: RingWriter;
  readonly reader: RingReader;
  readonly write: (bytes: Uint8Array, offset: number) => number;
  readonly read: (bytes: Uint8Array, offset: number) => number;
  readonly checkHeader: () => void;

  constructor(
    readonly peer: string,
    self: string,
    buffers: LinkBuffers,
  ) {
    const bell = new Doorbell(buffers.peerBell);
    const writer = new RingWriter(buffers.outgoing, bell);
    const reader = new RingReader(buffers.incoming, bell);
    this.writer = writer;
    this.reader = reader;
    this.write = (bytes, offset) => writer.write(bytes, offset);
    this.read = (bytes, offset) => reader.read(bytes, offset);
    this.checkHeader = () => {
      const { fields } = this.incoming;
      const [operation, length] = fields;
      if (operation === this.expectedOperation && length === this.expectedLength) return;
      throw new ProtocolError(
        `${self} and ${peer} are out of step: expected operation ${this.expectedOperation} with ` +
          `${this.expectedLength} bytes, got operation ${operation} with ${length} bytes`,
      );
    };
  }

  expectedOperation = 0;
  expectedLength = 0;

  startWrite(operation: number, pieces: readonly Uint8Array[]): void {
    this.outgoing.fields[0] = operation;
    this.outgoing.fields[1] = totalLength(pieces);
    this.outgoing.start(pieces);
  }

  startRead(operation: number, pieces: readonly Uint8Array[]): void {
    this.expectedOperation = operation >>> 0;
    this.expectedLength = totalLength(pieces);
    this.incoming.start(pieces);
  }
}

function totalLength(pieces: readonly Uint8Array[]): number {
  let total = 0;
  for (const piece of pieces) total += piece.length;
  return total;
}

/** The three ways to use links, whatever they are made of. */
export type Links = Pick<Mailbox, 'send' | 'receive' | 'exchange'>;

/** The links of one role. All calls block the calling thread, so it must be a worker. */
export class Mailbox {
  readonly #links = new Map<string, Link>();
  readonly #bell: Doorbell;
  readonly #active: Link[] = [];

  /**
   * @param self the role's own name
   * @param bell its doorbell
   * @param links its links, one a peer
   * @param timeout milliseconds without any progress after which a wait gives up
   * @param spins empty looks before going to sleep; 0 unless every role has a core to itself
   */
  constructor(
    readonly self: string,
    bell: SharedArrayBuffer,
    links: readonly LinkBuffers[],
    readonly timeout: number,
    readonly spins: number,
  ) {
    this.#bell = new Doorbell(bell);
    for (const buffers of links) this.#links.set(buffers.peer, new Link(buffers.peer, self, buffers));
  }

  /** Sends one frame to `peer`; returns when the last byte is in the ring. */
  send(peer: string, operation: number, pieces: readonly Uint8Array[]): void {
    const link = this.#link(peer);
    link.startWrite(operation, pieces);
    this.#active.length = 0;
    this.#active.push(link);
    this.#move(operation);
  }

  /** Receives one frame from `peer` into `pieces`. */
  receive(peer: string, operation: number, pieces: readonly Uint8Array[]): void {
    const link = this.#link(peer);
    link.startRead(operation, pieces);
    this.#active.length = 0;
    this.#active.push(link);
    this.#move(operation);
  }

  /** Sends `mine` to every peer in `peers` and receives a frame of each into `theirs` (same order). */
  exchange(
    peers: readonly string[],
    operation: number,
    mine: readonly Uint8Array[],
    theirs: readonly (readonly Uint8Array[])[],
  ): void {
    this.#active.length = 0;
    for (let i = 0; i < peers.length; i++) {
      const link = this.#link(peers[i]);
      link.startWrite(operation, mine);
      link.startRead(operation, theirs[i]);
      this.#active.push(link);
    }
    this.#move(operation);
  }

  #link(peer: string): Link {
    const link = this.#links.get(peer);
    if (!link) throw new TypeError(`${this.self} has no link to ${peer}`);
    return link;
  }

  #move(operation: number): void {
    let idle = 0;
    let deadline = 0;
    for (;;) {
      if (this.#pass()) {
        idle = 0;
        deadline = 0;
      } else idle++;
      if (this.#done()) return;
      if (idle <= this.spins) continue;
      this.#mark(true);
      this.#bell.prepare();
      if (this.#pass()) {
        this.#mark(false);
        deadline = 0;
        if (this.#done()) return;
        continue;
      }
      const now = Date.now();
      if (deadline === 0) deadline = now + this.timeout;
      const rung = now < deadline && this.#bell.sleep(deadline - now);
      this.#mark(false);
      if (!rung && !this.#pass()) this.#giveUp(operation);
    }
  }

  #done(): boolean {
    for (const link of this.#active) if (!link.outgoing.done || !link.incoming.done) return false;
    return true;
  }

  /** Marks the rings that this role waits for. */
  #mark(waits: boolean): void {
    for (const link of this.#active) {
      if (!waits || !link.incoming.done) link.reader.mark(waits);
      if (!waits || !link.outgoing.done) link.writer.mark(waits);
    }
  }

  /** Moves what can be moved now; true when any byte did. */
  #pass(): boolean {
    let moved = false;
    for (const link of this.#active) {
      if (!link.outgoing.done && link.outgoing.advance(link.write)) moved = true;
      if (!link.incoming.done && link.incoming.advance(link.read, link.checkHeader)) moved = true;
    }
    return moved;
  }

  #giveUp(operation: number): never {
    const late = this.#active.filter((link) => !link.incoming.done || !link.outgoing.done);
    const verb = late.some((link) => !link.incoming.done) ? 'waited for' : 'could not send to';
    throw new ProtocolError(
      `${this.self} ${verb} ${late.map((link) => link.peer).join(' and ')} for ` +
        `${(this.timeout / 1000).toFixed(1)} s at operation ${operation}`,
    );
  }
}
