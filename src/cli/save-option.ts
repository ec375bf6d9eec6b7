/** The option of trainings for a folder that keeps the model. */
import { readdir } from 'node:fs/promises';
import { checkParent } from './inputs.js';
import { text } from './options.js';
import { UsageError } from './usage.js';

/** Where a command keeps the model. */
export const saveOption = text(
  'folder for the trained model, which must be empty or not there yet',
  'DIR',
  'not kept',
);

/**
 * Looks whether a model can be written there, before anything runs.
 * @param name the command's and the option's
 * @throws UsageError for a file, a folder with something in it, and where there is no folder for it
 */
export async function checkModelFolder(name: string, dir: string): Promise<void> {
  const found = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(`${name}: ${dir} is ${error.code === 'ENOTDIR' ? 'no folder' : 'not readable'}`);
  });
  if (found.length > 0) throw new UsageError(`${name}: ${dir} is not empty; nothing was written`);
  await checkParent(name, dir);
}
