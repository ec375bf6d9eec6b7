/** A model owner that is no party, at work in its worker. */
import type { Disclosed } from '../party/disclosures.js';
import { emptyTotals, type LedgerTotals } from '../party/ledger.js';
import type { CommandName, ResultOf } from './command.js';
import type { Entry } from './commands.js';
import { type OwnerContext, runOwnerCommand } from './owner-commands.js';
import { Role, type RoleParts } from './role.js';

export class OwnerRole extends Role {
  readonly #context: OwnerContext;

  constructor(parts: RoleParts, context: OwnerContext) {
    super(parts);
    this.#context = context;
  }

  protected runOne(entry: Entry): ResultOf<CommandName> {
    return runOwnerCommand(this.#context, entry);
  }

  protected reportTo(): void {}

  protected get where(): string {
    return '';
  }

  totals(): LedgerTotals {
    return emptyTotals();
  }

  disclosed(): readonly Disclosed[] {
    return this.#context.endpoint.disclosures.done;
  }
}
