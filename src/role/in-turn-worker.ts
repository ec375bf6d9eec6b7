/** Entry of the worker thread that runs all roles of a session in turn. */
import { expose } from 'comlink';
import { bootData, workerEndpoint } from '#host';
import type { Progress } from './context.js';
import type { Role, RoleEntry } from './role.js';
import { type InTurnBoot, RolesInTurn } from './roles-in-turn.js';

class InTurnStarter {
  #roles: RolesInTurn | null = null;
  readonly #boot = bootData();

  async start(): Promise<void> {
    this.#roles = new RolesInTurn((await this.#boot) as InTurnBoot);
  }

  async run(
    batches: ReadonlyMap<string, readonly RoleEntry[]>,
    report?: (progress: Progress) => void,
  ): Promise<ReturnType<RolesInTurn['run']>> {
    const roles = this.#started();
    await roles.prepare(batches);
    return roles.run(batches, report ?? (() => {}));
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

/** What the worker exposes. */
export type InTurnApi = Pick<
  InTurnStarter,
  'start' | 'run' | 'totals' | 'memoryUse' | 'transcript' | 'disclosed'
>;

expose(new InTurnStarter(), workerEndpoint());
