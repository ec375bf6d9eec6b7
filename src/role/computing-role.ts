/** A role that computes: a party or the provider. */
import type { Disclosed } from '../party/disclosures.js';
import type { LedgerTotals } from '../party/ledger.js';
import type { Secure } from '../party/program.js';
import type { CommandName, ResultOf } from './command.js';
import { commandProgram, type Entry } from './commands.js';
import type { Progress, RoleContext } from './context.js';
import { located, Role, type RoleEntry, type RoleParts } from './role.js';
import { RunnersOnDemand } from './runners.js';

export class ComputingRole extends Role {
  readonly #context: RoleContext;
  readonly #commands = new RunnersOnDemand();
  readonly #finish: () => void;

  /** @param finish see {@link Role.finish} */
  constructor(parts: RoleParts, context: RoleContext, finish: () => void = () => {}) {
    super(parts);
    this.#context = context;
    this.#finish = finish;
  }

  override finish(): void {
    this.#finish();
  }

  override async prepare(batch: readonly RoleEntry[]): Promise<void> {
    try {
      await this.#commands.prepare(batch.map(({ name }) => name));
    } catch (error) {
      throw located(error, `${this.parts.name}, loading what runs ${batch[0]?.name}`);
    }
  }

  /** A command as a program, for whoever runs roles in turn. */
  program(entry: Entry): Secure<ResultOf<CommandName>> {
    return commandProgram(this.#commands.runners, this.#context, entry);
  }

  protected runOne(entry: Entry): ResultOf<CommandName> {
    return this.#context.rt.run(this.program(entry));
  }

  protected reportTo(report: (progress: Progress) => void): void {
    this.#context.report = report;
  }

  get where(): string {
    return `, operation ${this.#context.rt.operation}`;
  }

  totals(): LedgerTotals {
    return this.#context.rt.ledger.totals();
  }

  disclosed(): readonly Disclosed[] {
    return this.#context.rt.disclosures.done;
  }
}
