/** Says whom a role waits for, where that takes a while. */
import type { LinkEvent } from '../session/network.js';
import { list } from './job-rows-report.js';

/** Milliseconds. */
const FIRST = 10_000;
const AGAIN = 60_000;

export class Waiting {
  readonly #missing: Set<string>;
  readonly #since = performance.now();
  readonly #seconds: number;
  readonly #say: (line: string) => void;
  readonly #again: number;
  #timer: NodeJS.Timeout;

  /**
   * @param peers whom the role is linked to
   * @param seconds for which it waits
   * @param say told a line
   * @param first milliseconds until it is said first
   * @param again milliseconds until it is said again
   */
  constructor(
    peers: readonly string[],
    seconds: number,
    say: (line: string) => void,
    first = FIRST,
    again = AGAIN,
  ) {
    this.#missing = new Set(peers);
    this.#seconds = seconds;
    this.#say = say;
    this.#again = again;
    this.#timer = this.#sayIn(first);
  }

  /** A link has come or gone. */
  link({ peer, state }: LinkEvent): void {
    if (state === 'linked' || state === 'ended') this.#missing.delete(peer);
    if (this.#missing.size === 0) clearTimeout(this.#timer);
  }

  #sayIn(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      const left = Math.max(0, this.#seconds - (performance.now() - this.#since) / 1000);
      this.#say(`waiting for ${list([...this.#missing])}, for ${Math.round(left)} s more at the most`);
      this.#timer = this.#sayIn(this.#again);
    }, milliseconds).unref();
  }
}
