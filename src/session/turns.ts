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
  /** What has ended everything, where it was not closed. */
  #failure: Error | null = null;
  #closed = false;
  #ended = false;
  readonly #onEnd: (reason: Error | null) => void;
  readonly #tooLate: () => Error;
  readonly #whenEnded: Promise<void>;
  #resolveEnded: () => void = () => {};

  /**
   * @param tooLate for whoever comes after the closing: each has his own, whose stack names him
   * @param onEnd called once, when all promises have been told; null where it was closed
   */
  constructor(tooLate: () => Error, onEnd: (reason: Error | null) => void = () => {}) {
    this.#tooLate = tooLate;
    this.#onEnd = onEnd;
    this.#whenEnded = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** Why no new turn is taken; null while open. */
  get refusal(): Error | null {
    if (this.#failure || !this.#closed) return this.#failure;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 30; // who asks may stand behind the 10 that are usual
    const refusal = this.#tooLate();
    Error.stackTraceLimit = stackTraceLimit;
    return refusal;
  }

  /**
   * Takes a turn. Where `work` fails, its error ends everything.
   * @returns its value; rejects with the error that ended everything
   */
  take<T>(work: () => Promise<T>): Promise<T> {
    const { refusal } = this;
    if (refusal) return Promise.reject(refusal);
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
  close(): Promise<void> {
    this.#closed = true;
    if (!this.#inFlight) this.#end(null);
    return this.#whenEnded;
  }

  /** Ends everything now: who waits is told the reason, and so is who comes later. */
  end(reason: Error): void {
    if (this.#ended) return;
    this.#failure = reason;
    const told = this.#inFlight ? [this.#inFlight, ...this.#queued] : this.#queued;
    for (const turn of told) turn.reject(reason);
    this.#inFlight = null;
    this.#queued.length = 0;
    this.#end(reason);
  }

  #end(reason: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(reason);
    this.#resolveEnded();
  }

  #next(): void {
    if (this.#ended) return;
    this.#inFlight = this.#queued.shift() ?? null;
    if (this.#inFlight) this.#inFlight.start();
    else if (this.#closed) this.#end(null);
  }
}
