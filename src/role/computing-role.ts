/** A role that computes: a party or the provider. */
import type { Disclosed } from '../party/disclosures.js';
import type { LedgerTotals } from '../party/ledger.js';
import type { CommandName, ResultOf } from './command.js';
import { type Entry, runCommand } from './commands.js';
import type { Progress, RoleContext } from './context.js';
import { Role, type RoleParts } from './role.js';

export class ComputingRole extends Role {
  readonly #context: RoleContext;
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

  protected runOne(entry: Entry): ResultOf<CommandName> {
    return runCommand(this.#context, entry);
  }

  protected reportTo(report: (progress: Progress) => void): void {
    this.#context.report = report;
  }

  protected get where(): string {
    return `, operation ${this.#context.rt.operation}`;
  }

  totals(): LedgerTotals {
    return this.#context.rt.ledger.totals();
  }

  disclosed(): readonly Disclosed[] {
    return this.#context.rt.disclosures.done;
  }
}
