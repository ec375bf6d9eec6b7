/**
 * How long a role polls an empty link (spins) before it goes to sleep.
 *
 * Waking a sleeping thread takes tens of microseconds, more than a peer in the same step needs. But where there are more
 * roles than cores, a role that spins takes the core from the one it waits for. So every kind of wait (its direction and
 * the length of its frame) has its own time, which grows a little when spinning succeeds and halves when it does not:
 * short waits mostly end without sleep, and long ones cost little.
 */

/** Milliseconds. */
const LEAST = 0.002;
const MOST = 0.05;
const MORE = 0.002;

/** Polls between two readings of the clock. */
const POLLS = 32;

export class SpinTime {
  readonly #times = new Float64Array(64).fill(0.02);

  /** @param clock in milliseconds, from any moment on */
  constructor(readonly clock: () => number = () => performance.now()) {}

  /**
   * Polls `ready` for a while; true as soon as it is.
   * @param kind of wait, below 64
   */
  spin(kind: number, ready: () => boolean): boolean {
    const time = this.#times[kind];
    const end = this.clock() + time;
    do {
      for (let i = 0; i < POLLS; i++) {
        if (!ready()) continue;
        this.#times[kind] = Math.min(MOST, time + MORE);
        return true;
      }
    } while (this.clock() < end);
    this.#times[kind] = Math.max(LEAST, time / 2);
    return false;
  }
}
