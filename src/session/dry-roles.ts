/**
 * What a program discloses, before anything is shared: the program runs on a session without roles, in which commands are
 * gone through without numbers, and what would become clear is listed.
 */
import { JobError } from '../errors.js';
import { clientsOf } from '../party/agreement.js';
import type { Disclosed } from '../party/disclosures.js';
import { DryRuntime } from '../party/dry.js';
import type { LedgerTotals } from '../party/ledger.js';
import { allRunners } from '../role/all-runners.js';
import type { AnyCommand, Command, CommandName, Operation, OperationName } from '../role/command.js';
import { commandProgram, type Entry } from '../role/commands.js';
import type { RoleContext } from '../role/context.js';
import type { Results } from '../role/roles.js';
import { RoleValues } from '../role/values.js';
import { resolveOptions, type SessionOptions, type Settings } from './options.js';
import { Session } from './session.js';
import type { SessionRoles } from './session-roles.js';

const nothing = <T>(): Promise<ReadonlyMap<string, T>> => Promise.resolve(new Map());

/** Roles of which none is here and none works. */
export class DryRoles implements SessionRoles {
  ended = false;
  readonly checkpointsElsewhere = new Map();
  #next = 1;
  readonly #left = new Set<string>();
  /** Commands so far, and those in which keys are renewed. */
  readonly commands = { all: 0, renewals: 0 };
  readonly #context: RoleContext;
  readonly runtime: DryRuntime;

  constructor(
    readonly settings: Settings,
    readonly taped = false,
  ) {
    const { parties, provider, owner, ring, fractionBits, fewRounds } = settings;
    const names = { parties, provider, clients: clientsOf(settings), taped };
    this.runtime = new DryRuntime({ ring, fractionBits, parties: parties.length, fewRounds }, names);
    this.#context = {
      rt: this.runtime,
      owner,
      values: new RoleValues(this.runtime.heap),
      models: new Map(),
      report: () => {},
    };
  }

  get done(): readonly Disclosed[] {
    return this.#context.rt.disclosures.done;
  }

  /** What the provider would deal so far: bytes and frames. */
  get dealt(): { readonly bytes: number; readonly frames: number } {
    return { bytes: this.runtime.ledger.totals().dealt, frames: this.runtime.dealt };
  }

  isHere(): boolean {
    return false;
  }

  hasLeft(role: string): boolean {
    return this.#left.has(role);
  }

  async leave(client: string): Promise<boolean> {
    this.#run({ name: 'leave', args: { client } });
    this.#left.add(client);
    return false;
  }

  number(): number {
    return this.#next++;
  }

  operate<N extends OperationName>(operation: Operation<N>): void {
    this.#run(operation);
  }

  send<N extends CommandName>(command: Command<N>): void {
    this.#run(command);
  }

  async call<N extends CommandName>(command: Command<N>): Promise<Results<N>> {
    this.#run(command);
    return new Map();
  }

  #run(command: AnyCommand): void {
    if (this.ended) throw new JobError('the session is closed');
    if (command.name !== 'sync') this.commands.all++;
    if (command.name === 'renewModel') this.commands.renewals++;
    // command and payload, of which there is none, are of one name
    const entry = { name: command.name, command, payload: undefined } as Entry;
    this.runtime.run(commandProgram(allRunners, this.#context, entry));
  }

  flush(): void {}

  totals = nothing;
  memoryUse = nothing;
  transcripts = nothing;
  times = nothing;

  async disclosed(): Promise<ReadonlyMap<string, readonly Disclosed[]>> {
    return new Map([['', this.done]]);
  }

  kill(): void {}

  async close(): Promise<void> {
    this.ended = true;
  }

  async fail(): Promise<void> {
    this.ended = true;
  }
}

/**
 * What a program discloses, and to whom: each label and reader once, in the order in which they come, with how many numbers
 * and how often. The program is run as it is where none of its roles is: `isHere` is false for all, so it shares null with
 * shapes, and what is revealed is null. Nothing is computed and nothing is sent. A role can be given the list, as the
 * session option `discloses`, and refuses everything else.
 * @param options those of the session
 * @throws what the program throws
 */
export async function listDisclosures(
  program: (session: Session) => Promise<unknown>,
  options: SessionOptions = {},
): Promise<readonly Disclosed[]> {
  return (await dryRunOf(program, options)).disclosed;
}

/** What a program discloses and costs, before anything is shared. */
export interface ProgramCosts {
  readonly disclosed: readonly Disclosed[];
  /** Rounds, and bytes of the last party, but for what is dealt: that is all that the provider sends. */
  readonly totals: LedgerTotals;
  /** Bytes dealt to the party that is dealt most. */
  readonly line: number;
  /** Multiply-adds of ring words at a party. */
  readonly multiplyAdds: number;
  /** The most bytes of values that a party holds at once, shared rows included, before an allocator rounds blocks up. */
  readonly peakBytes: number;
}

/** Goes through a program as {@link listDisclosures} does, and counts. */
export async function dryRunOf(
  program: (session: Session) => Promise<unknown>,
  options: SessionOptions = {},
): Promise<ProgramCosts> {
  const taped = options.tape !== undefined || options.deal !== undefined;
  const roles = new DryRoles({ ...resolveOptions(options, 1), here: [] }, taped);
  const session = Session.of(roles);
  try {
    await program(session);
  } finally {
    await session.close();
  }
  const { ledger, lines, multiplyAdds, peakBytes } = roles.runtime;
  const line = Math.max(...lines);
  return { disclosed: roles.done, totals: ledger.totals(), line, multiplyAdds, peakBytes };
}
