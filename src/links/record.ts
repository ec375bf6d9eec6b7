/**
 * What crosses between two couriers: records over a connection.
 *
 * A record is its kind (1 byte), three zero bytes, the length of its body (4 bytes, big endian) and the body:
 *
 *     hello    JSON text                            first on every connection, once
 *     confirm  the number of the peer's run         second on every connection: an answer to the peer's hello
 *     data     position (8 bytes), bytes            bytes of a ring from this position on
 *     credit   position (8 bytes), frames (8)       how far the peer has read, and frames read to their end
 *     end      kind (1 byte), reason in UTF-8       nothing comes after it
 *     ping     –                                    says that somebody is there
 *
 * Positions are counts of bytes since the beginning of the run. Whatever is not of this form ends the connection. What comes
 * often is a multiple of eight bytes long, so that data lies in a connection's chunks as it does in the rings: copies
 * between buffers that lie alike are several times faster.
 */
import { ProtocolError } from '../errors.js';

export const Kind = { hello: 1, data: 2, credit: 3, end: 4, ping: 5, confirm: 6 } as const;

/** Why a peer ends a connection. */
export const EndKind = {
  /** It has left the run, for the reason given. */
  left: 0,
  /** It will not take part with this peer. */
  refused: 1,
  /** It is still in another run. */
  busy: 2,
} as const;
export type EndKind = (typeof EndKind)[keyof typeof EndKind];

export const HEADER_BYTES = 8;
const POSITION_BYTES = 8;
const CREDIT_BYTES = POSITION_BYTES + 8;
/** Largest body by kind, positions apart. */
export const MOST_DATA = 2 ** 16;
const MOST_HELLO = 2 ** 17;
const MOST_END = 600;

const RUN_BYTES = 32;
/** What a reader keeps room for: a header, and a body of a kind that comes often. */
const SHORT_BYTES = HEADER_BYTES + CREDIT_BYTES;

/** What a reader of records is told. Calls may throw; the connection is of no use then. */
export interface RecordHandler {
  hello(text: string): void;
  confirm(run: string): void;
  /** Part of a data record: bytes from `position` on. */
  data(position: number, bytes: Uint8Array): void;
  credit(position: number, frames: number): void;
  end(kind: EndKind, reason: string): void;
  ping(): void;
}

function record(kind: number, body: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(HEADER_BYTES + body);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, kind);
  view.setUint32(4, body);
  return { bytes, view };
}

/** As 8 bytes: a count below 2^53. */
function setPosition(view: DataView, at: number, position: number): void {
  view.setUint32(at, Math.floor(position / 2 ** 32));
  view.setUint32(at + 4, position >>> 0);
}

const getPosition = (view: DataView, at: number): number =>
  view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function helloRecord(text: string): Uint8Array {
  const body = encoder.encode(text);
  if (body.length > MOST_HELLO) throw new RangeError(`a hello of ${body.length} bytes is too long`);
  const { bytes } = record(Kind.hello, body.length);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** @param run 32 characters */
export function confirmRecord(run: string): Uint8Array {
  const { bytes } = record(Kind.confirm, RUN_BYTES);
  bytes.set(encoder.encode(run).subarray(0, RUN_BYTES), HEADER_BYTES);
  return bytes;
}

/** Bytes of a data record before the data. */
export const DATA_HEADER = HEADER_BYTES + POSITION_BYTES;

/** Where several records are put together, to leave in one piece. */
export class RecordWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #length = 0;

  /** @param capacity bytes of all records together */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes that fit behind what is there. */
  get room(): number {
    return this.#bytes.length - this.#length;
  }

  /** What is there, in place: the next {@link clear} gives it up. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Adds a data record of `length` bytes; returns where they go. */
  data(position: number, length: number): Uint8Array {
    this.#head(Kind.data, POSITION_BYTES + length, position);
    return this.#advance(length);
  }

  credit(position: number, frames: number): void {
    this.#head(Kind.credit, CREDIT_BYTES, position);
    setPosition(this.#view, this.#length, frames);
    this.#advance(CREDIT_BYTES - POSITION_BYTES);
  }

  #head(kind: number, body: number, position: number): void {
    const at = this.#length;
    this.#view.setUint32(at, kind << 24);
    this.#view.setUint32(at + 4, body);
    setPosition(this.#view, at + HEADER_BYTES, position);
    this.#advance(HEADER_BYTES + POSITION_BYTES);
  }

  #advance(length: number): Uint8Array {
    const place = this.#bytes.subarray(this.#length, this.#length + length);
    this.#length += length;
    return place;
  }
}

/** @param reason cut to what fits */
export function endRecord(kind: EndKind, reason: string): Uint8Array {
  const text = encoder.encode(reason).subarray(0, MOST_END - 1);
  const { bytes } = record(Kind.end, 1 + text.length);
  bytes[HEADER_BYTES] = kind;
  bytes.set(text, HEADER_BYTES + 1);
  return bytes;
}

