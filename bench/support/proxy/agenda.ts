/**
 * Wakes pipes when their next bytes are due, more precisely than timers of whole milliseconds: a timer as long as there is
 * time, then short naps, and in the last part of a millisecond turns of the event loop, in which sockets are read too.
 *
 * It keeps a core busy while something is due within the third of a millisecond, so it belongs in a thread of its own.
 */

export interface Due {
  /** When it wants to be woken, in milliseconds of `performance.now()`; Infinity for not at all. */
  due(): number;
  wake(now: number): void;
}

/** A timer fires up to a millisecond late, and one more that is rounded up. */
const TIMER_MS = 2.5;
/** A nap takes 0.1 ms and what it is asked for, and whatever arrives meanwhile is seen when it ends. */
const NAP_MS = 0.35;

export class Agenda {
  protected readonly all = new Set<Due>();
  readonly #nap = new Int32Array(new SharedArrayBuffer(4));
  #timer: NodeJS.Timeout | null = null;
  #turning = false;

  add(one: Due): void {
    this.all.add(one);
  }

  delete(one: Due): void {
    this.all.delete(one);
  }

  /** Wakes whatever is due, and sees to it that the next is; call it whenever something may be due earlier. */
  look(): void {
    if (this.#turning) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const one of this.all) {
      if (one.due() <= now) one.wake(now);
      next = Math.min(next, one.due());
    }
    if (next === Number.POSITIVE_INFINITY) return;
    const left = next - performance.now();
    if (left > TIMER_MS) {
      this.#timer = setTimeout(() => this.look(), Math.floor(left - TIMER_MS + 1));
      return;
    }
    if (left > NAP_MS) Atomics.wait(this.#nap, 0, 0, 0.001);
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      this.look();
    });
  }
}
