/** A client, a role that holds no share, at work in its worker. */
import type { Disclosed } from '../party/disclosures.js';
import { emptyTotals, type LedgerTotals } from '../party/ledger.js';
import { type ClientContext, runClientCommand } from './client-commands.js';
import type { CommandName, ResultOf } from './command.js';
import type { Entry } from './commands.js';
import { Role, type RoleParts } from './role.js';

export class ClientRole extends Role {
  readonly #context: ClientContext;

  constructor(parts: RoleParts, context: ClientContext) {
    super(parts);
    this.#context = context;
  }

  protected runOne(entry: Entry): ResultOf<CommandName> {
    return runClientCommand(this.#context, entry);
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
