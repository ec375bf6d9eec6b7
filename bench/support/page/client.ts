/** The page's side of the bench: trains when it is told to, over the browser's own protocol (see host.ts). */
import type { Runner } from '../interleave.js';
import { onShares } from '../trainers.js';
import { pageTrainings } from './trainings.js';

/** What the page hands to whoever drives it. */
export interface PageClient {
  /** Starts a session and shares the rows of a training. */
  start(name: string): Promise<void>;
  /** Fits once; the seconds that it took by the page's clock. */
  run(): Promise<number>;
  close(): Promise<void>;
}

let runner: Required<Runner> | null = null;

const client: PageClient = {
  async start(name) {
    ({ runner } = await onShares(await pageTrainings[name]()));
  },
  async run() {
    if (!runner) throw new Error('nothing has been started');
    return await runner.run();
  },
  async close() {
    await runner?.close();
    runner = null;
  },
};

(globalThis as { bench?: PageClient }).bench = client;
