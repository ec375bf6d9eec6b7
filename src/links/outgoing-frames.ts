/**
 * What a role writes for a peer elsewhere, where it runs in the thread that keeps the connection: kept in memory that grows, so that
 * no write ever waits; awaited-links.ts waits in its place. The bytes that cross are those of a ring (mirror.ts).
 */
import { checkRead, checkReceived, type Outgoing } from './ends.js';
import { FRAME_BYTES, padded } from './link.js';
import { zero } from './zero.js';

/** A ring that is made larger when it is full. */
export class OutgoingFrames implements Outgoing {
  #data = new Uint8Array(2 ** 16);
  #words = new Uint32Array(this.#data.buffer);
  #written = 0;
  #read = 0;
  #sent = 0;
  #window = 0;
  /** Frames that the peer has read to their end so far, modulo 2^32. */
  framesRead = 0;
  left: string | null = null;

  get ready(): number {
    return Math.max(0, Math.min(this.#written, this.#read + this.#window) - this.#sent);
  }

  get sent(): number {
    return this.#sent;
  }

  get allSent(): boolean {
    return this.#sent === this.#written;
  }

  /** Bytes that the peer has still to read. */
  get unread(): number {
    return this.#written - this.#read;
  }

  /** Whether there is more than the peer takes for now. */
  get crowded(): boolean {
    return this.unread > this.#window;
  }

  /** Begins a frame of pieces that take `length` bytes, what fills them up included. */
  begin(operation: number, length: number): void {
    this.#reserve(FRAME_BYTES + length);
    const at = this.#place(this.#written) >> 2;
    this.#words[at] = operation;
    this.#words[at + 1] = length;
    this.#written += FRAME_BYTES;
  }

  /** Bytes of a piece. */
  append(bytes: Uint8Array): void {
    const start = this.#place(this.#written);
    const straight = Math.min(bytes.length, this.#data.length - start);
    this.#data.set(straight === bytes.length ? bytes : bytes.subarray(0, straight), start);
    if (straight < bytes.length) this.#data.set(bytes.subarray(straight), 0);
    this.#written += bytes.length;
  }

  /** Ends a piece. */
  fill(): void {
    this.#written = padded(this.#written);
  }

  connect(received: number, window: number): void {
    checkReceived(received, this.#read, this.#written);
    this.#sent = received;
    this.#window = window;
  }

  take(target: Uint8Array): void {
    this.#copy(this.#sent, target);
    this.#sent += target.length;
  }

  credit(read: number, frames: number): void {
    checkRead(read, this.#read, this.#sent);
    this.#wipe(this.#read, read);
    this.#read = read;
    this.framesRead = frames;
  }

  mark(): void {}

  leave(reason: string): void {
    this.left ??= reason;
  }

  /** Zeroes what is kept. */
  wipe(): void {
    this.#data.fill(0);
  }

  /** Where a position is in the ring. */
  #place(position: number): number {
    return position % this.#data.length;
  }

  #copy(from: number, target: Uint8Array): void {
    const start = this.#place(from);
    const straight = Math.min(target.length, this.#data.length - start);
    target.set(this.#data.subarray(start, start + straight));
    if (straight < target.length) target.set(this.#data.subarray(0, target.length - straight), straight);
  }

  /** Nobody will ask for them again: shares and seeds are among them. */
  #wipe(from: number, to: number): void {
    const start = this.#place(from);
    const straight = Math.min(to - from, this.#data.length - start);
    zero(this.#data.subarray(start, start + straight));
    zero(this.#data.subarray(0, to - from - straight));
  }

  /** Sees to it that so many bytes more fit. */
  #reserve(bytes: number): void {
    const needed = this.unread + bytes;
    if (needed <= this.#data.length) return;
    let size = this.#data.length;
    while (size < needed) size *= 2;
    const kept = new Uint8Array(this.unread);
    this.#copy(this.#read, kept);
    this.#data.fill(0);
    this.#data = new Uint8Array(size);
    this.#words = new Uint32Array(this.#data.buffer);
    const start = this.#place(this.#read);
    const straight = Math.min(kept.length, size - start);
    this.#data.set(kept.subarray(0, straight), start);
    this.#data.set(kept.subarray(straight), 0);
    kept.fill(0);
  }
}
