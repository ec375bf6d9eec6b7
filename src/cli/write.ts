/** Files that commands write where the user has said. */
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { files } from '#host';
import { JobError, reasonOf } from '../errors.js';

/**
 * Writes a file as a whole or not at all; through a link, and into a pipe or a device as what it is.
 * @param own whether it is for the user alone to read
 * @throws JobError where it cannot be written
 */
export async function writeWhole(path: string, text: string, own = false): Promise<void> {
  try {
    const found = await stat(path).catch(() => null);
    if (found && !found.isFile()) await writeFile(path, text);
    else {
      const target = found ? await realpath(path) : path;
      if (own) await files?.replace(dirname(target), basename(target), new TextEncoder().encode(text));
      else await replace(target, text);
    }
  } catch (error) {
    throw new JobError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.part`;
  try {
    await writeFile(beside, text);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
