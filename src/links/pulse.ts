/** When the peer of a link was heard and spoken to, and since when its connection is at hand, in milliseconds. */
export class Pulse {
  readonly #now: () => number;
  #heard: number;
  #spoke = 0;
  #attached = 0;
  /** When the clock was looked at. */
  #ticked: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#heard = now();
    this.#ticked = this.#heard;
  }

  heard(): void {
    this.#heard = this.#now();
  }

  spoke(): void {
    this.#spoke = this.#now();
  }

  attached(): void {
    this.#attached = this.#now();
  }

  /**
   * Looks at the clock.
   * @param forgiven time in which this thread did not run is not the peer's silence, on a machine that was suspended for
   *   instance, where it is as long as this; null where all of it counts
   */
  tick(forgiven: number | null): { now: number; silent: number; unspoken: number; attached: number } {
    const now = this.#now();
    const gap = now - this.#ticked;
    this.#ticked = now;
    if (forgiven !== null && gap >= forgiven) {
      this.#heard = Math.min(now, this.#heard + gap);
      this.#attached = Math.min(now, this.#attached + gap);
    }
    return { now, silent: now - this.#heard, unspoken: now - this.#spoke, attached: now - this.#attached };
  }
}
