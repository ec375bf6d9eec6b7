/**
 * A role's links to its peers, and the ways to use them: send, receive, exchange.
 *
 * Every message is one frame: the operation's number and the length of what follows (8 bytes), then the payload. It may consist
 * of several pieces, which have the same lengths at both ends, each filled up to a multiple of eight bytes. A frame that the reader's program does not expect ends the
 * run: the peers are out of step, or a peer sends garbage. Transfers larger than a ring cannot deadlock, since a role that
 * waits keeps both directions of all its links moving.
 *
 * What arrives can be taken in chunks that stay in cache. An exchange adds them to the role's own words in place, so a byte
 * is taken only after the role's own byte at that place has gone to every peer. This cannot deadlock either: the peers of
 * the role that has sent least can always go on.
 *
 * A ring keeps what was read until something else is written there. Frames that must stay secret for ever (seeds, shares
 * of inputs, revealed shares) are zeroed as they are read. Masked and dealt values are not: they are most of what crosses,
 * and are zeroed with the whole ring when the session ends.
 */
import { LeftError, TimeoutError } from '../errors.js';
import { Deadline } from './deadline.js';
import { type Chunk, Link, type LinkBuffers, type Parts, type Take } from './link.js';
import { Doorbell, fateOf, type RingReader } from './ring-buffer.js';
import { SpinTime } from './spin.js';

export type { Chunk, LinkBuffers, Parts, Take } from './link.js';

/** What can be done with links, whatever they are made of. Every call returns when the last byte has been moved. */
export interface Links {
  /** Sends one frame to `peer`. */
  send(peer: string, operation: number, pieces: readonly Uint8Array[]): void;

  /** Sends a frame of `length` bytes, of which `next` returns one chunk after the other. */
  sendChunks(peer: string, operation: number, length: number, next: () => Uint8Array): void;

  /** Receives one frame from `peer` into `pieces`; with `wipe` it is zeroed in the link. */
  receive(peer: string, operation: number, pieces: readonly Uint8Array[], wipe?: boolean): void;

  /** Receives a frame of one piece of `length` bytes from `peer`, chunk by chunk. */
  receiveChunks(peer: string, operation: number, length: number, chunk: Chunk, take: Take): void;

  /**
   * Sends `pieces` to every peer in `peers` and takes a frame of the same form from each, chunk by chunk; with `wipe` they
   * are zeroed in the links. With {@link Parts} each peer is sent its own, and nothing that is sent may be overwritten.
   */
  exchange(
    peers: readonly string[],
    operation: number,
    pieces: readonly Uint8Array[] | Parts,
    chunk: Chunk,
    take: Take,
    wipe?: boolean,
  ): void;
}

/** Kinds of wait for {@link SpinTime}: by direction and by the length of the frame. */
const RECEIVE = 0;
const EXCHANGE = 32;

/** The links of one role. All calls block the calling thread, so it must be a worker. */
export class Mailbox implements Links {
  protected readonly links = new Map<string, Link>();
  readonly #bell: Doorbell;
  readonly #spinTime = new SpinTime();
  readonly #deadline: Deadline;
  #active: Link[] = [];
  /** Whether bytes may be taken only as far as this role has sent its own. */
  #inStep = false;
  /** Whether the wait under way has no limit. */
  #endless = false;
  /** Whether waits are long and have no limit from now on: whoever is waited for either comes or leaves. */
  patient = false;

  /**
   * @param self the role's own name
   * @param bell its doorbell
   * @param links its links, one a peer
   * @param timeout milliseconds of silence after which a wait gives up; see {@link Deadline} for slow peers
   * @param idle told when a wait begins and when it ends
   * @param Reader the class of links' readers, where it is not the ordinary one
   */
  constructor(
    readonly self: string,
    bell: SharedArrayBuffer,
    links: readonly LinkBuffers[],
    timeout: number,
    readonly idle: { begin(): void; end(): void } | null = null,
    Reader?: typeof RingReader,
  ) {
    this.#deadline = new Deadline(timeout);
    this.#bell = new Doorbell(bell);
    for (const buffers of links) {
      const link = new Link(buffers.peer, buffers.self ?? self, buffers, Reader);
      this.links.set(buffers.self ?? buffers.peer, link);
    }
  }

