/** Pages with figures, as commands write them. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { JobError } from '../errors.js';
import { missingPackages } from '../report/drawing.js';
import { reportPage } from '../report/page.js';
import type { RunData } from '../report/run-data.js';
import { checkFile } from './inputs.js';
import { UsageError } from './usage.js';

/**
 * Looks whether a page can be drawn and written there, before anything runs.
 * @param name the command's and the option's, for messages
 * @throws UsageError for a folder, where there is no folder for it, and where packages that draw are not installed
 */
export async function checkPage(name: string, path: string): Promise<void> {
  await checkFile(name, path);
  const missing = await missingPackages();
  if (missing.length > 0) {
    throw new UsageError(
      `${name}: figures need packages that are not installed: npm install ${missing.join(' ')}`,
    );
  }
}

/** @throws JobError where it cannot be written */
export const writePage = async (path: string, runs: readonly RunData[]): Promise<void> =>
  writeHtml(path, await reportPage(runs));

/** As a whole or not at all. @throws JobError where it cannot be written */
export async function writeHtml(path: string, page: string): Promise<void> {
  const beside = `${path}.part`;
  try {
    await writeFile(beside, page);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new JobError(`cannot write ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}
