/** Starting threads, in Node: a function a kind of worker. Workers do not import this file (see browser-threads.ts). */
import { Worker } from 'node:worker_threads';
import nodeEndpoint, { type NodeEndpoint } from 'comlink/dist/esm/node-adapter.mjs';
import { takeSpare } from './node-spare.js';
import type { HostWorker } from './types.js';

/** Defined in the joined command. */
declare const JOINED: unknown;

/** Starts the thread of a role; `data` is what its `bootData` returns. Its module is at `url`, if not in the package. */
export const startRole = (data: unknown, name: string, url?: string): HostWorker =>
  watch(
    startAt(url, data, name) ??
      readyFor(data) ??
      (typeof JOINED === 'undefined'
        ? new Worker(new URL('../../src/role/worker.js', import.meta.url), options(data, name))
        : new Worker(new URL('../../src/role/node-worker.js', import.meta.url), options(data, name))),
    name,
  );

/** The thread that has been started for whichever role comes first, if there is one. */
function readyFor(boot: unknown): Worker | null {
  const worker = takeSpare();
  worker?.postMessage({ boot });
  return worker;
}

/** The same of a role that holds no share. */
export const startClient = (data: unknown, name: string, url?: string): HostWorker =>
  watch(
    startAt(url, data, name) ??
      new Worker(new URL('../../src/role/client-worker.js', import.meta.url), options(data, name)),
    name,
  );

/** The thread of all roles of a session that take turns. */
export const startInTurn = (data: unknown, url?: string): HostWorker =>
  watch(
    startAt(url, data, 'the roles') ??
      new Worker(new URL('../../src/role/in-turn-worker.js', import.meta.url), options(data, 'the roles')),
    'the roles',
  );

/** The thread that plays a tape to the last party. */
export const startTape = (data: unknown, name: string): HostWorker =>
  watch(new Worker(new URL('../../src/role/tape-worker.js', import.meta.url), options(data, name)), name);

/** The thread that keeps links to roles elsewhere. */
export const startCourier = (data: unknown): HostWorker =>
  watch(
    new Worker(new URL('../../src/links/courier-worker.js', import.meta.url), linked(data, 'courier')),
    'the courier',
  );

/** The thread of a party that keeps its links to roles elsewhere itself. */
export const startAwaiting = (data: unknown, name: string): HostWorker =>
  watch(
    typeof JOINED === 'undefined'
      ? new Worker(new URL('../../src/role/awaiting-worker.js', import.meta.url), linked(data, name))
      : new Worker(new URL('../../src/role/node-worker.js', import.meta.url), linked(data, name)),
    name,
  );

/** Whether there are such threads. */
export const canAwait = true;

/** Starts a helper thread; `data` is what its `bootData` returns. */
export const startHelper = (data: unknown, name: string, url?: string): HostWorker =>
  watch(
    startAt(url, data, name) ??
      new Worker(new URL('../pool-worker.js', import.meta.url), options(data, name)),
    name,
  );

/** Threads can always share memory here. */
export const lackOfSharedMemory = (): string | null => null;

/** A worker whose module is not in the package. */
const startAt = (url: string | undefined, data: unknown, name: string): Worker | undefined =>
  url === undefined ? undefined : new Worker(new URL(url), options(data, name));

/** Without the flags that the process was started with (`--eval`, …). */
const options = (data: unknown, name: string) => ({ workerData: data, name, execArgv: [] });

/**
 * The same of a thread that keeps connections. Node makes a buffer for all that it reads, which V8 frees with the young generation:
 * where that is small it does so often and cheaply, and seldom looks through all memory for them.
 */
const linked = (data: unknown, name: string) => ({
  ...options(data, name),
  resourceLimits: { maxYoungGenerationSizeMb: 8 },
});

function watch(worker: Worker, name: string): HostWorker {
  const listeners: ((error: Error) => void)[] = [];
  let stopped = false;
  const report = (error: Error) => {
    if (!stopped) for (const listener of listeners) listener(error);
  };
  worker.on('error', report);
  worker.on('messageerror', report);
  worker.on('exit', (code) => report(new Error(`${name} stopped (exit code ${code})`)));
  return {
    endpoint: nodeEndpoint(worker as unknown as NodeEndpoint),
    onFailure: (listener) => listeners.push(listener),
    kill: () => void worker.terminate(),
    async stop() {
      stopped = true;
      await worker.terminate();
    },
  };
}
