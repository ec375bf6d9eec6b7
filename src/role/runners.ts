/** What runs commands: all of it at once, or as commands come. */
import type { CommandName } from './command.js';
import { type CommandGroup, groupOf } from './command-groups.js';
import type { Runners } from './commands.js';
import { dataCommands } from './data-commands.js';
import { arithmetic } from './operations/arithmetic.js';
import { table } from './runner.js';

type Later = Exclude<CommandGroup, 'arithmetic' | 'data'>;

/** A bundler makes a file of each, which is loaded when it is called for. */
const modules: { readonly [G in Later]: () => Promise<object> } = {
  comparisons: async () => (await import('./operations/comparisons.js')).comparisons,
  functions: async () => (await import('./operations/functions.js')).functions,
  models: async () => (await import('./model-runners.js')).models,
};

const isLater = (group: CommandGroup): group is Later => Object.hasOwn(modules, group);

/** Runners of the commands that have been called for. */
export class RunnersOnDemand {
  readonly #loaded = new Set<CommandGroup>(['arithmetic', 'data']);
  /** A command that is not there yet is not run: {@link prepare} comes first. */
  readonly runners = {
    operations: table({ ...arithmetic }),
    others: table({ ...dataCommands }),
  } as unknown as Runners;

  /** Loads what these commands take. */
  async prepare(names: Iterable<CommandName>): Promise<void> {
    for (const name of names) {
      const group = groupOf(name);
      if (this.#loaded.has(group) || !isLater(group)) continue;
      const runners = await modules[group]();
      Object.assign(group === 'models' ? this.runners.others : this.runners.operations, runners);
      this.#loaded.add(group);
    }
  }
}