export const pingRecord = (): Uint8Array => record(Kind.ping, 0).bytes;

/** Whether a record of this kind may have a body of this length. */
function possible(kind: number, length: number): boolean {
  switch (kind) {
    case Kind.hello:
      return length > 0 && length <= MOST_HELLO;
    case Kind.data:
      return length > POSITION_BYTES && length <= POSITION_BYTES + MOST_DATA;
    case Kind.credit:
      return length === CREDIT_BYTES;
    case Kind.end:
      return length > 0 && length <= MOST_END;
    case Kind.ping:
      return length === 0;
    case Kind.confirm:
      return length === RUN_BYTES;
    default:
      return false;
  }
}

/** Takes a stream of bytes apart. It keeps at most one record that is not of data. */
export class RecordReader {
  readonly #handler: RecordHandler;
  /** The header, and what of the body must be there at once: all of it, or the position of data. */
  #buffer = new Uint8Array(SHORT_BYTES);
  #view = new DataView(this.#buffer.buffer);
  /** How much of it is wanted, and there. */
  #wanted = HEADER_BYTES;
  #filled = 0;
  /** Bytes of data that have still to come, and where they belong. */
  #rest = 0;
  #position = 0;
  #greeted = false;
  #confirmed = false;

  constructor(handler: RecordHandler) {
    this.#handler = handler;
  }

  /** @throws ProtocolError for what is no record, or comes out of turn */
  push(bytes: Uint8Array): void {
    if (!(bytes instanceof Uint8Array)) throw new ProtocolError('sent something that is no bytes'); // over a port
    let at = 0;
    while (at < bytes.length) {
      if (this.#rest > 0) {
        const part = bytes.subarray(at, at + this.#rest);
        at += part.length;
        this.#rest -= part.length;
        const position = this.#position;
        this.#position += part.length;
        this.#handler.data(position, part);
        continue;
      }
      const end = Math.min(bytes.length, at + this.#wanted - this.#filled);
      while (at < end) this.#buffer[this.#filled++] = bytes[at++];
      if (this.#filled === this.#wanted) this.#take();
    }
  }

  #take(): void {
    const kind = this.#view.getUint8(0);
    const length = this.#view.getUint32(4);
    if (this.#wanted === HEADER_BYTES) {
      const empty = this.#view.getUint8(1) === 0 && this.#view.getUint16(2) === 0;
      if (!empty || !this.#due(kind) || !possible(kind, length)) {
        throw new ProtocolError(`sent what is no record (kind ${kind}, ${length} bytes)`);
      }
      this.#wanted += kind === Kind.data ? POSITION_BYTES : length;
      if (this.#wanted > this.#buffer.length) this.#hold(this.#wanted);
      if (this.#wanted > HEADER_BYTES) return;
    }
    const body = this.#buffer.subarray(HEADER_BYTES, this.#wanted);
    this.#wanted = HEADER_BYTES;
    this.#filled = 0;
    this.#dispatch(kind, length, body);
    if (this.#buffer.length > SHORT_BYTES) this.#hold(SHORT_BYTES);
  }

  /** Goes on in a buffer of another size. */
  #hold(size: number): void {
    const buffer = new Uint8Array(size);
    buffer.set(this.#buffer.subarray(0, Math.min(size, this.#buffer.length)));
    this.#buffer = buffer;
    this.#view = new DataView(buffer.buffer);
  }

  /** Whether a record of this kind may come now. */
  #due(kind: number): boolean {
    if (!this.#greeted) return kind === Kind.hello || kind === Kind.end;
    if (!this.#confirmed) return kind === Kind.confirm || kind === Kind.end;
    return kind !== Kind.hello && kind !== Kind.confirm;
  }

  #dispatch(kind: number, length: number, body: Uint8Array): void {
    switch (kind) {
      case Kind.hello:
        this.#greeted = true;
        this.#handler.hello(decoder.decode(body));
        break;
      case Kind.confirm:
        this.#confirmed = true;
        this.#handler.confirm(decoder.decode(body));
        break;
      case Kind.data:
        this.#position = getPosition(this.#view, HEADER_BYTES);
        this.#rest = length - POSITION_BYTES;
        break;
      case Kind.credit:
        this.#handler.credit(
          getPosition(this.#view, HEADER_BYTES),
          getPosition(this.#view, HEADER_BYTES + POSITION_BYTES),
        );
        break;
      case Kind.end:
        this.#handler.end(endKind(body[0]), printable(decoder.decode(body.subarray(1))));
        break;
      default:
        this.#handler.ping();
    }
  }
}

/** A peer's words are shown to users, who may read them in a terminal. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

const endKind = (value: number): EndKind =>
  value === EndKind.refused || value === EndKind.busy ? value : EndKind.left;
