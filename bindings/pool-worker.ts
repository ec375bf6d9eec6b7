/** A helper thread: waits for kernel calls in its slot of the control block and runs them (see pool.ts). */
import { bootData } from '#host';
import { instantiateKernels, kernel } from './module.js';
import { type HelperBoot, POOLED, SLOT, slotViews } from './pool.js';

/** Runs what is asked for, until the thread is ended. */
function serve({ module, memory, slot, spins }: HelperBoot): never {
  const exported = instantiateKernels(module, memory);
  // arguments come as they were posted; a kernel does not see more than it has
  const table = POOLED.map((name) => kernel(exported, name) as (...args: number[]) => void);
  const { fields, args: a, text } = slotViews(memory, slot);

  /** The reason of a failure as far as it fits, for the role to report. */
  const fail = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    const bytes = new TextEncoder().encode(reason || 'unknown reason').subarray(0, text.length);
    text.set(bytes);
    fields[SLOT.failure] = bytes.length;
  };

  let done = Atomics.load(fields, SLOT.request);
  Atomics.store(fields, SLOT.done, done);
  Atomics.store(fields, SLOT.ready, 1);

  for (;;) {
    for (let spin = 0; spin < spins && Atomics.load(fields, SLOT.request) === done; spin++);
    Atomics.wait(fields, SLOT.request, done);
    const request = Atomics.load(fields, SLOT.request);
    if (request === done) continue;
    try {
      const run = table[fields[SLOT.kernel]];
      run(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12]);
    } catch (error) {
      fail(error);
    }
    done = request;
    Atomics.store(fields, SLOT.done, done);
    Atomics.notify(fields, SLOT.done);
  }
}

// no await at the top: bundlers that make classic scripts of workers, Vite's default, refuse it
void bootData().then((boot) => serve(boot as HelperBoot));
