/**
 * How many bytes leave over a connection in one piece. On a slow line a record can take longer than the peer waits for a sign of
 * life, and would be begun again and again: pieces get shorter until one arrives, and longer again with time.
 */

/** Whole records of TLS, which hold 2^14 bytes, and few enough to be seen while others follow. */
export const PIECE_BYTES = 2 ** 16;
/** What a record of TLS holds: the other end sees nothing of it before all of it is there. */
const TLS_BYTES = 2 ** 14;
/** Where the line is so slow that no longer one arrives in time. */
const LEAST = 2 ** 10;

export class PieceLength {
  #most = PIECE_BYTES;
  /** What the peer had received when it last joined. */
  #arrived = 0;
  /** Since when pieces have been as long as they are. */
  #since = 0;

  get most(): number {
    return this.#most;
  }

  /** A connection has come up. @param received bytes that the peer has, of those that were `sent` before */
  joined(received: number, sent: number, now: number): void {
    const lost = sent > received && received === this.#arrived;
    if (lost) this.#most = Math.max(LEAST, Math.min(this.#most, TLS_BYTES) / 2);
    this.#arrived = received;
    this.#since = now;
  }

  /** Twice as long again, where nothing was lost for so many milliseconds. */
  grow(now: number, steady: number): void {
    if (this.#most >= PIECE_BYTES || now - this.#since <= steady) return;
    this.#most *= 2;
    this.#since = now;
  }
}
