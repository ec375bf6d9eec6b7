/** A worker thread of a role that is started before it is known which role's it will be. */
import { Worker } from 'node:worker_threads';

/** Starts it; it keeps no process alive, and waits for what {@link takeSpare}'s caller posts to it. */
export function startSpare(): Worker {
  const options = { workerData: null, name: 'a role', execArgv: [] };
  const worker = new Worker(new URL('../../src/role/node-worker.js', import.meta.url), options);
  worker.unref();
  worker.on('error', () => {}); // whoever takes it hears of it; before that nobody needs it
  return worker;
}

let spare: Worker | null = null;

/** Keeps it for the next role that is started. */
export function keepSpare(worker: Worker): void {
  if (worker.threadId < 0) return; // it has ended already
  spare = worker;
  worker.on('exit', () => {
    if (spare === worker) spare = null;
  });
}

export const hasSpare = (): boolean => spare !== null;

/** The spare thread, once; null where there is none. */
export function takeSpare(): Worker | null {
  const taken = spare;
  spare = null;
  taken?.ref();
  return taken;
}