  send(peer: string, operation: number, pieces: readonly Uint8Array[]): void {
    const length = totalLength(pieces);
    this.#begin(peer, length).startWrite(operation, length, pieces);
    this.#move(operation, null);
  }

  sendChunks(peer: string, operation: number, length: number, next: () => Uint8Array): void {
    const link = this.#begin(peer, length);
    link.startWrite(operation, length, length > 0 ? [next()] : [], false);
    this.#move(operation, null);
    while (link.sent < length) {
      link.goOn([next()]);
      this.#move(operation, null);
    }
  }

  receive(peer: string, operation: number, pieces: readonly Uint8Array[], wipe = false): void {
    const length = totalLength(pieces);
    this.#begin(peer, length).startRead(operation, length, pieces, wipe);
    this.#move(operation, RECEIVE + doublings(length));
  }

  /** As {@link receive}, for as long as the peer is there. */
  await(peer: string, operation: number, pieces: readonly Uint8Array[]): void {
    this.#endless = true;
    try {
      this.receive(peer, operation, pieces);
    } finally {
      this.#endless = false;
    }
  }

  receiveChunks(peer: string, operation: number, length: number, chunk: Chunk, take: Take): void {
    this.#begin(peer, length).startTake(operation, length, [length], 0, chunk, take);
    this.#move(operation, RECEIVE + doublings(length));
  }

  exchange(
    peers: readonly string[],
    operation: number,
    pieces: readonly Uint8Array[] | Parts,
    chunk: Chunk,
    take: Take,
    wipe = false,
  ): void {
    const parts = 'to' in pieces ? pieces : null;
    let bytes = 0;
    this.#active = [];
    for (let i = 0; i < peers.length; i++) {
      const mine = 'to' in pieces ? pieces.to[i] : pieces;
      const lengths = parts?.from[i] ?? mine.map((piece) => piece.length);
      const [out, back] = [totalLength(mine), lengths.reduce((sum, length) => sum + length, 0)];
      const link = this.#link(peers[i]);
      link.startWrite(operation, out, mine);
      link.startTake(operation, back, lengths, i, chunk, take, wipe);
      this.#active.push(link);
      bytes += out + back;
    }
    this.#inStep = parts === null;
    this.#deadline.begin(bytes);
    this.#move(operation, EXCHANGE + doublings(bytes / Math.max(1, 2 * peers.length)));
  }

  /** Bytes that have come from `peer` and wait to be read. */
  waiting(peer: string): number {
    return this.#link(peer).reader.ready;
  }

