/** What differs between Node and the browser, for the browser: assets, workers, the number of cores. */
import type { Endpoint } from 'comlink';
import type { HostWorker } from './types.js';

export type { HostWorker } from './types.js';

interface Boot {
  beaverdamBoot: unknown;
}

const scope = globalThis as unknown as Endpoint & { document?: unknown };

/** Reads a file that ships with the package. */
export async function readAsset(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`cannot load ${url.pathname}: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Processors this page may use. */
export const cores = (): number => navigator.hardwareConcurrency ?? 1;

/** True in a window, false in a worker. */
export const onMainThread = (): boolean => scope.document !== undefined;

/** Starts a module worker; `data` is what its {@link bootData} returns. Needs a cross-origin isolated page. */
export function startWorker(url: URL, data: unknown, name: string): HostWorker {
  const worker = new Worker(url, { type: 'module', name });
  const listeners: ((error: Error) => void)[] = [];
  worker.addEventListener('error', (event) => {
    for (const listener of listeners) listener(new Error(event.message || `${name} failed to start`));
  });
  worker.postMessage({ beaverdamBoot: data } satisfies Boot);
  const end = () => worker.terminate();
  return {
    endpoint: worker,
    onFailure: (listener) => listeners.push(listener),
    kill() {
      end();
      for (const listener of listeners) listener(new Error(`${name} was stopped`));
    },
    async stop() {
      end();
    },
  };
}

/** In a worker: the data it was started with (the first message). */
export const bootData = (): Promise<unknown> =>
  new Promise((resolve) => {
    scope.addEventListener('message', function first(event) {
      const data = (event as MessageEvent<Partial<Boot> | undefined>).data;
      if (data?.beaverdamBoot === undefined) return;
      scope.removeEventListener('message', first);
      resolve(data.beaverdamBoot);
    });
  });

/** In a worker: the end of the channel to the thread that started it. */
export const workerEndpoint = (): Endpoint => scope;
