/** Processes of the bench that act as roles, and the lines between every two of them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Proxies, ProxyHandle } from '../proxy/host.js';
import type { Line } from './bound.js';

/** What a process says to an order: how long it took, or why it failed. */
export type Answer = { readonly seconds: number } | { readonly error: string };

/** In the order in which they dial: each dials those before it. */
export const ROLES = ['alice', 'bob', 'provider', 'owner'] as const;
export const HOST = '127.0.0.1';

export interface Lines {
  /** Where each role listens. */
  readonly ports: readonly number[];
  /** Where a role, by its number, reaches those before it. */
  dialled(role: number): Promise<number[]>;
  /** Ends the lines. */
  close(): Promise<void>;
}

/** @param line what lies between every two roles, a proxy of `proxies` for each pair; null for loopback alone */
export async function layLines(line: Line | null, proxies: Proxies): Promise<Lines> {
  const ports = await freePorts(ROLES.length);
  const laid: ProxyHandle[] = [];
  return {
    ports,
    async dialled(role) {
      const seen = [...ports];
      for (let peer = 0; line && peer < role; peer++) {
        const { delay, rate, own = 0 } = line;
        const target = { host: HOST, port: ports[peer] };
        const proxy = await proxies.open({ target, delay: delay - own, rate });
        laid.push(proxy);
        seen[peer] = proxy.port;
      }
      return seen;
    },
    async close() {
      await Promise.all(laid.map((proxy) => proxy.close()));
    },
  };
}

/** A role's process: a program that follows orders and answers each. */
export class RoleProcess<Order extends { readonly do: string }> {
  readonly #child: ChildProcess;
  readonly name: string;

  constructor(program: URL, name: string) {
    this.name = name;
    this.#child = fork(program, { serialization: 'advanced', execArgv: [] });
  }

  order(order: Order | { readonly do: 'fit' | 'close' }): void {
    this.#child.send(order);
  }

  /** What the process says next. Rejects where it fails or ends instead. */
  async answer(): Promise<number> {
    const ended = new AbortController();
    const { signal } = ended;
    try {
      const said = once(this.#child, 'message', { signal });
      const gone = once(this.#child, 'exit', { signal });
      said.catch(() => {});
      gone.catch(() => {});
      const [answer] = (await Promise.race([said, gone.then(() => [{ error: 'its process ended' }])])) as [
        Answer,
      ];
      if ('error' in answer) throw new Error(`${this.name}: ${answer.error}`);
      return answer.seconds;
    } finally {
      ended.abort();
    }
  }

  fit(): Promise<number> {
    const answer = this.answer();
    this.order({ do: 'fit' });
    return answer;
  }

  /** Asks the process to close its session, and ends it where it does not. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    if (this.#child.connected) this.order({ do: 'close' });
    await gone;
    clearTimeout(late);
  }
}

/** Ports that nobody listens at now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, HOST);
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
