/** One link of a role: at most one frame in each direction, of which every call moves as many bytes as it can. */
import { ProtocolError } from '../errors.js';
import { Doorbell, leaveRing, RingReader, RingWriter } from './ring-buffer.js';

/** Shared memory of one link as one role sees it. */
export interface LinkBuffers {
  /** The peer's name, for messages. */
  readonly peer: string;
  /** Whose end this is, where several roles of a thread share a mailbox: they have a link to one peer each. */
  readonly self?: string;
  readonly outgoing: SharedArrayBuffer;
  readonly incoming: SharedArrayBuffer;
  readonly peerBell: SharedArrayBuffer;
}

/** Tells the peers of these links that this end is left for good. */
export function abandon(links: readonly LinkBuffers[], reason: string): void {
  for (const { outgoing, incoming, peerBell } of links) {
    leaveRing(outgoing, reason);
    leaveRing(incoming, reason);
    new Doorbell(peerBell).ring();
  }
}

/** Takes the bytes at the beginning of the chunk: those of piece `piece` of peer `peer` from `offset` on. */
export type Take = (peer: number, piece: number, offset: number, bytes: number) => void;

/** Pieces for each peer, and the lengths of those that come from each: they are taken as they come. */
export interface Parts {
  readonly to: readonly (readonly Uint8Array[])[];
  readonly from: readonly (readonly number[])[];
}

/** Where arriving bytes are while they are taken. */
export interface Chunk {
  readonly bytes: Uint8Array;
  /** Bytes are taken in multiples of this many, except at the end of a piece; at most 64. */
  readonly grain: number;
}

export const FRAME_BYTES = 8;
/** Every piece of a frame begins at a multiple of so many bytes. */
export const PIECE_GRAIN = 8;
/** A long transfer is published every so many bytes, so that the peer can read while this role writes. */
const PUBLISH_BYTES = 2 ** 16;

/** Where the next piece begins, behind so many bytes. */
export const padded = (bytes: number): number => Math.ceil(bytes / PIECE_GRAIN) * PIECE_GRAIN;

/** A link in use. Piece −1 is a frame's header. */
export class Link {
  readonly writer: RingWriter;
  readonly reader: RingReader;
  /** Payload bytes written and read. */
  sent = 0;
  received = 0;
  sending = false;
  receiving = false;

  #outOperation = 0;
  #outLength = 0;
  /** The same as it crosses, which is what the header says: with what lies between pieces. */
  #outCrossing = 0;
  #out: readonly Uint8Array[] = [];
  #outPiece = 0;
  #outOffset = 0;
  #whole = true;

  #operation = 0;
  #length = 0;
  #crossing = 0;
  #lengths: readonly number[] = [];
  #inPiece = 0;
  #inOffset = 0;
  /** Where the pieces go, or how they are taken. */
  #into: readonly Uint8Array[] | null = null;
  #chunk: Chunk | null = null;
  #take: Take | null = null;
  #place = 0;
  #wipe = false;

  constructor(
    readonly peer: string,
    readonly self: string,
    buffers: LinkBuffers,
    Reader: typeof RingReader = RingReader,
  ) {
    const bell = new Doorbell(buffers.peerBell);
    this.writer = new RingWriter(buffers.outgoing, bell);
    this.reader = new Reader(buffers.incoming, bell);
  }

  /**
   * Begins a frame.
   * @param whole false when `pieces` is the beginning of one piece, which {@link goOn} continues
   */
  startWrite(operation: number, length: number, pieces: readonly Uint8Array[], whole = true): void {
    this.#outOperation = operation;
    this.#outLength = length;
    this.#outCrossing = whole ? pieces.reduce((sum, piece) => sum + padded(piece.length), 0) : padded(length);
    this.#out = pieces;
    this.#outPiece = -1;
    this.#outOffset = 0;
    this.#whole = whole;
    this.sent = 0;
    this.sending = true;
  }

  /** Continues the frame whose beginning has been sent. */
  goOn(pieces: readonly Uint8Array[]): void {
    this.#out = pieces;
    this.#outPiece = 0;
    this.sending = pieces.length > 0;
  }

