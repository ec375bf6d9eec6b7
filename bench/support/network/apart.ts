/** Trainings with every role in a process of its own, linked over TLS on this machine. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkOptions } from '../../../src/index.js';
import { makeKeys } from '../../../src/jobs/keys.js';
import { makeTapeKeys, tapePath } from '../../../src/session/tape.js';
import type { TapeOptions } from '../../../src/session/tape-options.js';
import type { Proxies, ProxyHandle } from '../proxy/host.js';
import type { Training } from '../trainers.js';
import type { Line } from './bound.js';
import type { Answer, Order } from './role.js';

/** A training whose roles are processes, linked over TLS, with the data shared and the model in place. */
export interface ApartTraining {
  /** Fits once, at all roles; resolves to the seconds that the slowest role took. */
  fit(): Promise<number>;
  /** Ends the processes. */
  close(): Promise<void>;
}

/**
 * Starts alice, bob, the provider and the owner as processes of this machine, in ring 32.
 * @param line what lies between every two of them, a proxy of `proxies` for each pair; null for loopback alone
 */
export type StartApart = (training: Training, line: Line | null, proxies: Proxies) => Promise<ApartTraining>;

/** In the order in which they dial: each dials those before it. */
const ROLES = ['alice', 'bob', 'provider', 'owner'] as const;
const HOST = '127.0.0.1';

export const startApart: StartApart = async (training, line, proxies) => {
  const [keys, ports] = await Promise.all([Promise.all(ROLES.map(makeKeys)), freePorts(ROLES.length)]);
  const tapes = line?.taped ? await dealTapes(training, line.taped) : null;
  const lines: ProxyHandle[] = [];
  const roles: RoleProcess[] = [];
  const close = async () => {
    await Promise.all(roles.map((role) => role.close()));
    await Promise.all(lines.map((proxy) => proxy.close())); // over which the roles have taken their leave
    await tapes?.remove();
  };
  /** Where a role reaches those before it. */
  const dialled = async (role: number): Promise<number[]> => {
    const seen = [...ports];
    for (let peer = 0; line && peer < role; peer++) {
      const { delay, rate } = line;
      const proxy = await proxies.open({ target: { host: HOST, port: ports[peer] }, delay, rate });
      lines.push(proxy);
      seen[peer] = proxy.port;
    }
    return seen;
  };
  try {
    const there = tapes ? ROLES.filter((role) => role !== 'provider') : ROLES;
    for (const name of there) {
      const i = ROLES.indexOf(name);
      const seen = await dialled(i);
      const network: NetworkOptions = {
        roles: Object.fromEntries(
          there.map((peer) => {
            const j = ROLES.indexOf(peer);
            return [peer, { fingerprint: keys[j].fingerprint, address: `${HOST}:${seen[j]}` }];
          }),
        ),
        keys: { [name]: { certificate: keys[i].certificate, key: keys[i].key } },
        joinWithin: 60,
      };
      const tape = tapes && (await tapes.of(name));
      const options = { network, fewRounds: line?.fewRounds ?? false, ...(tape && { tape }) };
      roles.push(new RoleProcess({ do: 'start', role: name, training, options }));
    }
    await Promise.all(roles.map((role) => role.answer()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async fit() {
      return Math.max(...(await Promise.all(roles.map((role) => role.fit()))));
    },
    close,
  };
};

/** Has a provider deal for so many fits, in a process of its own, to tapes in a folder for now. */
async function dealTapes(training: Training, fits: number) {
  const dir = await mkdtemp(join(tmpdir(), 'tapes-'));
  const keys = { alice: makeTapeKeys(), bob: makeTapeKeys() };
  const parties = { alice: keys.alice.publicKey, bob: keys.bob.publicKey };
  const provider = new RoleProcess({ do: 'deal', role: 'provider', training, fits, deal: { dir, parties } });
  try {
    await provider.answer();
  } finally {
    await provider.close();
  }
  return {
    async of(role: string): Promise<TapeOptions> {
      const key = role === 'alice' || role === 'bob' ? { key: keys[role].privateKey } : {};
      return { file: await tapePath(dir, role), ...key };
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** A role's process. */
class RoleProcess {
  readonly #child: ChildProcess;
  readonly name: string;

  constructor(order: Extract<Order, { role: string }>) {
    this.name = order.role;
    this.#child = fork(new URL('./role.js', import.meta.url), { serialization: 'advanced', execArgv: [] });
    this.#order(order);
  }

  #order(order: Order): void {
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
    this.#order({ do: 'fit' });
    return answer;
  }

  /** Asks the process to close its session, and ends it where it does not. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    if (this.#child.connected) this.#order({ do: 'close' });
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
