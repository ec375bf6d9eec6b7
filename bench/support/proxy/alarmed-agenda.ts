/**
 * Wakes pipes when their next bytes are due, more precisely than timers of whole milliseconds: a timer as long as there is
 * time, then an alarm (alarm.ts). Sockets are read meanwhile, and no core is kept busy.
 */
import { Agenda } from './agenda.js';
import { Alarm } from './alarm.js';

/** A timer fires up to a millisecond late, and one more that is rounded up. */
const TIMER_MS = 2.5;
/** What it takes from an alarm to a byte that has left, less than which nothing is early. */
const LEAD_MS = 0.05;

export class AlarmedAgenda extends Agenda {
  readonly #alarm = new Alarm(() => this.look());
  #timer: NodeJS.Timeout | null = null;

  /** Wakes whatever is due, and sees to it that the next is; call it whenever something may be due earlier. */
  override look(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const now = performance.now() + LEAD_MS;
    let next = Number.POSITIVE_INFINITY;
    for (const one of this.all) {
      if (one.due() <= now) one.wake(now);
      next = Math.min(next, one.due());
    }
    if (next === Number.POSITIVE_INFINITY) return;
    const left = next - performance.now();
    if (left > TIMER_MS) this.#timer = setTimeout(() => this.look(), Math.floor(left - TIMER_MS + 1));
    else this.#alarm.set(next - LEAD_MS);
  }
}
