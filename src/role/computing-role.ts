/** A role that computes: a party or the provider. */
import type { Disclosed } from '../party/disclosures.js';
import type { LedgerTotals } from '../party/ledger.js';
import type { CommandName, ResultOf } from './command.js';
import { type Entry, runCommand } from './commands.js';
import type { Progress, RoleContext } from './context.js';
import { Role, type RoleParts } from './role.js';

export class ComputingRole extends Role {
  readonly #context: RoleContext;

  constructor(parts: RoleParts, context: RoleContext) {
    super(parts);
    this.#context = context;
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
