/** Sessions whose roles take turns in the thread that asks them, where they take turns: ready sooner than with a worker. */
import type { HostWorker } from '../../bindings/host/types.js';
import { rest } from '../rest.js';
import { InTurnStarter } from '../role/in-turn-starter.js';
import type { InTurnBoot } from '../role/roles-in-turn.js';
import { handlesOf } from './in-turn.js';
import type { SessionOptions } from './options.js';
import { RoleGroup } from './role-group.js';
import type { RoleHandle } from './role-handle.js';
import { Session } from './session.js';
import { NO_TEST } from './testing.js';

/** As `createSession`. The thread hears of nothing else while a command runs. */
export const createSessionHere = async (options: SessionOptions): Promise<Session> =>
  Session.of(await RoleGroup.start(options, { ...NO_TEST, inTurn: inThisThread }));

/**
 * The roles in this thread. They get copies of what they are asked and answer with copies, as over a channel; others have the
 * thread between two commands, so that the session can be ended there.
 */
export function inThisThread(boot: InTurnBoot): RoleHandle[] {
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
      const results: Awaited<ReturnType<InTurnStarter['run']>> = new Map(
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
