/** Wakes an event loop at a moment, to some hundredths of a millisecond, where timers are for whole milliseconds: a thread sleeps that long. */
import { Worker } from 'node:worker_threads';

/** What the two threads share: how often it was set and how often it rang, and the moment. */
export type AlarmMemory = SharedArrayBuffer;

export const viewsOf = (memory: AlarmMemory) => ({
  words: new Int32Array(memory, 0, 2),
  due: new Float64Array(memory, 8, 1),
});

export class Alarm {
  readonly #memory: AlarmMemory = new SharedArrayBuffer(16);
  readonly #views = viewsOf(this.#memory);
  readonly #ring: () => void;
  #set = Number.POSITIVE_INFINITY;

  /** @param ring called when the moment has come */
  constructor(ring: () => void) {
    this.#ring = ring;
    this.#views.due[0] = Number.POSITIVE_INFINITY;
    const worker = new Worker(new URL('./alarm-worker.js', import.meta.url), {
      name: 'alarm',
      workerData: this.#memory,
      execArgv: [],
    });
    worker.unref(); // it ends with the thread that it wakes
    void this.#listen();
  }

  /** Rings at `at`, in milliseconds of `performance.now()`, if nothing earlier is set. */
  set(at: number): void {
    if (at >= this.#set) return;
    const { words, due } = this.#views;
    this.#set = at;
    due[0] = performance.timeOrigin + at;
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);
  }

  async #listen(): Promise<void> {
    const { words } = this.#views;
    for (let heard = 0; ; ) {
      const rung = Atomics.waitAsync(words, 1, heard);
      if (rung.async) await rung.value;
      heard = Atomics.load(words, 1); // before the ring is answered, so that none is missed
      this.#set = Number.POSITIVE_INFINITY;
      this.#ring();
    }
  }
}
