/** Roles that take turns in one thread, as the session sees them: each by itself, like those that have a worker of their own. */
import { wrap } from 'comlink';
import { startInTurn } from '#threads';
import type { HostWorker } from '../../bindings/host/types.js';
import { rolesOf } from '../party/agreement.js';
import { rest } from '../rest.js';
import type { Progress } from '../role/context.js';
import type { InTurnApi } from '../role/in-turn-starter.js';
import type { Role, RoleEntry } from '../role/role.js';
import type { InTurnBoot } from '../role/roles-in-turn.js';
import type { RoleCalls, RoleHandle } from './role-handle.js';

interface Call {
  readonly name: string;
  readonly batch: readonly RoleEntry[];
  readonly report: ((progress: Progress) => void) | undefined;
  readonly resolve: (results: ReturnType<Role['run']>) => void;
  readonly reject: (error: unknown) => void;
}

/** What a session asks of its roles, wherever they are. */
type Asked = {
  readonly [K in keyof InTurnApi]: (
    ...args: Parameters<InTurnApi[K]>
  ) => Promise<Awaited<ReturnType<InTurnApi[K]>>>;
};

/** The roles in a worker. @param url where its module is, if no bundler has put it elsewhere */
export function inWorker(boot: InTurnBoot, url?: string): RoleHandle[] {
  const worker = startInTurn(boot, url);
  return handlesOf(boot, worker, wrap<InTurnApi>(worker.endpoint) as unknown as Asked);
}

/**
 * The roles in this thread. They get copies of what they are asked and answer with copies, as over a channel; others have the
 * thread between two commands, so that the session can be ended there.
 */
export async function inThisThread(boot: InTurnBoot): Promise<RoleHandle[]> {
  // no bundler is to follow it into a page, which has no use for it
  const starters = ['..', 'role', 'in-turn-starter.js'].join('/');
  const { InTurnStarter }: typeof import('../role/in-turn-starter.js') = await import(
    /* webpackIgnore: true */ /* @vite-ignore */ starters
  );
  const starter = new InTurnStarter(Promise.resolve(boot));
  const listeners: ((error: Error) => void)[] = [];
  let stopped = false;
  const thread: Omit<HostWorker, 'endpoint'> = {
    onFailure: (listener) => listeners.push(listener),
    kill() {
      stopped = true;
      for (const listener of listeners) listener(new Error('the roles stopped'));
    },
    async stop() {
      stopped = true;
    },
  };
  return handlesOf(boot, thread, {
    start: () => starter.start(),
    async run(batches, report) {
      const [[, first]] = batches;
      const results: Awaited<ReturnType<InTurnApi['run']>> = new Map(
        [...batches.keys()].map((name) => [name, []]),
      );
      for (const i of first.keys()) {
        await rest();
        if (stopped) throw new Error('the roles stopped');
        const one = new Map([...batches].map(([name, batch]) => [name, [batch[i]]]));
        for (const [name, result] of await starter.run(structuredClone(one), report)) {
          results.get(name)?.push(...structuredClone(result));
        }
      }
      return results;
    },
    totals: async (name) => structuredClone(starter.totals(name)),
    memoryUse: async (name) => starter.memoryUse(name),
    transcript: async (name) => structuredClone(starter.transcript(name)),
    disclosed: async (name) => structuredClone(starter.disclosed(name)),
  });
}

function handlesOf(boot: InTurnBoot, thread: Omit<HostWorker, 'endpoint'>, api: Asked): RoleHandle[] {
  const names = rolesOf(boot.agreement);
  const living = new Set(names);
  let started: Promise<void> | null = null;
  let calls: Call[] = [];

  /** All roles are asked at once, and run together. */
  async function runAll(): Promise<void> {
    const all = calls;
    calls = [];
    try {
      const batches = new Map(all.map(({ name, batch }) => [name, batch]));
      const results = await api.run(batches, all.find(({ report }) => report)?.report);
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
    return { name, worker, helpers: [], api: callsOf(name) };
  });
}
