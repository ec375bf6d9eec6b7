/** All roles of a session in turn, as a session asks them: in a worker, or in the session's own thread. */
import type { Progress } from './context.js';
import type { Role, RoleEntry } from './role.js';
import { type InTurnBoot, RolesInTurn } from './roles-in-turn.js';

export class InTurnStarter {
  #roles: RolesInTurn | null = null;
  readonly #boot: Promise<InTurnBoot>;

  /** @param boot what the roles are started with */
  constructor(boot: Promise<InTurnBoot>) {
    this.#boot = boot;
  }

  async start(): Promise<void> {
    this.#roles = new RolesInTurn(await this.#boot);
  }

  async run(
    batches: ReadonlyMap<string, readonly RoleEntry[]>,
    report?: (progress: Progress) => void,
  ): Promise<ReturnType<RolesInTurn['run']>> {
    await this.prepare(batches);
    return this.runPrepared(batches, report);
  }

  /** Loads what the commands take. */
  prepare(batches: ReadonlyMap<string, readonly RoleEntry[]>): Promise<void> {
    return this.#started().prepare(batches);
  }

  /** Runs commands for which everything is loaded. */
  runPrepared(
    batches: ReadonlyMap<string, readonly RoleEntry[]>,
    report?: (progress: Progress) => void,
  ): ReturnType<RolesInTurn['run']> {
    return this.#started().run(batches, report ?? (() => {}));
  }

  /** Zeroes all that the roles have held, when none of them will run again. */
  wipe(): void {
    this.#roles?.wipe();
    this.#roles = null;
  }

  totals(name: string): ReturnType<Role['totals']> {
    return this.#started().role(name).totals();
  }

  memoryUse(name: string): ReturnType<Role['memoryUse']> {
    return this.#started().role(name).memoryUse();
  }

  transcript(name: string): ReturnType<Role['transcript']> {
    return this.#started().role(name).transcript();
  }

  disclosed(name: string): ReturnType<Role['disclosed']> {
    return this.#started().role(name).disclosed();
  }

  #started(): RolesInTurn {
    if (!this.#roles) throw new TypeError('the roles have not been started');
    return this.#roles;
  }
}

/** What a session asks. */
export type InTurnApi = Pick<
  InTurnStarter,
  'start' | 'run' | 'totals' | 'memoryUse' | 'transcript' | 'disclosed'
>;
