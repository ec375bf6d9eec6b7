/** A client, a role that holds no share, at work in its worker. */
import type { Disclosed } from '../party/disclosures.js';
import { emptyTotals, type LedgerTotals } from '../party/ledger.js';
import type { Secure } from '../party/program.js';
import { type ClientContext, clientProgram } from './client-commands.js';
import type { CommandName, ResultOf } from './command.js';
import type { Entry } from './commands.js';
import { Role, type RoleParts } from './role.js';

export class ClientRole extends Role {
  readonly #context: ClientContext;

  constructor(parts: RoleParts, context: ClientContext) {
    super(parts);
    this.#context = context;
  }

  /** A command as a program, for whoever runs roles in turn. */
  program(entry: Entry): Secure<ResultOf<CommandName>> {
    return clientProgram(this.#context, entry);
  }

  protected runOne(entry: Entry): ResultOf<CommandName> {
    const program = this.program(entry);
    for (;;) {
      const step = program.next(); // its links wait by themselves
      if (step.done) return step.value;
    }
  }

  protected reportTo(): void {}

  get where(): string {
    return '';
  }

  totals(): LedgerTotals {
    return emptyTotals();
  }

  disclosed(): readonly Disclosed[] {
    return this.#context.endpoint.disclosures.done;
  }
}
