/** What runs every command, for whoever goes through programs without waiting. */
import type { Runners } from './commands.js';
import { dataCommands } from './data-commands.js';
import { models } from './model-runners.js';
import { arithmetic } from './operations/arithmetic.js';
import { comparisons } from './operations/comparisons.js';
import { functions } from './operations/functions.js';
import { table } from './runner.js';

export const allRunners: Runners = {
  operations: table({ ...arithmetic, ...comparisons, ...functions }),
  others: table({ ...dataCommands, ...models }),
};
