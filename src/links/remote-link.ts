/**
 * The link of a role that is here to one elsewhere, over connections that come and go.
 *
 *     absent ── hello, confirm ──> linked ── connection lost ──> lost ── hello, confirm ──> linked …
 *        └────── too late, refused ────────┴── too late, left, garbage ──────┴──> ended
 *
 * A hello counts once the peer has confirmed ours, by the number of our run: one that was said before, in another run, is
 * not taken for the peer's.
 *
 * It moves bytes between the two rings and the connection at hand. While a connection is lost the role goes on as far as
 * the rings allow and notices nothing else. Once the link has ended both rings are marked as left, with the reason, and
 * the role's next wait for the peer throws it.
 */

import type { Duplex } from '../../bindings/host/connection.js';
import { ProtocolError } from '../errors.js';
import type { Incoming, Outgoing } from './ends.js';
import {
  type CheckpointPosition,
  differences,
  type Hello,
  NOT_AGREED,
  readHello,
  writeHello,
} from './hello.js';
import { PIECE_BYTES, PieceLength } from './piece-length.js';
import { Pulse } from './pulse.js';
import {
  confirmRecord,
  DATA_HEADER,
  EndKind,
  endRecord,
  helloRecord,
  pingRecord,
  type RecordHandler,
  RecordReader,
  RecordWriter,
} from './record.js';

export interface LinkSetup {
  readonly self: string;
  readonly peer: string;
  readonly outgoing: Outgoing;
  readonly incoming: Incoming;
  /** Number of this role's run. */
  readonly run: string;
  readonly agreed: Readonly<Record<string, string>>;
  readonly checkpoints: readonly CheckpointPosition[];
  /** Milliseconds for which the peer may stay away before it has come, and be out of reach after that. */
  readonly joinWithin: number;
  readonly heartbeat: number;
  /** Whether there is one connection alone, a port, after which no other comes. Default false. */
  readonly once?: boolean;
  /** Called when the peer has come, also again, when the connection is lost, and when the link has ended. */
  readonly changed: (link: RemoteLink) => void;
  /** Called when the connection is closed on which an ended link has said its last word. */
  readonly closed?: () => void;
}

/** Heartbeats without a loss after which pieces are twice as long again. */
const STEADY = 10;

type State = 'absent' | 'linked' | 'lost' | 'ended';

export class RemoteLink {
  readonly setup: LinkSetup;
  #state: State = 'absent';
  #reason: string | null = null;
  /** The connection at hand; in the states absent and lost, the peer has not greeted on it yet. */
  #duplex: Duplex | null = null;
  /** What the peer has greeted with on this connection, until it confirms our own greeting. */
  #greeting: Hello | null = null;
  /** The connection on which the last word may still be under way, once the link has ended. */
  #closing: Duplex | null = null;
  #peerRun: string | null = null;
  #peerCheckpoints: readonly CheckpointPosition[] = [];
  readonly #pulse: Pulse;
  /** Whether the connection at hand has taken the place of one that was still open. */
  #taken = false;
  /** What the peer is told of why the link has ended. */
  #told = '';
  /** What to say to the peer at the end, once all has been sent. */
  #leaving: string | null = null;
  /** Why the peer was not reached the last time, for the message. */
  #trouble = '';
  readonly #now: () => number;
  /** What leaves next over the connection at hand, used again when that has drained. */
  #piece = new RecordWriter(0);
  readonly #length = new PieceLength();

  constructor(setup: LinkSetup, now: () => number = () => performance.now()) {
    this.setup = setup;
    this.#now = now;
    this.#pulse = new Pulse(now);
  }

  get state(): State {
    return this.#state;
  }

  /** Why the link has ended; null before. */
  get reason(): string | null {
    return this.#reason;
  }

  /** Whether a connection would be of use. */
  get wanted(): boolean {
    return this.#duplex === null && this.#state !== 'ended';
  }

  /** Whether the link has ended and the peer has all that it was told. */
  get closed(): boolean {
    return this.#state === 'ended' && this.#closing === null;
  }

  /** Positions of the peer's checkpoints, once it has come. */
  get peerCheckpoints(): readonly CheckpointPosition[] {
    return this.#peerCheckpoints;
  }

  /** A dial or a connection has failed so. */
  trouble(reason: string): void {
    this.#trouble = reason;
  }

