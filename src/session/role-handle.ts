/** A role at work, as the session sees it. */
import { wrap } from 'comlink';
import type { HostWorker } from '../../bindings/host/types.js';
import type { RoleEntry } from '../role/role.js';
import type { RoleApi } from '../role/starter.js';

/** What a role is asked. */
export type RoleCalls = {
  readonly [K in keyof RoleApi]: (
    ...args: Parameters<RoleApi[K]>
  ) => Promise<Awaited<ReturnType<RoleApi[K]>>>;
};

export const callsOf = (worker: HostWorker): RoleCalls =>
  wrap<RoleApi>(worker.endpoint) as unknown as RoleCalls;

/** The buffers of what owners bring in a batch: the session's own copies, which a role takes over rather than copy them again. */
export const broughtIn = (batch: readonly RoleEntry[]): Transferable[] =>
  batch.flatMap(({ name, payload }) =>
    (name === 'share' || name === 'shareRows') && payload ? [payload.buffer] : [],
  );

/** One role as the session sees it. */
export interface RoleHandle {
  readonly name: string;
  /** What its thread is called, where others share it. */
  readonly thread?: string;
  /** Its thread. */
  readonly worker: Omit<HostWorker, 'endpoint'>;
  readonly helpers: readonly HostWorker[];
  readonly api: RoleCalls;
  /** The thread, where it also keeps the role's links, which are there until `end`; `worker.stop` leaves it alone. */
  readonly own?: HostWorker;
  /** Whether it is no role, but the thread that plays the tape: what it answers is nobody's result. */
  readonly aside?: boolean;
}

/** A role's worker and its helpers. */
export const workersOf = ({ worker, helpers }: RoleHandle): RoleHandle['worker'][] => [worker, ...helpers];
