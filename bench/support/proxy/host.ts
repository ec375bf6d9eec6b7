/** Proxies in a thread of their own, whose event loop nothing else delays: any number of them in one. */
import { Worker } from 'node:worker_threads';
import { type Remote, wrap } from 'comlink';
import nodeEndpoint, { type NodeEndpoint } from 'comlink/dist/esm/node-adapter.mjs';
import type { Captured, Counters, ProxyOptions } from './proxy.js';
import { checkWire } from './wire.js';
import type { ProxyCommands, ProxyControls } from './worker.js';

/** A proxy in the other thread; each control resolves when it has taken effect. */
export interface ProxyHandle {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Tears down all connections, on both sides at once; new ones are welcome. */
  cut(): Promise<void>;
  /** Keeps connections open, new ones too, and passes nothing on, until `heal`. */
  stall(): Promise<void>;
  /** Passes so few bytes a second in each direction, what it holds included, until `heal`. */
  trickle(bytesPerSecond: number): Promise<void>;
  /** Resets new connections as soon as they are made, until `heal`; open ones stay. */
  refuse(): Promise<void>;
  /** Undoes `stall`, `trickle` and `refuse`. Nothing that was held is lost. */
  heal(): Promise<void>;
  counters(): Promise<Counters>;
  /** What was kept of each connection, in the order in which they were made. */
  captured(): Promise<Captured[]>;
  /** Cuts all connections and stops listening. */
  close(): Promise<void>;
}

export interface Proxies {
  /** A new proxy, which listens. Rejects with a RangeError for a delay below 0 or a rate that is not above 0. */
  open(options: ProxyOptions): Promise<ProxyHandle>;
  /** Ends the thread and all that its proxies hold. */
  close(): Promise<void>;
}

/** Starts the thread. @param alarmed whether an alarm wakes it, so that it keeps no core busy */
export async function startProxies(alarmed = false): Promise<Proxies> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    name: 'proxies',
    workerData: { alarmed },
    execArgv: [],
  });
  const commands: Remote<ProxyCommands> = wrap(nodeEndpoint(worker as unknown as NodeEndpoint));
  return {
    async open(options) {
      // an error that crosses threads loses its class
      checkWire({ delay: options.delay ?? 0, rate: options.rate ?? Number.POSITIVE_INFINITY });
      const { id, port } = await commands.open(options);
      const control = (name: ProxyControls, bytesPerSecond?: number) =>
        commands.control(id, name, bytesPerSecond);
      return {
        port,
        cut: () => control('cut'),
        stall: () => control('stall'),
        trickle: (bytesPerSecond) => control('trickle', bytesPerSecond),
        refuse: () => control('refuse'),
        heal: () => control('heal'),
        counters: () => commands.counters(id),
        captured: () => commands.captured(id),
        close: () => commands.close(id),
      };
    },
    async close() {
      await worker.terminate();
    },
  };
}
