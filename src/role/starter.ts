/** How a role's worker answers its session. */
import { expose } from 'comlink';
import { bootData, workerEndpoint } from '#host';
import type { RoleBoot } from './boot.js';
import { located, type Role } from './role.js';

type StartsRole = (boot: RoleBoot) => Role | Promise<Role>;

/** Answers once with the role, so that a role that cannot start says why. */
export class RoleStarter {
  #role: Role | null = null;
  readonly #boot = bootData();
  readonly #start: StartsRole;

  constructor(start: StartsRole) {
    this.#start = start;
  }

  async start(): Promise<void> {
    const boot = (await this.#boot) as RoleBoot;
    try {
      this.#role = await this.#start(boot);
    } catch (error) {
      throw located(error, `${boot.name}, start`);
    }
  }

  /** A session sends a batch when the last one has been answered. */
  async run(...args: Parameters<Role['run']>): Promise<Awaited<ReturnType<Role['run']>>> {
    const role = this.#started();
    await role.prepare(args[0]);
    return role.run(...args);
  }

  finish(): void {
    this.#started().finish();
  }

  totals(): ReturnType<Role['totals']> {
    return this.#started().totals();
  }

  memoryUse(): ReturnType<Role['memoryUse']> {
    return this.#started().memoryUse();
  }

  transcript(): ReturnType<Role['transcript']> {
    return this.#started().transcript();
  }

  disclosed(): ReturnType<Role['disclosed']> {
    return this.#started().disclosed();
  }

  times(): ReturnType<Role['times']> {
    return this.#started().times();
  }

  #started(): Role {
    if (!this.#role) throw new TypeError('the role has not been started');
    return this.#role;
  }
}

/** What a role's worker exposes. */
export type RoleApi = Pick<
  RoleStarter,
  'start' | 'run' | 'finish' | 'totals' | 'memoryUse' | 'transcript' | 'disclosed' | 'times'
>;

/** Answers whoever started this worker. @param start makes the role of what the worker was started with */
export const exposeRole = (start: StartsRole): void => expose(new RoleStarter(start), workerEndpoint());