  /** Expects a frame that goes into `pieces`; with `wipe` it is zeroed in the ring. */
  startRead(operation: number, length: number, pieces: readonly Uint8Array[], wipe = false): void {
    this.#expect(
      operation,
      length,
      pieces.map((piece) => piece.length),
      wipe,
    );
    this.#into = pieces;
  }

  /** Expects a frame whose pieces pass through `chunk`, as those of peer `place`. */
  startTake(
    operation: number,
    length: number,
    lengths: readonly number[],
    place: number,
    chunk: Chunk,
    take: Take,
    wipe = false,
  ): void {
    this.#expect(operation, length, lengths, wipe);
    this.#into = null;
    this.#chunk = chunk;
    this.#take = take;
    this.#place = place;
  }

  #expect(operation: number, length: number, lengths: readonly number[], wipe: boolean): void {
    this.#operation = operation >>> 0;
    this.#wipe = wipe;
    this.#length = length;
    this.#crossing = lengths.reduce((sum, piece) => sum + padded(piece), 0);
    this.#lengths = lengths;
    this.#inPiece = -1;
    this.#inOffset = 0;
    this.received = 0;
    this.receiving = true;
  }

  /** Writes what fits; true when any byte was written. */
  write(): boolean {
    let moved = false;
    let unseen = 0;
    if (this.#outPiece < 0) {
      if (!this.writer.writeWords(this.#outOperation, this.#outCrossing)) return false;
      moved = true;
      this.#outPiece = 0;
      this.sending = this.#out.length > 0;
    }
    while (this.sending) {
      const bytes = this.#out[this.#outPiece];
      const rest = bytes.length - this.#outOffset;
      const count = this.writer.write(bytes, this.#outOffset, Math.min(rest, PUBLISH_BYTES));
      if (count === 0 && rest > 0) break;
      moved = true;
      this.#outOffset += count;
      this.sent += count;
      if (count === rest) {
        if (this.#whole || this.sent === this.#outLength) this.writer.align();
        this.#outOffset = 0;
        this.sending = ++this.#outPiece < this.#out.length;
      }
      unseen += count;
      if (unseen >= PUBLISH_BYTES) {
        this.writer.publish();
        unseen = 0;
      }
    }
    this.writer.publish();
    return moved;
  }

  /** Reads what is there, up to `limit` bytes of payload in all; true when any byte was read. */
  read(limit: number): boolean {
    let moved = false;
    while (this.receiving) {
      const count = this.#inPiece < 0 ? this.#readHeader() : this.#readPiece(limit);
      if (count < 0) break;
      if (count > 0) moved = true;
      if (this.#inPiece < 0 || this.#inOffset === this.#lengths[this.#inPiece]) {
        this.reader.align();
        this.#inOffset = 0;
        this.receiving = ++this.#inPiece < this.#lengths.length;
        if (!this.receiving) this.reader.endFrame();
      }
    }
    this.reader.publish();
    return moved;
  }

  /** Whether nothing has arrived yet of the frame that this link waits for. */
  get unbegun(): boolean {
    return this.receiving && this.#inPiece < 0;
  }

  /** Why nobody will go on at the end that this link waits for; null while somebody may. */
  get left(): string | null {
    return (this.receiving ? this.reader.left : null) ?? (this.sending ? this.writer.left : null);
  }

  /** Steps that the peer has made (see Deadline), counted from any number on. */
  get steps(): number {
    return this.writer.framesRead + (this.unbegun ? 0 : 1);
  }

  /** Bytes that this link waits for: the whole rest of the frame, so that its role sleeps until all has arrived. */
  get wanted(): number {
    return this.#inPiece < 0 ? FRAME_BYTES : this.#length - this.received;
  }

  /** Whether enough has arrived to go on reading. */
  get arrived(): boolean {
    const { ready } = this.reader;
    if (this.#inPiece < 0) return ready >= FRAME_BYTES;
    const grain = this.#into ? 1 : (this.#chunk as Chunk).grain;
    return ready >= Math.min(grain, this.#lengths[this.#inPiece] - this.#inOffset);
  }

  /** Reads the header whole or not at all. */
  #readHeader(): number {
    if (this.reader.ready < FRAME_BYTES) return -1;
    const [operation, length] = [this.reader.peek(0), this.reader.peek(1)];
    this.reader.skipWords();
    if (operation === this.#operation && length === this.#crossing) return FRAME_BYTES;
    throw new ProtocolError(
      `${this.self} and ${this.peer} are out of step: expected operation ${this.#operation} with ` +
        `${this.#crossing} bytes, got operation ${operation} with ${length} bytes`,
    );
  }

  /** Count of bytes read; −1 when it cannot go on. */
  #readPiece(limit: number): number {
    const rest = this.#lengths[this.#inPiece] - this.#inOffset;
    if (rest === 0) return 0;
    const most = Math.min(rest, limit - this.received);
    const count = this.#into
      ? this.reader.read(this.#into[this.#inPiece], this.#inOffset, most, this.#wipe)
      : this.#readChunk(most, rest);
    if (count === 0) return -1;
    this.#inOffset += count;
    this.received += count;
    return count;
  }

  #readChunk(most: number, rest: number): number {
    const { bytes, grain } = this.#chunk as Chunk;
    let count = Math.min(most, bytes.length, this.reader.ready);
    if (count < rest) count -= count % grain;
    if (count === 0) return 0;
    this.reader.read(bytes, 0, count, this.#wipe);
    (this.#take as Take)(this.#place, this.#inPiece, this.#inOffset, count);
    return count;
  }
}
