/** What runs each command at a role that computes. */

import { checkpointCommands } from './checkpoint-commands.js';
import type {
  Command,
  CommandName,
  Operation,
  OperationName,
  OtherName,
  PayloadOf,
  ResultOf,
} from './command.js';
import { loadedValue, type RoleContext } from './context.js';
import { dataCommands } from './data-commands.js';
import { modelCommands } from './model-commands.js';
import { operations as allOperations } from './operations/operations.js';
import { type RunnerTable, table } from './runner.js';
import { tapeCommands } from './tape-commands.js';

const operations = table(allOperations);

const others: RunnerTable<RoleContext, OtherName> = table({
  ...dataCommands,
  ...modelCommands,
  ...checkpointCommands,
  ...tapeCommands,
  sync: () => undefined,
});

/** A command with what one role brings to it. */
export type Entry<N extends CommandName = CommandName> = {
  readonly [K in N]: {
    readonly name: K;
    readonly command: Command<K>;
    readonly payload: PayloadOf<K> | undefined;
  };
}[N];

/** Whether there is a command of this name. */
export const isCommand = (name: string): name is CommandName => name in operations || name in others;

const isOperation = (entry: Entry): entry is Entry<OperationName> => entry.name in operations;

/** Runs one command; what it returns goes back to the session. */
export function runCommand(context: RoleContext, entry: Entry): ResultOf<CommandName> {
  return isOperation(entry) ? runOperation(context, entry.command) : runOther(context, entry);
}

function runOperation<N extends OperationName>(context: RoleContext, operation: Operation<N>): undefined {
  const operands = operation.in.map((number) => loadedValue(context, number));
  context.values.set(operation.out, operations[operation.name](context.rt, operands, operation.args));
}

function runOther<N extends OtherName>(context: RoleContext, entry: Entry<N>): ResultOf<N> {
  return others[entry.name](context, entry.command, entry.payload);
}
