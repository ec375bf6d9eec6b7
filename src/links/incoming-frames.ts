/**
 * What comes for a role that runs in the thread that keeps the connection: it is put together to frames, of which the role reads only
 * those that are whole, so that no read ever waits; awaited-links.ts waits in its place. The bytes that cross are those of a ring (mirror.ts).
 */
import { ProtocolError } from '../errors.js';
import { checkPut, type Incoming } from './ends.js';
import { FrameMemory } from './frame-memory.js';
import { FRAME_BYTES, padded } from './link.js';
import { NO_OPERATION, TURN } from './mailbox.js';

/** A frame that has come. */
export interface Frame {
  readonly operation: number;
  readonly bytes: Uint8Array;
}

/** What comes for a role. */
export class IncomingFrames implements Incoming {
  #frames: Frame[] = [];
  /** The place of the first one that has not been read. */
  #first = 0;
  readonly #memory = new FrameMemory();
  /** The frame that is coming: its memory, which grows with it, its length, and how much of it is there. */
  #coming: Frame | null = null;
  #length = 0;
  #filled = 0;
  /** The header that is coming. */
  readonly #header = new Uint8Array(FRAME_BYTES);
  readonly #headerWords = new Uint32Array(this.#header.buffer);
  #headerFilled = 0;

  #received = 0;
  #read = 0;
  #told = 0;
  /** Bytes of whole frames that have not been read. */
  #held = 0;
  #count = 0;
  #messages = 0;
  /** Turns that have come and not been taken. */
  #turns = 0;
  left: string | null = null;
  /** Whether the role waits for this peer: it may send on, however much has come. */
  awaited = false;

  /** @param arrived told when something has come, or the peer is gone */
  constructor(
    readonly capacity: number,
    private readonly arrived: () => void,
  ) {}

  get received(): number {
    return this.#received;
  }

  get untold(): boolean {
    return this.#progress() !== this.#told;
  }

  get overdue(): boolean {
    return this.#progress() - this.#told >= this.capacity >> 2;
  }

  tell(): { read: number; frames: number } {
    this.#told = this.#progress();
    return { read: this.#told, frames: this.#count >>> 0 };
  }

  put(position: number, bytes: Uint8Array): void {
    checkPut(this, position, bytes.length, this.#told);
    if (this.#held + this.#filled > MOST_HELD) {
      throw new ProtocolError(`sent ${this.#held + this.#filled} bytes for a single step`);
    }
    this.#received += bytes.length;
    for (let at = 0; at < bytes.length; ) at += this.#coming ? this.#body(bytes, at) : this.#head(bytes, at);
  }

  publish(): void {
    this.arrived();
  }

  mark(): void {}

  leave(reason: string): void {
    this.left ??= reason;
    this.arrived();
  }

  /** Whole frames that have come and not been read. */
  get frames(): number {
    return this.#frames.length - this.#first;
  }

  /** Whether the first of them belongs to no operation. */
  get record(): boolean {
    return this.#frames[this.#first]?.operation === NO_OPERATION;
  }

  /** Those among them that belong to an operation. */
  get messages(): number {
    return this.#messages;
  }

  /** Bytes of them. */
  get held(): number {
    return this.#held;
  }

  /** Bytes of the frame that is coming; null where none is. */
  get coming(): number | null {
    return this.#coming && this.#length;
  }

  get turns(): number {
    return this.#turns;
  }

  takeTurn(): void {
    this.#turns--;
    this.#count++;
  }

  /** The next frame, which is to be given back by {@link give}. */
  next(): Frame | undefined {
    const frame = this.#frames[this.#first];
    if (!frame) return undefined;
    if (frame.operation !== NO_OPERATION) this.#messages--;
    this.#held -= FRAME_BYTES + frame.bytes.length;
    if (++this.#first === this.#frames.length) {
      this.#frames.length = 0;
      this.#first = 0;
    } else if (this.#first >= MOST_PASSED) {
      this.#frames = this.#frames.slice(this.#first);
      this.#first = 0;
    }
    return frame;
  }

  /** A frame has been read. @param wipe whether it is to be forgotten */
  give({ bytes }: Frame, wipe: boolean): void {
    if (wipe) bytes.fill(0);
    this.#memory.give();
    this.#count++;
  }

  /** Zeroes what has come. */
  wipe(): void {
    for (const { bytes } of this.#frames.slice(this.#first)) bytes.fill(0);
    this.#coming?.bytes.fill(0);
    this.#memory.wipe();
  }

  /** What counts as read: all but what waits, or all that has come, where the role waits for more. */
  #progress(): number {
    const pending = this.#held + (this.#coming ? FRAME_BYTES + this.#filled : 0);
    this.#read = Math.max(this.#read, this.#received - (this.awaited ? 0 : pending));
    return this.#read;
  }

  #head(bytes: Uint8Array, at: number): number {
    const count = Math.min(FRAME_BYTES - this.#headerFilled, bytes.length - at);
    this.#header.set(bytes.subarray(at, at + count), this.#headerFilled);
    this.#headerFilled += count;
    if (this.#headerFilled < FRAME_BYTES) return count;
    this.#headerFilled = 0;
    const [operation, length] = this.#headerWords;
    if (operation === TURN && length === 0) this.#turns++;
    else {
      const record = operation === NO_OPERATION;
      if (length > MOST_HELD || length !== padded(length) || (record && length > LONGEST_RECORD)) {
        throw new ProtocolError(`announced a frame of ${length} bytes`);
      }
      this.#coming = { operation, bytes: this.#memory.take(Math.min(length, MOST_AT_ONCE)) };
      this.#length = length;
      this.#filled = 0;
      if (length === 0) this.#whole(this.#coming);
    }
    return count;
  }

  #body(bytes: Uint8Array, at: number): number {
    let coming = this.#coming as Frame;
    const count = Math.min(this.#length - this.#filled, bytes.length - at);
    if (this.#filled + count > coming.bytes.length) {
      coming = { operation: coming.operation, bytes: this.#longer(coming.bytes, this.#filled + count) };
      this.#coming = coming;
    }
    coming.bytes.set(bytes.subarray(at, at + count), this.#filled);
    this.#filled += count;
    if (this.#filled === this.#length) this.#whole(coming);
    return count;
  }

  /** Twice the memory, or as much as the frame takes, or has come. */
  #longer(bytes: Uint8Array, least: number): Uint8Array {
    const longer = new Uint8Array(Math.min(this.#length, Math.max(least, 2 * bytes.length)));
    longer.set(bytes.subarray(0, this.#filled));
    bytes.fill(0);
    return longer;
  }

  #whole(frame: Frame): void {
    this.#coming = null;
    this.#filled = 0;
    this.#frames.push(frame);
    if (frame.operation !== NO_OPERATION) this.#messages++;
    this.#held += FRAME_BYTES + frame.bytes.length;
  }
}

/** Frames that have been read, after which their places are used again. */
const MOST_PASSED = 4096;
/** Bytes that a frame gets before they have come. */
const MOST_AT_ONCE = 2 ** 20;
/** Bytes of all that a peer sends for one step of a role that waits for it, at most. */
const MOST_HELD = 2 ** 28;
/** Bytes of what belongs to no operation, at most. */
const LONGEST_RECORD = 2 ** 8;
