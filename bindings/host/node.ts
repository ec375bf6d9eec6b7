/** What differs between Node and the browser, for Node: assets, worker threads, the number of cores. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Endpoint } from 'comlink';
import nodeEndpoint, { type NodeEndpoint } from 'comlink/dist/esm/node-adapter.mjs';
import type { HostWorker } from './types.js';

export type { HostWorker } from './types.js';

/** Reads a file that ships with the package. */
export const readAsset = async (url: URL): Promise<Uint8Array> => readFile(url);

/** Processors this process may use. */
export const cores = (): number => availableParallelism();

/** True outside worker threads. */
export const onMainThread = (): boolean => isMainThread;

/** Starts a worker thread from a module, without the flags the process was started with (`--eval`, …); `data` is what its {@link bootData} returns. */
export function startWorker(url: URL, data: unknown, name: string): HostWorker {
  const worker = new Worker(url, { workerData: data, name, execArgv: [] });
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

/** In a worker: the data it was started with. */
export const bootData = async (): Promise<unknown> => workerData;

/** In a worker: the end of the channel to the thread that started it. */
export const workerEndpoint = (): Endpoint => nodeEndpoint(parentPort as unknown as NodeEndpoint);
