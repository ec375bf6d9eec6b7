/** Sessions whose roles take turns in the thread that asks them, where they take turns: ready sooner than with a worker. */
import { cores } from '#host';
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

/**
 * Seconds of work in one thread, with fewer cores than roles, up to which workers take longer to start, and to compile what this
 * thread has compiled for the dry run, than they save: some half a second, of a work of which they save four tenths.
 */
const SHORT = 1;
/** What a step takes in one thread: seconds a round, and a byte that is sent or dealt (measured on two cores). */
const A_ROUND = 33e-6;
const A_BYTE = 8e-9;

/**
 * As `createSession`, but that roles take turns where the training is short, too. The thread hears of nothing else while a
 * command runs.
 * @param steps those of the training that the session is for
 */
export async function createSessionHere(
  options: SessionOptions,
  steps = Number.POSITIVE_INFINITY,
): Promise<Session> {
  const mode = isShort(options, steps, cores()) ? ({ mode: 'in-turn' } as const) : {};
  return Session.of(await RoleGroup.start({ ...options, ...mode }, { ...NO_TEST, inTurn: inThisThread }));
}

/** Whether a training of so many steps is so short that one thread is done sooner, where nothing asks for several. */
export function isShort(options: SessionOptions, steps: number, cores: number): boolean {
  const {
    mode,
    here,
    network,
    tape,
    deal,
    threads = 0,
    profile,
    parties = ['alice', 'bob'],
    dryRun,
  } = options;
  const step = dryRun?.chosen.step;
  if (mode || here || network || tape || deal || threads > 0 || profile || !step) return false;
  if (cores > parties.length) return false;
  const bytes = step.online + step.dealt;
  return steps * (A_ROUND * step.rounds + A_BYTE * bytes) < SHORT;
}

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
