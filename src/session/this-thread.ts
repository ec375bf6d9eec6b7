/** Sessions whose roles take turns in the thread that asks them, where they take turns: ready sooner than with a worker. */
import { cores } from '#host';
import type { HostWorker } from '../../bindings/host/types.js';
import { rest } from '../rest.js';
import { InTurnStarter } from '../role/in-turn-starter.js';
import type { InTurnBoot } from '../role/roles-in-turn.js';
import { handlesOf } from './in-turn.js';
import { leavesOpen, stepOf } from './mode.js';
import type { SessionOptions } from './options.js';
import { RoleGroup } from './role-group.js';
import { broughtIn, type RoleHandle } from './role-handle.js';
import { Session } from './session.js';
import { NO_TEST } from './testing.js';

/**
 * Seconds of work in one thread up to which a second one takes longer to start, and to compile what this thread has compiled for
 * the dry run, than it saves, where there are fewer cores than roles …
 */
const SHORT = 1;
/** … and that where a second thread is ready already. */
const SHORT_WITH_SPARE = 0.2;
/** … and those of an epoch for which this thread may be busy. */
const MOST_BUSY = 0.5;
/** What a step takes in one thread: seconds a round, and a byte that is sent or dealt (measured on two cores). */
const A_ROUND = 33e-6;
const A_BYTE = 8e-9;

/** The training that a session is for. */
export interface Planned {
  readonly epochs: number;
  /** Of an epoch. */
  readonly steps: number;
}

/**
 * As `createSession`, but that roles which take turns have this thread where epochs are short, and none of them has another
 * where the whole training is. The thread hears of nothing else while a command runs.
 */
export async function createSessionHere(
  options: SessionOptions,
  planned?: Planned,
  spare = false,
): Promise<Session> {
  const { mode, here } = placeOf(options, planned, cores(), spare);
  const testing = { ...NO_TEST, ownLinks: null, inTurn: here ? inThisThread : null };
  return Session.of(await RoleGroup.start({ ...options, ...(mode && { mode }) }, testing));
}

/**
 * Whether roles that take turns have this thread, and the mode where it is not the usual one.
 * @param spare whether a second thread is ready
 */
export function placeOf(
  options: SessionOptions,
  planned: Planned | undefined,
  cores: number,
  spare = false,
): { readonly mode?: SessionOptions['mode']; readonly here: boolean } {
  const { mode, here, parties = ['alice', 'bob'] } = options;
  const step = stepOf(options);
  if (!step || !planned) return { here: true };
  const work = planned.steps * (A_ROUND * step.rounds + A_BYTE * (step.online + step.dealt));
  const free = !mode && !here && leavesOpen(options);
  const short = free && cores <= parties.length && planned.epochs * work < (spare ? SHORT_WITH_SPARE : SHORT);
  return { ...(short && { mode: 'in-turn' }), here: work < MOST_BUSY };
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
      starter.wipe();
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
        const entries = new Map([...batches].map(([name, batch]) => [name, [batch[i]]]));
        const one = structuredClone(entries, { transfer: [...entries.values()].flatMap(broughtIn) });
        await starter.prepare(one);
        if (stopped) throw new Error('the roles stopped'); // nobody is there any more to wait for
        for (const [name, result] of starter.runPrepared(one, report)) {
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
