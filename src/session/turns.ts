/**
 * Work that is done in turns, and how it ends.
 *
 * One turn is in flight at a time, the others are queued. Whatever happens, the promise of each turn settles: with its
 * value, or with the error that ended it all.
 *
 *     open ── close() ──> closing ── nothing queued, nothing in flight ──> ended
 *      └──────── end(), or a turn that fails ────────┴──────────────────────┘
 *
 * While open, turns are taken. While closing, those taken before are still done, and new ones are refused. Once ended,
 * everything is refused.
 */

interface Turn {
  readonly start: () => void;
  readonly reject: (reason: Error) => void;
}

export class Turns {
  readonly #queued: Turn[] = [];
  #inFlight: Turn | null = null;
  #refusal: Error | null = null;
  #ended = false;
  readonly #onEnd: (reason: Error) => void;
  readonly #whenEnded: Promise<void>;
  #resolveEnded: () => void = () => {};

  /** @param onEnd called once, when all promises have been told */
  constructor(onEnd: (reason: Error) => void = () => {}) {
    this.#onEnd = onEnd;
    this.#whenEnded = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** Why no new turn is taken; null while open. */
  get refusal(): Error | null {
    return this.#refusal;
  }

  /**
   * Takes a turn. Where `work` fails, its error ends everything.
   * @returns its value; rejects with the error that ended everything
   */
  take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    return new Promise<T>((resolve, reject) => {
      const done = (value: T) => {
        resolve(value);
        this.#next();
      };
      const failed = (error: unknown) => this.end(error instanceof Error ? error : new Error(String(error)));
      const start = () => void new Promise<T>((run) => run(work())).then(done, failed);
      this.#queued.push({ start, reject });
      if (!this.#inFlight) this.#next();
    });
  }

  /** Takes no more turns; resolves when those taken before have been done, or when it all ended otherwise. */
  close(reason: Error): Promise<void> {
    this.#refusal ??= reason;
    if (!this.#inFlight) this.end(reason);
    return this.#whenEnded;
  }

  /** Ends everything now: who waits is told the reason, and so is who comes later. */
  end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#refusal = reason;
    const told = this.#inFlight ? [this.#inFlight, ...this.#queued] : this.#queued;
    for (const turn of told) turn.reject(reason);
    this.#inFlight = null;
    this.#queued.length = 0;
    this.#onEnd(reason);
    this.#resolveEnded();
  }

  #next(): void {
    if (this.#ended) return;
    this.#inFlight = this.#queued.shift() ?? null;
    if (this.#inFlight) this.#inFlight.start();
    else if (this.#refusal) this.end(this.#refusal);
  }
}
