/** How commands are run: one function a name, of the command and of what this role alone brings. */
import type { Secure } from '../party/program.js';
import type { Command, CommandName, PayloadOf, ResultOf } from './command.js';

/** What a command returns, where it returns something. */
// biome-ignore lint/suspicious/noConfusingVoidType: of functions and programs without a result
type Outcome<N extends CommandName> = ResultOf<N> extends undefined ? void : ResultOf<N>;

/** A command is run at once, or by a program. */
export type Runner<Context, N extends CommandName> = (
  context: Context,
  command: Command<N>,
  payload: PayloadOf<N> | undefined,
) => Outcome<N> | Secure<Outcome<N>>;

/** A runner for each of these names. */
export type RunnerTable<Context, N extends CommandName> = { readonly [K in N]: Runner<Context, K> };

/** A table without a prototype: it has no names but its own. */
export const table = <T extends object>(entries: T): T => Object.assign(Object.create(null), entries);
