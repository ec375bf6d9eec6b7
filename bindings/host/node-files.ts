/** Files that outlive a process, in Node: written beside and renamed, so that a name holds the old bytes or the new ones. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Files } from './types.js';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Makes a rename in `folder` last; where folders cannot be opened (Windows), the system sees to it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  try {
    await handle?.sync();
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  } finally {
    await handle?.close();
  }
}

export const nodeFiles: Files = {
  async list(folder) {
    try {
      return await readdir(folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },

  read: async (folder, name) => new Uint8Array(await readFile(join(folder, name))),

  async replace(folder, name, bytes) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const beside = join(folder, `${name}.part`);
    await rm(beside, { force: true }); // what a process that was killed has left
    try {
      const handle = await open(beside, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(beside, join(folder, name));
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    await syncFolder(folder);
  },

  async tryOut(folder, name) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const beside = join(folder, `${name}.try`);
    await rm(beside, { force: true });
    await (await open(beside, 'wx', 0o600)).close();
    await rm(beside);
  },

  async rename(folder, from, to) {
    await rename(join(folder, from), join(folder, to));
    await syncFolder(folder);
  },

  remove: (folder, name) => rm(join(folder, name), { force: true }),
};
