/**
 * Commands: what the session asks of the roles. Every role gets the same list and runs it in the same order; only
 * an owner's payload differs. A command names values by the numbers that the session gave them.
 */
import { functionCommands } from './function-commands.js';
import { modelCommands } from './model-commands.js';
import type { RoleContext } from './role.js';
import { tensorCommands } from './tensor-commands.js';

export interface Command {
  readonly name: string;
  /** Number of the value or model that the command makes. */
  readonly out?: number;
  /** Numbers of the values that it reads. */
  readonly in?: readonly number[];
  /** Public arguments. */
  readonly args?: unknown;
}

/** Runs one command at a role; what it returns goes back to the session. */
export type CommandRunner = (context: RoleContext, command: Command, payload: unknown) => unknown;

const commands: Readonly<Record<string, CommandRunner>> = {
  ...tensorCommands,
  ...functionCommands,
  ...modelCommands,
};

/** What runs a command of this name. @throws TypeError where there is none */
export function commandNamed(name: string): CommandRunner {
  if (Object.hasOwn(commands, name)) return commands[name];
  throw new TypeError(`no command named ${JSON.stringify(name)}`);
}
