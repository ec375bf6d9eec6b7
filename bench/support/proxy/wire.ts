/**
 * One direction of a line with a delay and a rate, as arithmetic: what has come through it, and when the next bytes will.
 *
 * Bytes are put on the line one after the other, at its rate, from the moment they arrive or the line is free, and
 * come out a delay later: serialisation, then propagation. So a message of L bytes takes delay + L ÷ rate, and bytes that
 * follow each other closely pay the delay once. Nothing here reads a clock: times are arguments, in milliseconds.
 */

export interface WireSettings {
  /** Milliseconds from the moment a byte is on the line to the moment it comes out. */
  readonly delay: number;
  /** Bytes a second; Infinity for a line that takes all at once. */
  readonly rate: number;
}

/** How a sender ends: in order, or with the connection torn down. */
export type End = 'end' | 'reset';

interface Entry {
  /** When its first byte is put on the line. */
  start: number;
  bytes: Uint8Array;
}

/** Bytes come out in pieces that take the line half a millisecond, as far as that is a sensible number of them. */
const PIECE_MS = 0.5;
const MOST_PIECE = 16_384;
/** Room beside what is under way, so that the line never runs dry while its source is asked for more. */
const SLACK_BYTES = 262_144;

export class Wire {
  #settings: WireSettings;
  readonly #entries: Entry[] = [];
  /** Bytes of the first entry that have come out. */
  #out = 0;
  #held = 0;
  /** When the last byte that arrived will be on the line. */
  #free = Number.NEGATIVE_INFINITY;
  #end: { readonly how: End; due: number } | null = null;

  constructor(settings: WireSettings) {
    this.#settings = checkWire(settings);
  }

  /** Bytes that have arrived and not come out. */
  get held(): number {
    return this.#held;
  }

  /** Whether it holds so much that its source has to wait: what is under way at its rate, and some. */
  get full(): boolean {
    const { delay, rate } = this.#settings;
    // a line without a limit of its own holds what a gigabyte a second would put on it
    return this.#held >= SLACK_BYTES + (Math.min(rate, 1e9) * delay) / 1000;
  }

  /** Takes bytes that arrive now; they are kept, not copied. */
  push(bytes: Uint8Array, now: number): void {
    if (bytes.length === 0) return;
    const start = Math.max(now, this.#free);
    this.#entries.push({ start, bytes });
    this.#held += bytes.length;
    this.#free = start + this.#serialised(bytes.length);
  }

  /** Takes the sender's end, which comes out behind all bytes before it. The first end counts. */
  end(how: End, now: number): void {
    this.#end ??= { how, due: Math.max(now, this.#free) + this.#settings.delay };
  }

  /** What has come out by now, in order. */
  take(now: number): Uint8Array[] {
    const taken: Uint8Array[] = [];
    for (let first = this.#entries[0]; first; first = this.#entries[0]) {
      const until = this.#outBy(first, now);
      if (until <= this.#out) break;
      taken.push(first.bytes.subarray(this.#out, until));
      this.#held -= until - this.#out;
      this.#out = until;
      if (until < first.bytes.length) break;
      this.#entries.shift();
      this.#out = 0;
    }
    return taken;
  }

  /** The sender's end, once all bytes and the end itself have come out by now; null before. */
  ended(now: number): End | null {
    return this.#end && this.#entries.length === 0 && now >= this.#end.due ? this.#end.how : null;
  }

  /** When the next piece, or the end, comes out; Infinity when there is nothing. */
  next(): number {
    const first = this.#entries[0];
    if (!first) return this.#end?.due ?? Number.POSITIVE_INFINITY;
    const until = Math.min(first.bytes.length, this.#out + this.#piece());
    return first.start + this.#settings.delay + this.#serialised(until);
  }

  /** Changes the line; what it still holds is put on it anew, from now on. */
  change(settings: WireSettings, now: number): void {
    this.#settings = checkWire(settings);
    this.#free = now;
    const [first] = this.#entries;
    if (first) first.bytes = first.bytes.subarray(this.#out);
    this.#out = 0;
    for (const entry of this.#entries) {
      entry.start = this.#free;
      this.#free += this.#serialised(entry.bytes.length);
    }
    if (this.#end) this.#end.due = this.#free + settings.delay;
  }

  /** Bytes of an entry that have come out by now, in whole pieces or to its end. */
  #outBy({ start, bytes }: Entry, now: number): number {
    const since = now - this.#settings.delay - start;
    if (since < 0) return 0;
    if (since >= this.#serialised(bytes.length)) return bytes.length;
    const through = Math.floor((since * this.#settings.rate) / 1000);
    return Math.min(bytes.length, through - (through % this.#piece()));
  }

  /** Milliseconds that so many bytes take the line. */
  #serialised(bytes: number): number {
    return (bytes / this.#settings.rate) * 1000;
  }

  #piece(): number {
    return Math.max(1, Math.min(MOST_PIECE, Math.floor((this.#settings.rate * PIECE_MS) / 1000)));
  }
}

/** Throws a RangeError for a delay below 0 or without end, or a rate that is not above 0. */
export function checkWire(settings: WireSettings): WireSettings {
  const { delay, rate } = settings;
  if (!(delay >= 0 && delay < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`delay: expected milliseconds from 0, got ${delay}`);
  }
  if (!(rate > 0)) throw new RangeError(`rate: expected bytes a second above 0, got ${rate}`);
  return settings;
}
