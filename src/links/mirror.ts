/**
 * The two rings of a link to a peer elsewhere, as the courier of this process keeps them.
 *
 * The role writes to one and reads from the other as if the peer were here; the courier stands in the peer's place. The ring
 * that the role writes to frees bytes only when the peer elsewhere has read them, so it holds all that may have to be
 * sent again. Positions count bytes since the beginning of the run; a ring has them modulo 2^32.
 */
import { checkPut, checkRead, checkReceived, type Incoming, type Outgoing } from './ends.js';
import { Doorbell, Field, HEADER_BYTES, leaveRing, leftReason, STATE_WORDS } from './ring-buffer.js';
import { zero } from './zero.js';

abstract class Mirror {
  protected readonly state: Int32Array;
  protected readonly data: Uint8Array;
  protected readonly role: Doorbell;
  readonly capacity: number;

  /** @param roleBell the bell of the role at the other end of the ring, in this process */
  constructor(
    readonly buffer: SharedArrayBuffer,
    roleBell: SharedArrayBuffer,
  ) {
    this.state = new Int32Array(buffer, 0, STATE_WORDS);
    this.data = new Uint8Array(buffer, HEADER_BYTES);
    this.capacity = this.data.length;
    this.role = new Doorbell(roleBell);
  }

  /** Why one of the ends was left; null while both are there. */
  get left(): string | null {
    return leftReason(this.state);
  }

  /** Marks the ring as left, and wakes the role. */
  leave(reason: string): void {
    leaveRing(this.buffer, reason);
    this.role.ring();
  }

  /** How many bytes a position in the ring's header is beyond `from`, which is at most the ring's capacity behind. */
  protected beyond(field: number, from: number): number {
    return (Atomics.load(this.state, field) - ((from % 2 ** 32) | 0)) >>> 0;
  }

  /** Rings the role when `ready` bytes are what it waits for. */
  protected wake(field: number, ready: number): void {
    const wanted = Atomics.load(this.state, field);
    if (wanted === 0 || ready < wanted) return;
    if (Atomics.exchange(this.state, field, 0) !== 0) this.role.ring();
  }
}

/** The ring that the role writes to. */
export class OutgoingMirror extends Mirror implements Outgoing {
  /** What the peer has read, and what has been sent to it on the connection at hand. */
  #read = 0;
  #sent = 0;
  /** How far ahead of what it has read the peer takes bytes. */
  #window = 0;

  /** All that the role has written so far. */
  get written(): number {
    return this.#read + this.beyond(Field.head, this.#read);
  }

  get ready(): number {
    return Math.max(0, Math.min(this.written, this.#read + this.#window) - this.#sent);
  }

  get sent(): number {
    return this.#sent;
  }

  get allSent(): boolean {
    return this.#sent === this.written;
  }

  connect(received: number, window: number): void {
    checkReceived(received, this.#read, this.written);
    this.#sent = received;
    this.#window = Math.min(window, this.capacity);
  }

  take(target: Uint8Array): void {
    const start = this.#sent & (this.capacity - 1);
    const straight = Math.min(target.length, this.capacity - start);
    target.set(this.data.subarray(start, start + straight));
    if (straight < target.length) target.set(this.data.subarray(0, target.length - straight), straight);
    this.#sent += target.length;
  }

  credit(read: number, frames: number): void {
    checkRead(read, this.#read, this.#sent);
    this.#wipe(this.#read, read);
    this.#read = read;
    this.state[Field.frames] = frames | 0;
    Atomics.store(this.state, Field.tail, (read % 2 ** 32) | 0);
    this.wake(Field.writerWaits, this.capacity - (this.written - read));
  }

  /** Zeroes what nobody will ask for again: shares and seeds are among it. */
  #wipe(from: number, to: number): void {
    const start = from & (this.capacity - 1);
    const straight = Math.min(to - from, this.capacity - start);
    zero(this.data.subarray(start, start + straight));
    zero(this.data.subarray(0, to - from - straight));
  }

  mark(): void {
    Atomics.store(this.state, Field.readerWaits, 1);
  }
}

/** The ring that the role reads from. */
export class IncomingMirror extends Mirror implements Incoming {
  #received = 0;
  /** What the role has read, as the peer was last told. */
  #told = 0;

  get received(): number {
    return this.#received;
  }

  /** What the role has read so far. */
  get read(): number {
    // the role is behind by at most the capacity
    return this.#received - ((((this.#received % 2 ** 32) | 0) - Atomics.load(this.state, Field.tail)) >>> 0);
  }

  get frames(): number {
    return Atomics.load(this.state, Field.frames) >>> 0;
  }

  get untold(): boolean {
    return this.read !== this.#told;
  }

  get overdue(): boolean {
    return this.read - this.#told >= this.capacity >> 2;
  }

  tell(): { read: number; frames: number } {
    const { frames, read } = this; // frames first: the role counts a frame before it shows that it was read
    this.#told = read;
    return { read, frames };
  }

  put(position: number, bytes: Uint8Array): void {
    checkPut(this, position, bytes.length, this.read);
    const start = this.#received & (this.capacity - 1);
    const straight = Math.min(bytes.length, this.capacity - start);
    this.data.set(bytes.subarray(0, straight), start);
    if (straight < bytes.length) this.data.set(bytes.subarray(straight), 0);
    const used = straight < bytes.length ? this.capacity : start + straight;
    if (used > this.state[Field.used]) Atomics.store(this.state, Field.used, used);
    this.#received += bytes.length;
  }

  publish(): void {
    Atomics.store(this.state, Field.head, (this.#received % 2 ** 32) | 0);
    this.wake(Field.readerWaits, this.#received - this.read);
  }

  mark(): void {
    // as room in the ring: all but what may still be unread when a quarter has been read; 0 while no quarter is there
    const unread = this.#received - this.#told - (this.capacity >> 2);
    Atomics.store(this.state, Field.writerWaits, unread < 0 ? 0 : this.capacity - unread);
  }
}
