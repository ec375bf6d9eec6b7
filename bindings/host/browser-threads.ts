/**
 * Starting threads, in a browser: a function a kind of worker.
 *
 * Bundlers find a worker by the expression `new Worker(new URL('…', import.meta.url), { type: 'module' })`, and by no
 * other; so it stands here once a kind. They follow a worker's imports in turn; a worker that came to this file would lead
 * back to itself, which Vite refuses. So workers import `#host` only, and who starts them `#threads`.
 */
import type { HostWorker } from './types.js';

/** The first message to a worker. */
export interface Boot {
  beaverdamBoot: unknown;
}

/** Starts the thread of a role; `data` is what its `bootData` returns. Its module is at `url`, if no bundler has put it elsewhere. */
export const startRole = (data: unknown, name: string, url?: string): HostWorker =>
  boot(
    startAt(url) ?? new Worker(new URL('../../src/role/worker.js', import.meta.url), { type: 'module' }),
    data,
    name,
  );

/** The same of a role that holds no share. */
export const startClient = (data: unknown, name: string, url?: string): HostWorker =>
  boot(
    startAt(url) ??
      new Worker(new URL('../../src/role/client-worker.js', import.meta.url), { type: 'module' }),
    data,
    name,
  );

/** The thread of all roles of a session that take turns. */
export const startInTurn = (data: unknown, url?: string): HostWorker =>
  boot(
    startAt(url) ??
      new Worker(new URL('../../src/role/in-turn-worker.js', import.meta.url), { type: 'module' }),
    data,
    'the roles',
  );

/** The thread that keeps links to roles elsewhere. */
export const startCourier = (data: unknown): HostWorker =>
  boot(
    new Worker(new URL('../../src/links/courier-worker.js', import.meta.url), { type: 'module' }),
    data,
    'the courier',
  );

/** The thread that plays a tape to the last party: a page has none. */
export function startTape(_data: unknown, _name: string): HostWorker {
  throw new Error('createSession: a page has no tapes');
}

/** Pages reach others by ports, in a thread of their own. */
export const canAwait = false;

export function startAwaiting(_data: unknown, _name: string): HostWorker {
  throw new Error('createSession: a page keeps its links in a thread of their own');
}

/** Starts a helper thread; `data` is what its `bootData` returns. */
export const startHelper = (data: unknown, name: string, url?: string): HostWorker =>
  boot(
    startAt(url) ?? new Worker(new URL('../pool-worker.js', import.meta.url), { type: 'module' }),
    data,
    name,
  );

/** What the page needs where the browser gives it no memory that threads share; null where it does. */
export function lackOfSharedMemory(): string | null {
  if (globalThis.crossOriginIsolated) return null;
  const secure = globalThis.isSecureContext ? '' : ' The page must also come over HTTPS, or from localhost.';
  return (
    'roles side by side need memory that threads share (SharedArrayBuffer), and browsers give it only to a ' +
    'page that is cross-origin isolated. Serve the page with the headers ' +
    '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp", or, where its host cannot ' +
    `send them, call isolate() of beaverdam/isolation first; docs/isolation.md says how.${secure}`
  );
}

/** A worker whose module is where no bundler has put it. */
const startAt = (url?: string): Worker | undefined =>
  url === undefined ? undefined : new Worker(url, { type: 'module' });

function boot(worker: Worker, data: unknown, name: string): HostWorker {
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
