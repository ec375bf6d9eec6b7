/** All commands on models: what they take is the trainer, which a role loads when the first of them comes. */
import { checkpointCommands } from './checkpoint-commands.js';
import type { OthersIn } from './command-groups.js';
import type { RoleContext } from './context.js';
import { modelCommands } from './model-commands.js';
import type { RunnerTable } from './runner.js';
import { tapeCommands } from './tape-commands.js';

export const models: RunnerTable<RoleContext, OthersIn<'models'>> = {
  ...modelCommands,
  ...checkpointCommands,
  ...tapeCommands,
};
