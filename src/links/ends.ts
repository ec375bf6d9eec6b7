/** The two streams of a link to a peer elsewhere, as whoever keeps the connection sees them: rings (mirror.ts), or frames of its own thread (outgoing-frames.ts, incoming-frames.ts). */
import { ProtocolError } from '../errors.js';

/** What a role has written for the peer, kept until the peer has read it. */
export interface Outgoing {
  /** Bytes that can be sent now. */
  readonly ready: number;
  /** Where the bytes of the next {@link take} begin. */
  readonly sent: number;
  /** Whether all that was written has been sent. */
  readonly allSent: boolean;
  /** Why an end was left; null while both are there. */
  readonly left: string | null;

  /**
   * Begins a connection.
   * @param received what the peer has received so far
   * @param window bytes that it takes beyond what it has read
   * @throws ProtocolError where it cannot have received so much, or so little
   */
  connect(received: number, window: number): void;

  /** Copies the next bytes to send, as many as `target` holds; at most {@link ready}. */
  take(target: Uint8Array): void;

  /** The peer has read so far. @throws ProtocolError for what it cannot have read */
  credit(read: number, frames: number): void;

  /** Asks the role to ring when it writes; on a connection, nothing else brings the courier back. */
  mark(): void;

  /** Nobody comes back: the role's next wait for the peer throws. */
  leave(reason: string): void;
}

/** What the peer has sent, for the role to read. */
export interface Incoming {
  /** Bytes that have come so far. */
  readonly received: number;
  /** How far ahead of what the role has read the peer may send. */
  readonly capacity: number;
  /** Whether the role has read more than the peer knows of. */
  readonly untold: boolean;
  /** Whether it is time that the peer hears of what was read: a quarter of the capacity. */
  readonly overdue: boolean;

  /** What the role has read so far, bytes and frames; noted as told. */
  tell(): { readonly read: number; readonly frames: number };

  /**
   * Takes what has come in; {@link publish} shows it.
   * @throws ProtocolError for bytes that came before, that leave some out, or for which there is no room
   */
  put(position: number, bytes: Uint8Array): void;

  /** Shows the role what has been put. */
  publish(): void;

  /** Asks the role to ring when it has read so much that the peer must hear of it. */
  mark(): void;

  /** Nobody comes back: the role's next wait for the peer throws. */
  leave(reason: string): void;
}

/** @throws ProtocolError where a peer cannot have received so much, or so little, of what was written */
export function checkReceived(received: number, read: number, written: number): void {
  if (received >= read && received <= written) return;
  throw new ProtocolError(`says that it has received ${received} bytes, of ${written}`);
}

/** @throws ProtocolError where a peer cannot have read so much, or so little, of what was sent */
export function checkRead(now: number, before: number, sent: number): void {
  if (now >= before && now <= sent) return;
  throw new ProtocolError(`says that it has read ${now} bytes, of ${sent} sent`);
}

/**
 * @param read what the peer may count as read
 * @throws ProtocolError for bytes that came before, that leave some out, or for which there is no room
 */
export function checkPut(
  { received, capacity }: Pick<Incoming, 'received' | 'capacity'>,
  position: number,
  length: number,
  read: number,
): void {
  if (position !== received) {
    const what = position < received ? 'again' : 'too early';
    throw new ProtocolError(`sent position ${position} ${what}: ${received} bytes have come`);
  }
  if (received + length - read > capacity) {
    throw new ProtocolError(`sent more than fits: ${capacity} bytes beyond what was read`);
  }
}
