/** Roles that take turns in one thread, as the session sees them: each by itself, like those that have a worker of their own. */
import { transfer, wrap } from 'comlink';
import { startInTurn } from '#threads';
import type { HostWorker } from '../../bindings/host/types.js';
import { rolesOf } from '../party/agreement.js';
import type { Progress } from '../role/context.js';
import type { InTurnApi } from '../role/in-turn-starter.js';
import type { Role, RoleEntry } from '../role/role.js';
import type { InTurnBoot } from '../role/roles-in-turn.js';
import { broughtIn, type RoleCalls, type RoleHandle } from './role-handle.js';

interface Call {
  readonly name: string;
  readonly batch: readonly RoleEntry[];
  readonly report: ((progress: Progress) => void) | undefined;
  readonly resolve: (results: Awaited<ReturnType<Role['run']>>) => void;
  readonly reject: (error: unknown) => void;
}

/** What a session asks of its roles, wherever they are. */
export type InTurnCalls = {
  readonly [K in keyof InTurnApi]: (
    ...args: Parameters<InTurnApi[K]>
  ) => Promise<Awaited<ReturnType<InTurnApi[K]>>>;
};

/** The roles in a worker. @param url where its module is, if no bundler has put it elsewhere */
export function inWorker(boot: InTurnBoot, url?: string): RoleHandle[] {
  const worker = startInTurn(boot, url);
  return handlesOf(boot, worker, wrap<InTurnApi>(worker.endpoint) as unknown as InTurnCalls);
}

/** Their handles. @param thread where they run */
export function handlesOf(
  boot: InTurnBoot,
  thread: Omit<HostWorker, 'endpoint'>,
  api: InTurnCalls,
): RoleHandle[] {
  const { agreement, apart } = boot;
  const names = rolesOf(agreement).filter((name) => !apart || name !== agreement.provider);
  const living = new Set(names);
  let started: Promise<void> | null = null;
  let calls: Call[] = [];

  /** All roles are asked at once, and run together. */
  async function runAll(): Promise<void> {
    const all = calls;
    calls = [];
    try {
      const batches = new Map(all.map(({ name, batch }) => [name, batch]));
      const moved = all.flatMap(({ batch }) => broughtIn(batch));
      const results = await api.run(transfer(batches, moved), all.find(({ report }) => report)?.report);
      for (const { name, resolve } of all) resolve(results.get(name) ?? []);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }

  const callsOf = (name: string): RoleCalls => ({
    start: () => {
      started ??= api.start();
      return started;
    },
    run: (batch, report) =>
      new Promise((resolve, reject) => {
        if (calls.length === 0) queueMicrotask(runAll);
        calls.push({ name, batch, report, resolve, reject });
      }),
    finish: async () => {},
    totals: () => api.totals(name),
    memoryUse: () => api.memoryUse(name),
    transcript: () => api.transcript(name),
    disclosed: () => api.disclosed(name),
    times: async () => null,
  });

  return names.map((name): RoleHandle => {
    const worker = {
      ...thread,
      /** The thread ends with the last role. */
      async stop() {
        living.delete(name);
        if (living.size === 0) await thread.stop();
      },
    };
    return { name, thread: 'the roles', worker, helpers: [], api: callsOf(name) };
  });
}
