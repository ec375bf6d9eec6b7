/**
 * One direction of a link: a fixed-size ring of bytes in a SharedArrayBuffer, one writer and one reader.
 *
 * Each role has one doorbell. Whoever writes to the role, or makes room for what the role wants to write, rings
 * it; so a role waits in one place however many links it serves. A ring is rung only when its role said that it
 * is about to sleep, which keeps the system call off the fast path.
 */

const HEAD = 0; // bytes written so far, modulo 2^32; the writer's
const TAIL = 1; // bytes read so far, modulo 2^32; the reader's
const HEADER_BYTES = 64;

const COUNT = 0; // rings so far
const ASLEEP = 1; // 1 while the role sleeps or is about to

/** Memory of a doorbell. */
export const createDoorbell = (): SharedArrayBuffer => new SharedArrayBuffer(8);

/** Memory of a ring; `capacity` is a power of two, in bytes. */
export function createRingBuffer(capacity: number): SharedArrayBuffer {
  if (!Number.isInteger(Math.log2(capacity))) {
    throw new RangeError(`ring capacity ${capacity} is not a power of two`);
  }
  return new SharedArrayBuffer(HEADER_BYTES + capacity);
}

/** Where a role sleeps until a peer has written to it or read from it. */
export class Doorbell {
  readonly #state: Int32Array;
  #seen = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#state = new Int32Array(buffer);
  }

  /** Call before the last look for work: rings after this call make {@link sleep} return. */
  prepare(): void {
    Atomics.store(this.#state, ASLEEP, 1);
    this.#seen = Atomics.load(this.#state, COUNT);
  }

  /** There was work after all. */
  cancel(): void {
    Atomics.store(this.#state, ASLEEP, 0);
  }

  /** Sleeps until rung; false when `milliseconds` passed first. */
  sleep(milliseconds: number): boolean {
    const result = Atomics.wait(this.#state, COUNT, this.#seen, milliseconds);
    Atomics.store(this.#state, ASLEEP, 0);
    return result !== 'timed-out';
  }

  /** Wakes the role if it sleeps. */
  ring(): void {
    if (Atomics.load(this.#state, ASLEEP) === 0) return;
    Atomics.add(this.#state, COUNT, 1);
    Atomics.notify(this.#state, COUNT);
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
    this.state = new Int32Array(buffer, 0, 2);
    this.data = new Uint8Array(buffer, HEADER_BYTES);
    this.capacity = this.data.length;
  }
}

/** The writer's end. */
export class RingWriter extends RingEnd {
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
    this.peer.ring();
    return count;
  }
}

/** The reader's end. */
export class RingReader extends RingEnd {
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
    this.peer.ring();
    return count;
  }
}
