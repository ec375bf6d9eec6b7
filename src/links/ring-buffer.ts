/**
 * One direction of a link: a fixed-size ring of bytes in a SharedArrayBuffer, one writer and one reader.
 *
 * Each role has one doorbell, so a role waits in one place however many links it serves. Before it sleeps, it marks the
 * ends of the rings it waits for; whoever writes to a marked ring, or makes room in it, takes the mark away and rings.
 * So nobody is woken for what he does not wait for, once at the most, and the system call stays off the fast path.
 */

const HEAD = 0; // bytes written so far, modulo 2^32; the writer's
const TAIL = 1; // bytes read so far, modulo 2^32; the reader's
const READER_WAITS = 2; // 1 while the reader sleeps until there is something to read, or is about to
const WRITER_WAITS = 3; // 1 while the writer sleeps until there is room, or is about to
const HEADER_BYTES = 64;

/** Memory of a doorbell. */
export const createDoorbell = (): SharedArrayBuffer => new SharedArrayBuffer(4);

/** Memory of a ring; `capacity` is a power of two, in bytes. */
export function createRingBuffer(capacity: number): SharedArrayBuffer {
  if (!Number.isInteger(Math.log2(capacity))) {
    throw new RangeError(`ring capacity ${capacity} is not a power of two`);
  }
  return new SharedArrayBuffer(HEADER_BYTES + capacity);
}

/** Where a role sleeps until a peer has written to it or read from it. */
export class Doorbell {
  readonly #count: Int32Array;
  #seen = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#count = new Int32Array(buffer);
  }

  /** Call after marking rings and before the last look for work: rings after this call make {@link sleep} return. */
  prepare(): void {
    this.#seen = Atomics.load(this.#count, 0);
  }

  /** Sleeps until rung; false when `milliseconds` passed first. */
  sleep(milliseconds: number): boolean {
    return Atomics.wait(this.#count, 0, this.#seen, milliseconds) !== 'timed-out';
  }

  /** Wakes the role if it sleeps, or keeps it from falling asleep. */
  ring(): void {
    Atomics.add(this.#count, 0, 1);
    Atomics.notify(this.#count, 0);
  }
}

abstract class RingEnd {
  protected readonly state: Int32Array;
  protected readonly data: Uint8Array;
  protected readonly capacity: number;
  /** Position of this end, in bytes modulo 2^32. */
  protected position = 0;

  constructor(
    buffer: SharedArrayBuffer,
    protected readonly peer: Doorbell,
  ) {
    this.state = new Int32Array(buffer, 0, 4);
    this.data = new Uint8Array(buffer, HEADER_BYTES);
    this.capacity = this.data.length;
  }

  /** This end's mark in the ring's header. */
  protected abstract readonly ownMark: number;
  /** The other end's. */
  protected abstract readonly peerMark: number;

  /** Marks that this end is about to sleep until the other has moved, or that it no longer is. */
  mark(waits: boolean): void {
    Atomics.store(this.state, this.ownMark, waits ? 1 : 0);
  }

  /** Wakes the other end's role if it waits for this ring. */
  protected wakePeer(): void {
    if (Atomics.load(this.state, this.peerMark) === 0) return;
    if (Atomics.exchange(this.state, this.peerMark, 0) === 1) this.peer.ring();
  }
}

/** The writer's end. */
export class RingWriter extends RingEnd {
  protected readonly ownMark = WRITER_WAITS;
  protected readonly peerMark = READER_WAITS;

  /** Writes as much of `source` from `offset` on as fits now; returns the count of bytes. Never waits. */
  write(source: Uint8Array, offset: number): number {
    const used = (this.position - Atomics.load(this.state, TAIL)) >>> 0;
    const count = Math.min(source.length - offset, this.capacity - used);
    if (count <= 0) return 0;
    const start = this.position & (this.capacity - 1);
    const straight = Math.min(count, this.capacity - start);
    this.data.set(source.subarray(offset, offset + straight), start);
    if (straight < count) this.data.set(source.subarray(offset + straight, offset + count), 0);
    this.position = (this.position + count) >>> 0;
    Atomics.store(this.state, HEAD, this.position | 0);
    this.wakePeer();
    return count;
  }
}

/** The reader's end. */
export class RingReader extends RingEnd {
  protected readonly ownMark = READER_WAITS;
  protected readonly peerMark = WRITER_WAITS;

  /** Reads into `target` from `offset` on as much as is there; returns the count of bytes. Never waits. */
  read(target: Uint8Array, offset: number): number {
    const there = ((Atomics.load(this.state, HEAD) >>> 0) - this.position) >>> 0;
    const count = Math.min(target.length - offset, there);
    if (count <= 0) return 0;
    const start = this.position & (this.capacity - 1);
    const straight = Math.min(count, this.capacity - start);
    target.set(this.data.subarray(start, start + straight), offset);
    if (straight < count) target.set(this.data.subarray(0, count - straight), offset + straight);
    this.position = (this.position + count) >>> 0;
    Atomics.store(this.state, TAIL, this.position | 0);
    this.wakePeer();
    return count;
  }
}
