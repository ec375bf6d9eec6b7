/**
 * One direction of a link: a ring of bytes of fixed size in a SharedArrayBuffer, with one writer and one reader.
 *
 * Each end moves as many bytes as it can and then publishes its position once. Each role has one doorbell, so it sleeps
 * in one place however many links it has. Before it sleeps, it marks the rings that it waits for with the number of bytes
 * it needs. The peer that publishes that many bytes, or room for that many, removes the mark and rings. So a role is woken
 * only for bytes it asked for, and at most once; and while nobody sleeps, no system call is made.
 */

/** Places of the words in a ring's header. */
export const Field = {
  /** Bytes written so far, modulo 2^32; the writer's. */
  head: 0,
  /** Bytes read so far, modulo 2^32; the reader's. */
  tail: 1,
  /** Bytes that the sleeping reader waits for, 0 while it does not sleep. */
  readerWaits: 2,
  /** Bytes of room that the sleeping writer waits for, 0 while it does not sleep. */
  writerWaits: 3,
  /** Frames read to their end so far, modulo 2^32; the reader's. */
  frames: 4,
  /** How far from its beginning the ring was ever written; the writer's. */
  used: 5,
  /** 1 when one of the two ends has been left for good. */
  left: 6,
  /** Bytes of the reason, after the header's words. */
  reasonLength: 7,
} as const;
export const STATE_WORDS = 8;
const REASON_BYTES = 480;
/** Bytes of a ring's memory before the ring itself. */
export const HEADER_BYTES = 4 * STATE_WORDS + REASON_BYTES;

/** Memory of a doorbell. */
export const createDoorbell = (): SharedArrayBuffer => new SharedArrayBuffer(4);

/** Memory of a ring; `capacity` is a power of two, in bytes. */
export function createRingBuffer(capacity: number): SharedArrayBuffer {
  if (!Number.isInteger(Math.log2(capacity))) {
    throw new RangeError(`ring capacity ${capacity} is not a power of two`);
  }
  return new SharedArrayBuffer(HEADER_BYTES + capacity);
}

/**
 * Marks a ring as one that nobody comes back to. What has been written can still be read.
 * @param reason for whoever waits at the other end; cut to 480 bytes
 */
export function leaveRing(buffer: SharedArrayBuffer, reason: string): void {
  const state = new Int32Array(buffer, 0, STATE_WORDS);
  const text = new TextEncoder().encode(reason).subarray(0, REASON_BYTES);
  new Uint8Array(buffer, 4 * STATE_WORDS, REASON_BYTES).set(text);
  state[Field.reasonLength] = text.length;
  Atomics.store(state, Field.left, 1);
}

/** Why an end of the ring was left; null while both are there. @param state the ring's header */
export function leftReason(state: Int32Array): string | null {
  if (Atomics.load(state, Field.left) === 0) return null;
  const bytes = new Uint8Array(state.buffer, state.byteOffset + 4 * STATE_WORDS, state[Field.reasonLength]);
  return new TextDecoder().decode(bytes.slice());
}

/** Why a role leaves that has done all that it had to. */
export const SESSION_CLOSED = 'its session was closed';

/** The first words of a reason that is said of a peer ('it could not be reached'); others are the peer's own. */
const OF_PEER = 'it ';

/** What became of a peer, for messages. @param at where this role was, with a space before it */
export const fateOf = (peer: string, reason: string, at = ''): string =>
  reason.startsWith(OF_PEER)
    ? `${peer} ${reason.slice(OF_PEER.length)}${at}`
    : `${peer} left${at}: ${reason}`;

/** Whether an end of the ring has been left. */
export const isLeft = (buffer: SharedArrayBuffer): boolean =>
  Atomics.load(new Int32Array(buffer, 0, STATE_WORDS), Field.left) === 1;

/** Zeroes all bytes of a ring that were ever written. Neither end may still be in use. */
export function wipeRing(buffer: SharedArrayBuffer): void {
  const state = new Int32Array(buffer, 0, STATE_WORDS);
  // numbers of eight bytes: engines fill shared memory number by number
  new Float64Array(buffer, HEADER_BYTES, Math.ceil(Atomics.load(state, Field.used) / 8)).fill(0);
}

