/** How each command is run at a role that computes. */
import { completed, type Secure } from '../party/program.js';
import type {
  Command,
  CommandName,
  Operation,
  OperationName,
  OtherName,
  PayloadOf,
  ResultOf,
} from './command.js';
import { isOperationName } from './command-groups.js';
import { loadedValue, type RoleContext } from './context.js';
import type { OperationTable } from './operations/table.js';
import type { RunnerTable } from './runner.js';

/** A command with what one role brings to it. */
export type Entry<N extends CommandName = CommandName> = {
  readonly [K in N]: {
    readonly name: K;
    readonly command: Command<K>;
    readonly payload: PayloadOf<K> | undefined;
  };
}[N];

/** What runs operations and other commands, by name. */
export interface Runners {
  readonly operations: OperationTable;
  readonly others: RunnerTable<RoleContext, OtherName>;
}

const isOperation = (entry: Entry): entry is Entry<OperationName> => isOperationName(entry.name);

/** The program of one command; what it returns goes back to the session. */
export function commandProgram(
  runners: Runners,
  context: RoleContext,
  entry: Entry,
): Secure<ResultOf<CommandName>> {
  return isOperation(entry)
    ? operationProgram(runners, context, entry.command)
    : otherProgram(runners, context, entry);
}

function* operationProgram<N extends OperationName>(
  { operations }: Runners,
  context: RoleContext,
  operation: Operation<N>,
): Secure<undefined> {
  const operands = operation.in.map((number) => loadedValue(context, number));
  const value = yield* completed(operations[operation.name](context.rt, operands, operation.args));
  context.values.set(operation.out, value);
}

function* otherProgram<N extends OtherName>(
  { others }: Runners,
  context: RoleContext,
  entry: Entry<N>,
): Secure<ResultOf<N>> {
  return (yield* completed(others[entry.name](context, entry.command, entry.payload))) as ResultOf<N>;
}
