/** Whether a command line is worth a role's thread of its own, which gets ready while the command loads what it needs. */
import { availableParallelism } from 'node:os';

/**
 * Trainings of many large steps. The thread takes a tenth of a second of another core, and a hundredth of the command's own: more
 * than it saves where steps are as small as those of Wine.
 */
export const wantsSpare = (args: readonly string[]): boolean =>
  args[0] === 'train' &&
  args[1] === 'fashion-mnist' &&
  !args.includes('--help') &&
  availableParallelism() > 1;