  /** The link to one peer, as the only one in use, for `length` bytes. */
  #begin(peer: string, length: number): Link {
    const link = this.#link(peer);
    this.#deadline.begin(length);
    this.#active = [link];
    this.#inStep = false;
    return link;
  }

  #link(peer: string): Link {
    const link = this.links.get(peer);
    if (!link) throw new TypeError(`${this.self} has no link to ${peer}`);
    return link;
  }

  /** @param wait the kind of wait, when it is for something to come */
  #move(operation: number, wait: number | null): void {
    const deadline = this.#deadline;
    for (;;) {
      if (this.#pass()) deadline.moved();
      if (this.#done()) return;
      if (wait !== null && !this.patient && this.#spin(wait)) continue;
      this.mark();
      this.#bell.prepare();
      if (this.makeRoom()) {
        deadline.moved();
        this.unmark(); // the mark that told of it is used up
        continue;
      }
      const gone = this.#gone(); // before the last look: what a peer wrote before it left is still read
      if (this.#pass()) {
        deadline.moved();
        this.unmark();
        continue;
      }
      if (gone) this.#giveUpOn(gone, operation);
      const left = this.#left();
      if (left > 0) this.#sleep(left);
      this.unmark();
      if (left <= 0) this.#giveUp(operation);
    }
  }

  /** Once everything has been sent, spins until something arrives; false when nothing did in time. */
  #spin(wait: number): boolean {
    for (const link of this.#active) if (link.sending) return false;
    this.idle?.begin();
    const arrived = this.#spinTime.spin(wait, this.#arrived);
    this.idle?.end();
    return arrived;
  }

  #sleep(milliseconds: number): void {
    this.idle?.begin();
    const since = performance.now(); // not the time of day, which may be set anew meanwhile
    const rung = this.#bell.sleep(milliseconds);
    const slept = performance.now() - since;
    this.#deadline.slept(rung ? slept : Math.max(slept, milliseconds));
    this.idle?.end();
  }

  /** Milliseconds for which the role may sleep before it gives up. */
  #left(): number {
    let steps = 0;
    let unread = 0;
    for (const link of this.#active) {
      steps += link.steps;
      if (link.sending) unread += link.writer.unread;
    }
    return this.#endless || this.patient ? Infinity : this.#deadline.left(steps, unread);
  }

  /** A link that this role waits for and whose peer has left. */
  #gone(): Link | undefined {
    return this.#active.find((link) => link.left !== null);
  }

  #giveUpOn(link: Link, operation: number): never {
    this.unmark();
    throw new LeftError(`${link.self}: ${fateOf(link.peer, String(link.left), atOperation(operation))}`);
  }

  #done(): boolean {
    for (const link of this.#active) if (link.sending || link.receiving) return false;
    return true;
  }

  /** Moves what can be moved now; true when any byte did. */
  #pass(): boolean {
    let moved = false;
    let limit = Infinity;
    for (const link of this.#active) {
      if (link.sending && link.write()) moved = true;
      if (this.#inStep && link.sent < limit) limit = link.sent;
    }
    for (const link of this.#active) if (link.receiving && link.read(limit)) moved = true;
    return moved;
  }

  /** Whether something has arrived on a link that waits for it. */
  readonly #arrived = (): boolean => {
    for (const link of this.#active) if (link.receiving && link.arrived) return true;
    return false;
  };

  /** Lets peers go on whom nobody waits for; true where one was held up. */
  protected makeRoom(): boolean {
    return false;
  }

  /** Marks the rings that this role waits for. */
  protected mark(): void {
    for (const link of this.#active) {
      if (link.receiving) link.reader.mark(link.wanted);
      if (link.sending) link.writer.mark(link.writer.capacity);
    }
  }

  protected unmark(): void {
    for (const link of this.#active) {
      link.reader.mark(0);
      link.writer.mark(0);
    }
  }

  #giveUp(operation: number): never {
    const unbegun = this.#active.filter((link) => link.unbegun);
    const late = unbegun.length > 0 ? unbegun : this.#active.filter((link) => link.receiving || link.sending);
    const verb = late.some((link) => link.receiving) ? 'waited for' : 'could not send to';
    throw new TimeoutError(
      `${late[0].self} ${verb} ${late.map((link) => link.peer).join(' and ')} for ` +
        `${this.#deadline.reason}${atOperation(operation)}`,
    );
  }
}

/** Number of frames that belong to no operation. */
export const NO_OPERATION = 2 ** 32 - 1;
/** … and of one without bytes, which says that all has been sent that the reader's next step takes. */
export const TURN = 2 ** 32 - 2;

/** Where a wait was, for messages. */
export const atOperation = (operation: number): string =>
  operation === NO_OPERATION ? '' : ` at operation ${operation}`;

/** Doublings in a frame's length. */
const doublings = (bytes: number): number => 31 - Math.clz32(bytes | 1);

function totalLength(pieces: readonly Uint8Array[]): number {
  let total = 0;
  for (const piece of pieces) total += piece.length;
  return total;
}