  /** Greets the peer over a new connection, which takes the place of the one at hand: the peer has given that one up. */
  attach(duplex: Duplex): void {
    if (this.#state === 'ended') {
      // whoever was in the run hears why it is over; a process that has begun anew comes again
      duplex.send(endRecord(EndKind.busy, this.#told));
      duplex.close();
      return;
    }
    const old = this.#duplex;
    this.#taken = old !== null && this.#state === 'linked';
    if (old) {
      this.#drop(old); // what is still under way on it does not count: the greeting says what has come
      old.destroy();
    }
    this.#duplex = duplex;
    this.#greeting = null;
    this.#piece = new RecordWriter(PIECE_BYTES);
    this.#pulse.attached();
    const reader = new RecordReader(this.#handler(duplex));
    duplex.listen({
      data: (bytes) => this.#receive(duplex, reader, bytes),
      drained: () => this.settle(),
      closed: () => this.#lose(duplex),
    });
    duplex.send(helloRecord(writeHello(this.#hello())));
  }

  /** Moves what can be moved now, and sees to it that the role rings when there is more. */
  settle(): void {
    const { outgoing, incoming } = this.setup;
    do {
      if (this.#state === 'ended') return;
      outgoing.mark();
      incoming.mark();
    } while (this.#pump());
  }

  /** True when anything was moved. */
  #pump(): boolean {
    const { outgoing, incoming } = this.setup;
    const duplex = this.#duplex;
    if (this.#state !== 'linked' || !duplex) return false;
    let moved = false;
    // one piece at a time: while it leaves, what the role writes gathers in the ring, and goes as one
    if (duplex.backlog === 0 && (outgoing.ready > 0 || incoming.overdue)) {
      this.#send(duplex);
      moved = true;
    }
    if (this.#leaving !== null && outgoing.allSent) this.#sayGoodbye(duplex, this.#leaving);
    return moved;
  }

  /** Sends what the peer has not heard of: what the role has read, and what it has written. */
  #send(duplex: Duplex): void {
    const { outgoing, incoming } = this.setup;
    const piece = this.#piece;
    piece.clear();
    if (incoming.untold) {
      const { read, frames } = incoming.tell();
      piece.credit(read, frames);
    }
    const length = Math.min(outgoing.ready, Math.min(piece.room, this.#length.most) - DATA_HEADER);
    if (length > 0) outgoing.take(piece.data(outgoing.sent, length));
    duplex.send(piece.written);
    this.#pulse.spoke();
  }

  /** Looks at the clock. */
  tick(): void {
    if (this.#state === 'ended') return;
    const { peer, joinWithin, heartbeat, once } = this.setup;
    const { now, silent, unspoken, attached } = this.#pulse.tick(
      this.#state === 'absent' ? null : heartbeat / 2,
    );
    const duplex = this.#duplex;
    if (!once && duplex && this.#state !== 'linked' && attached > heartbeat / 2) this.#hangUp(duplex);
    const seconds = (milliseconds: number) => `${Number((milliseconds / 1000).toFixed(1))} s`;
    const trouble = this.#trouble && ` (${this.#trouble})`;
    if (this.#state === 'absent') {
      if (silent > joinWithin) {
        const told = `it waited ${seconds(joinWithin)} for ${peer} in vain`;
        this.end(`it did not come within ${seconds(joinWithin)}${trouble}`, EndKind.left, told);
      }
      return;
    }
    if (silent > heartbeat) {
      const told = `it could not reach ${peer} for ${seconds(heartbeat)}`;
      this.end(`it could not be reached for ${seconds(heartbeat)}${trouble}`, EndKind.left, told);
      return;
    }
    if (this.#state !== 'linked' || !duplex) return;
    this.#length.grow(now, STEADY * heartbeat);
    if (!once && silent > heartbeat / 2) this.#hangUp(duplex);
    else if (unspoken > heartbeat / 5 && duplex.backlog === 0) {
      // behind bytes that do not leave a ping would say nothing
      if (this.setup.incoming.untold) this.#send(duplex);
      else duplex.send(pingRecord());
      this.#pulse.spoke();
    }
  }

  /** Gives up a connection on which nothing comes. */
  #hangUp(duplex: Duplex): void {
    this.#trouble = 'the connection was open, but nothing came';
    this.#drop(duplex);
    duplex.destroy();
    this.setup.changed(this);
  }

  /** The role that is here leaves: says so to the peer once all that was written has been sent. */
  leave(reason: string): void {
    if (this.#state === 'ended' || this.#leaving !== null) return;
    this.#leaving = reason;
    if (this.#state === 'absent') this.end(reason);
    else this.settle();
  }

  /**
   * Ends the link: whoever waits for the peer is told why. The peer is told too, where there is a connection.
   * @param reason the peer's own, or what is said of it, which begins with 'it '
   * @param told what the peer hears
   */
  end(reason: string, kind: EndKind = EndKind.left, told = reason): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#reason = reason;
    this.#told = told;
    const { outgoing, incoming } = this.setup;
    const duplex = this.#duplex;
    if (duplex) this.#close(duplex, kind, told);
    incoming.leave(reason);
    outgoing.leave(reason);
    this.setup.changed(this);
  }

  /** Says the last word. */
  #close(duplex: Duplex, kind: EndKind, reason: string): void {
    this.#duplex = null;
    this.#closing = duplex;
    duplex.send(endRecord(kind, reason));
    duplex.close();
  }

  #hello(): Hello {
    const { self, peer, run, incoming, agreed, checkpoints } = this.setup;
    const { received, capacity } = incoming;
    const peerRun = this.#peerRun;
    const ends = { from: self, to: peer, run, peerRun };
    return { ...ends, received, ...incoming.tell(), window: capacity, agreed, checkpoints };
  }

  #handler(duplex: Duplex): RecordHandler {
    const { incoming, outgoing } = this.setup;
    const linked = () => this.#isLinked(duplex);
    return {
      hello: (text) => this.#greet(duplex, readHello(text)),
      confirm: (run) => {
        const hello = this.#greeting;
        if (duplex !== this.#duplex || !hello) return;
        if (run === this.setup.run) this.#join(hello);
        else this.#putOff(duplex); // an answer to another hello than this one's
      },
      data: (position, bytes) => {
        if (linked()) incoming.put(position, bytes);
      },
      credit: (position, frames) => {
        if (linked()) outgoing.credit(position, frames);
      },
      end: (kind, reason) => {
        if (this.#duplex === duplex) this.#ended(duplex, kind, reason);
      },
      ping: () => {},
    };
  }

  #receive(duplex: Duplex, reader: RecordReader, bytes: Uint8Array): void {
    if (duplex !== this.#duplex) return;
    try {
      reader.push(bytes);
    } catch (error) {
      // a peer that has proved who it is: this is no accident of the network
      const reason = error instanceof ProtocolError ? error.message : String(error);
      this.end(`it ${reason}`, EndKind.refused, `${this.setup.peer} ${reason}`);
      return;
    }
    if (duplex !== this.#duplex) return;
    if (this.#state !== 'linked') {
      this.#pulse.attached(); // a greeting can be long for a slow line
      return;
    }
    this.#pulse.heard();
    this.setup.incoming.publish();
    this.settle();
  }

  #isLinked(duplex: Duplex): boolean {
    return this.#duplex === duplex && this.#state === 'linked';
  }

  /** The peer has greeted. */
  #greet(duplex: Duplex, hello: Hello): void {
    const { self, peer, run, agreed } = this.setup;
    if (hello.from !== peer) {
      const place = this.setup.once ? 'is at the port of' : 'has the key of';
      throw new ProtocolError(`${place} ${peer}, but greets as ${hello.from}`);
    }
    if (hello.to !== self) throw new ProtocolError(`wants ${hello.to}, where ${self} is`);
    if (this.#peerRun !== null && hello.run !== this.#peerRun) {
      const twice = this.#taken ? '; its connection from before was still open: does it run twice?' : '';
      throw new ProtocolError(`has begun anew in the middle of the run${twice}`);
    }
    if (hello.peerRun !== null && hello.peerRun !== run) {
      this.#putOff(duplex); // it has still to notice that the run it was in is over, of which nothing needs to agree
      return;
    }
    const differ = differences(agreed, hello.agreed);
    if (differ.length > 0) {
      const names = `${differ.join(', ')} ${differ.length > 1 ? 'differ' : 'differs'}`;
      throw new ProtocolError(`${NOT_AGREED}: ${names}`);
    }
    this.#greeting = hello;
    duplex.send(confirmRecord(hello.run));
  }

  /** Goes on from where the peer says that it is. */
  #join(hello: Hello): void {
    const { outgoing } = this.setup;
    this.#greeting = null;
    this.#peerRun = hello.run;
    this.#peerCheckpoints = hello.checkpoints;
    this.#length.joined(hello.received, outgoing.sent, this.#now());
    outgoing.connect(hello.received, hello.window);
    outgoing.credit(hello.read, hello.frames);
    this.#state = 'linked';
    this.#pulse.heard();
    this.#pulse.spoke();
    this.#trouble = '';
    this.setup.changed(this);
  }

  /** The peer is in a run that this role has no part in; it will hear of it, and come again. */
  #putOff(duplex: Duplex): void {
    this.#trouble = 'it is still in another run';
    this.#drop(duplex);
    duplex.send(endRecord(EndKind.busy, `${this.setup.self} has begun anew`));
    duplex.close();
  }

  #ended(duplex: Duplex, kind: EndKind, reason: string): void {
    if (kind === EndKind.busy && this.#state === 'absent') {
      this.#trouble = 'it is still in another run';
      this.#drop(duplex);
      duplex.close();
      return;
    }
    this.#duplex = null;
    this.setup.incoming.publish();
    duplex.close();
    this.end(kind === EndKind.refused ? `it refused ${this.setup.self}: ${reason}` : reason);
  }

  #sayGoodbye(duplex: Duplex, reason: string): void {
    this.#close(duplex, EndKind.left, reason);
    this.end(reason);
  }

  #lose(duplex: Duplex): void {
    if (duplex === this.#closing) {
      this.#closing = null;
      this.setup.closed?.();
    }
    if (this.#state === 'ended' || duplex !== this.#duplex) return;
    this.#trouble ||= this.setup.once ? 'it has closed its port' : 'the connection was lost';
    this.#drop(duplex);
    this.setup.changed(this);
  }

  /** Does without this connection, and where there is no other, without the peer. */
  #drop(duplex: Duplex): void {
    if (duplex !== this.#duplex) return;
    this.#duplex = null;
    this.#greeting = null;
    if (this.#state === 'linked') this.#state = 'lost';
    if (this.setup.once) this.end(this.#trouble);
  }
}