/** Where a role sleeps until a peer has written to it or read from it. */
export class Doorbell {
  readonly #count: Int32Array;
  #seen = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#count = new Int32Array(buffer);
  }

  /** To be called after marking rings and before the last look for work: a ring after this call ends {@link sleep}. */
  prepare(): void {
    this.#seen = Atomics.load(this.#count, 0);
  }

  /** Sleeps until somebody rings; false when `milliseconds` pass first. */
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
  /** The same in words of 32 bits. */
  protected readonly words: Uint32Array;
  readonly capacity: number;
  /** Position of this end, in bytes modulo 2^32. */
  protected position = 0;
  /** The part of it that the other end knows of. */
  #published = 0;

  constructor(
    buffer: SharedArrayBuffer,
    protected readonly peer: Doorbell,
  ) {
    this.state = new Int32Array(buffer, 0, STATE_WORDS);
    this.data = new Uint8Array(buffer, HEADER_BYTES);
    this.words = new Uint32Array(buffer, HEADER_BYTES);
    this.capacity = this.data.length;
    this.#published = this.position;
  }

  /** Places in the ring's header: of this end's position, of its mark, and of the other end's mark. */
  protected abstract readonly ownPosition: number;
  protected abstract readonly ownMark: number;
  protected abstract readonly peerMark: number;

  /** Bytes that this end can move now. */
  abstract get ready(): number;

  /** Bytes that the other end can move when it sees this end's position. */
  protected abstract get peerReady(): number;

  /**
   * Skips to the next multiple of eight bytes. Both ends do so after each piece: copies between shared buffers are several
   * times faster when source and target are aligned alike.
   */
  align(): void {
    this.position = ((this.position + 7) & ~7) >>> 0;
  }

  /** Why the other end was left; null while somebody may come. */
  get left(): string | null {
    return leftReason(this.state);
  }

  /** Says that this end is about to sleep until it can move `bytes` bytes (at most half the capacity); 0: that it is awake. */
  mark(bytes: number): void {
    Atomics.store(this.state, this.ownMark, Math.min(bytes, this.capacity >> 1));
  }

  /** Shows the other end how far this one has come, and wakes its role if it waits for that. */
  publish(): void {
    if (this.position === this.#published) return;
    this.#published = this.position;
    Atomics.store(this.state, this.ownPosition, this.position | 0);
    const wanted = Atomics.load(this.state, this.peerMark);
    if (wanted === 0 || this.peerReady < wanted) return;
    if (Atomics.exchange(this.state, this.peerMark, 0) !== 0) this.peer.ring();
  }
}

/** The writer's end. */
export class RingWriter extends RingEnd {
  protected readonly ownPosition = Field.head;
  protected readonly ownMark = Field.writerWaits;
  protected readonly peerMark = Field.readerWaits;
  #used = 0;

  /** Bytes that fit now. */
  get ready(): number {
    return this.capacity - this.peerReady;
  }

  /** Bytes written that the peer has still to read. */
  get unread(): number {
    return this.peerReady;
  }

  /** Frames that the peer has read to their end so far, modulo 2^32. */
  get framesRead(): number {
    return Atomics.load(this.state, Field.frames);
  }

  protected get peerReady(): number {
    return (this.position - Atomics.load(this.state, Field.tail)) >>> 0;
  }

  /** Writes two words at an aligned place (see {@link align}); false where they do not fit. */
  writeWords(first: number, second: number): boolean {
    if (this.ready < 8) return false;
    const start = this.position & (this.capacity - 1);
    this.words[start >> 2] = first;
    this.words[(start >> 2) + 1] = second;
    this.#use(start + 8);
    this.position = (this.position + 8) >>> 0;
    return true;
  }

  #use(end: number): void {
    if (end <= this.#used) return;
    this.#used = end;
    Atomics.store(this.state, Field.used, end);
  }

  /** Writes up to `most` bytes of `source` from `offset` on, as many as fit; returns their count. Never waits. */
  write(source: Uint8Array, offset: number, most = source.length - offset): number {
    const count = Math.min(most, this.ready);
    if (count <= 0) return 0;
    const start = this.position & (this.capacity - 1);
    const straight = Math.min(count, this.capacity - start);
    this.#use(start + straight);
    this.data.set(straight === source.length ? source : source.subarray(offset, offset + straight), start);
    if (straight < count) this.data.set(source.subarray(offset + straight, offset + count), 0);
    this.position = (this.position + count) >>> 0;
    return count;
  }
}

/** The reader's end. */
export class RingReader extends RingEnd {
  protected readonly ownPosition = Field.tail;
  protected readonly ownMark = Field.readerWaits;
  protected readonly peerMark = Field.writerWaits;

  /** Bytes that are there now. */
  get ready(): number {
    return Math.max(0, (Atomics.load(this.state, Field.head) - this.position) | 0);
  }

  protected get peerReady(): number {
    return this.capacity - this.ready;
  }

  /** One of the two words that were written together, and have arrived, at this place. */
  peek(word: 0 | 1): number {
    return this.words[((this.position & (this.capacity - 1)) >> 2) + word];
  }

  /** Goes past them. */
  skipWords(): void {
    this.position = (this.position + 8) >>> 0;
  }

  /** Notes the end of a frame; the writer sees it with the position. */
  endFrame(): void {
    this.state[Field.frames]++;
  }

  /**
   * Reads up to `most` bytes, as many as are there, into `target` from `offset` on; returns their count. Never waits.
   * @param wipe whether the ring forgets them
   */
  read(target: Uint8Array, offset: number, most = target.length - offset, wipe = false): number {
    const count = Math.min(most, this.ready);
    if (count <= 0) return 0;
    const start = this.position & (this.capacity - 1);
    const straight = Math.min(count, this.capacity - start);
    target.set(this.data.subarray(start, start + straight), offset);
    if (straight < count) target.set(this.data.subarray(0, count - straight), offset + straight);
    if (wipe) {
      this.data.fill(0, start, start + straight);
      this.data.fill(0, 0, count - straight);
    }
    this.position = (this.position + count) >>> 0;
    return count;
  }
}
