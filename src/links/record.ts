/**
 * What crosses between two couriers: records over a connection.
 *
 * A record is its kind (1 byte), three zero bytes, the length of its body (4 bytes, big endian) and the body:
 *
 *     hello    JSON text                            first on every connection, once
 *     confirm  the number of the peer's run         second on every connection: an answer to the peer's hello
 *     data     position (8 bytes), bytes            bytes of a ring from this position on
 *     credit   position (8 bytes), frames (4)       how far the peer has read, and frames read to their end
 *     end      kind (1 byte), reason in UTF-8       nothing comes after it
 *     ping     –                                    says that somebody is there
 *
 * Positions are counts of bytes since the beginning of the run. Whatever is not of this form ends the connection.
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
const CREDIT_BYTES = POSITION_BYTES + 4;
/** Largest body by kind. */
export const MOST_DATA = 2 ** 16;
const MOST_HELLO = 2 ** 17;
const MOST_END = 600;

const RUN_BYTES = 32;

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

const setPosition = (view: DataView, at: number, position: number): void =>
  view.setBigUint64(at, BigInt(position));

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

/** A data record with room for `length` bytes, and where they go. */
export function dataRecord(position: number, length: number): { bytes: Uint8Array; payload: Uint8Array } {
  const { bytes, view } = record(Kind.data, POSITION_BYTES + length);
  setPosition(view, HEADER_BYTES, position);
  return { bytes, payload: bytes.subarray(HEADER_BYTES + POSITION_BYTES) };
}

export function creditRecord(position: number, frames: number): Uint8Array {
  const { bytes, view } = record(Kind.credit, CREDIT_BYTES);
  setPosition(view, HEADER_BYTES, position);
  view.setUint32(HEADER_BYTES + POSITION_BYTES, frames);
  return bytes;
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
  #buffer = new Uint8Array(HEADER_BYTES);
  #filled = 0;
  #inBody = false;
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
      const part = bytes.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#buffer.length) this.#take();
    }
  }

  #take(): void {
    const view = new DataView(this.#buffer.buffer);
    const kind = view.getUint8(0);
    const length = view.getUint32(4);
    if (!this.#inBody) {
      const empty = view.getUint8(1) === 0 && view.getUint16(2) === 0;
      if (!empty || !this.#due(kind) || !possible(kind, length)) {
        throw new ProtocolError(`sent what is no record (kind ${kind}, ${length} bytes)`);
      }
      const first = HEADER_BYTES + (kind === Kind.data ? POSITION_BYTES : length);
      if (first > HEADER_BYTES) {
        const grown = new Uint8Array(first);
        grown.set(this.#buffer);
        this.#buffer = grown;
        this.#inBody = true;
        return;
      }
    }
    const body = this.#buffer.subarray(HEADER_BYTES);
    this.#buffer = new Uint8Array(HEADER_BYTES);
    this.#filled = 0;
    this.#inBody = false;
    this.#dispatch(kind, length, body);
  }

  /** Whether a record of this kind may come now. */
  #due(kind: number): boolean {
    if (!this.#greeted) return kind === Kind.hello || kind === Kind.end;
    if (!this.#confirmed) return kind === Kind.confirm || kind === Kind.end;
    return kind !== Kind.hello && kind !== Kind.confirm;
  }

  #dispatch(kind: number, length: number, body: Uint8Array): void {
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    const position = () => Number(view.getBigUint64(0));
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
        this.#position = position();
        this.#rest = length - POSITION_BYTES;
        break;
      case Kind.credit:
        this.#handler.credit(position(), view.getUint32(POSITION_BYTES));
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
