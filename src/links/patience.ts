/**
 * How long a role looks at an empty link before it goes to sleep.
 *
 * Waking a sleeping thread takes tens of microseconds, which is more than a peer in the same step needs; but where roles
 * outnumber cores, a role that looks takes the core from the one it waits for. So every kind of wait (its direction
 * and the length of its frame) has a time of its own, which grows while looking succeeds and halves when it does not:
 * waits that are mostly short end without sleep, and long ones cost little.
 */

/** Milliseconds. */
const LEAST = 0.002;
const MOST = 0.05;
const MORE = 0.002;

/** Looks between two readings of the clock. */
const LOOKS = 32;

export class Patience {
  readonly #times = new Float64Array(64).fill(0.02);

  /** @param clock milliseconds from any moment on */
  constructor(readonly clock: () => number = () => performance.now()) {}

  /**
   * Looks for a while; true as soon as `ready` is.
   * @param kind of wait, below 64
   */
  look(kind: number, ready: () => boolean): boolean {
    const time = this.#times[kind];
    const end = this.clock() + time;
    do {
      for (let i = 0; i < LOOKS; i++) {
        if (!ready()) continue;
        this.#times[kind] = Math.min(MOST, time + MORE);
        return true;
      }
    } while (this.clock() < end);
    this.#times[kind] = Math.max(LEAST, time / 2);
    return false;
  }
}
