/** A connection in memory: two ends, whose bytes move when the test says so, in pieces of any size. */
import type { Duplex, DuplexListener } from '../../bindings/host/connection.js';
import type { Random } from './ring.js';

class End implements Duplex {
  readonly place = 'memory';
  readonly queue: Uint8Array[] = [];
  backlog = 0;
  listener: DuplexListener | null = null;
  closing = false;
  destroyed = false;
  other: End | null = null;

  send(bytes: Uint8Array): void {
    if (this.closing || this.destroyed) return;
    this.queue.push(bytes);
    this.backlog += bytes.length;
  }

  listen(listener: DuplexListener): void {
    this.listener = listener;
  }

  close(): void {
    this.closing = true;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.listener?.closed();
    const { other } = this;
    if (other && !other.destroyed) other.destroy();
  }
}

export class Wire {
  readonly a = new End();
  readonly b = new End();
  /** All bytes that have crossed, from a to b. */
  readonly crossed: Uint8Array[] = [];

  constructor(readonly random: Random | null = null) {
    this.a.other = this.b;
    this.b.other = this.a;
  }

  /** Moves up to `most` bytes each way; false when there was nothing to move. */
  move(most = Infinity): boolean {
    const moved = [this.#one(this.a, this.b, most), this.#one(this.b, this.a, most)];
    for (const end of [this.a, this.b]) if (end.closing && end.backlog === 0) end.destroy();
    return moved.some(Boolean);
  }

  #one(from: End, to: End, most: number): boolean {
    let left = most;
    let moved = false;
    while (from.queue.length > 0 && left > 0 && !to.destroyed && !from.destroyed) {
      const bytes = from.queue.shift() as Uint8Array;
      const whole = Math.min(bytes.length, left);
      const count = this.random ? 1 + this.random.below(whole) : whole;
      if (count < bytes.length) from.queue.unshift(bytes.subarray(count));
      from.backlog -= count;
      left -= count;
      moved = true;
      if (from === this.a) this.crossed.push(bytes.slice(0, count));
      to.listener?.data(bytes.slice(0, count));
    }
    if (moved && from.backlog === 0) from.listener?.drained();
    return moved;
  }

  /** Loses the connection with all that is under way. */
  cut(): void {
    this.a.queue.length = 0;
    this.b.queue.length = 0;
    this.a.destroy();
    this.b.destroy();
  }
}
