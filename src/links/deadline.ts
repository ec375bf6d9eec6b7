/**
 * How long a role waits for its peers before it gives up.
 *
 * Two limits hold, in time spent asleep, so that a role's own work never counts:
 * - silence: no byte has moved for `timeout`;
 * - slowness: `timeout`, and a second for every 64,000 bytes that are to cross, have passed since a peer's last step.
 *
 * A peer makes a step when it begins to send its frame, or when it has read one of this role's frames to the end. So a
 * transfer may take as long as its size allows, and a peer that is late but works (a provider that deals much before its
 * first byte, a party that reads what was dealt long ago) has the whole time for every step. But a peer that sends only a
 * byte now and then cannot hold a role for ever, since an operation has few steps.
 */

/** The slowest transfer that a role waits for, in bytes a millisecond. */
export const LEAST_RATE = 64;

export class Deadline {
  #bytes = 0;
  /** Steps that peers had made when this role last looked; −1 before it first looks in an operation. */
  #steps = -1;
  /** Bytes that had still to cross then. */
  #rest = 0;
  /** Milliseconds asleep since the last byte, and since the last step. */
  #silent = 0;
  #waited = 0;

  /** @param timeout milliseconds */
  constructor(readonly timeout: number) {}

  /** An operation begins in which `bytes` bytes cross. */
  begin(bytes: number): void {
    this.#bytes = bytes;
    this.#steps = -1;
    this.#silent = 0;
  }

  /** A byte has moved. */
  moved(): void {
    this.#silent = 0;
  }

  /** The role has slept so many milliseconds. */
  slept(milliseconds: number): void {
    this.#silent += milliseconds;
    this.#waited += milliseconds;
  }

  /**
   * Milliseconds for which the role may still sleep, 0 or less when it is time to give up.
   * @param steps count of all peers' steps so far
   * @param unread bytes sent that the peers have not read yet, also those of earlier operations
   */
  left(steps: number, unread: number): number {
    if (steps !== this.#steps) {
      this.#steps = steps;
      this.#rest = this.#bytes + unread;
      this.#waited = 0;
    }
    return Math.min(this.timeout - this.#silent, this.timeout + this.#rest / LEAST_RATE - this.#waited);
  }

  /** How long the role has waited when it gives up, for the message. */
  get reason(): string {
    if (this.#silent >= this.timeout) return `${(this.timeout / 1000).toFixed(1)} s`;
    return `${(this.#waited / 1000).toFixed(1)} s, in which too few bytes moved,`;
  }
}
