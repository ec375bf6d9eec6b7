/** Pages with figures, as commands write them. */
import { missingPackages } from '../report/drawing.js';
import { reportPage } from '../report/page.js';
import type { RunData } from '../report/run-data.js';
import { checkFile } from './inputs.js';
import { UsageError } from './usage.js';
import { writeWhole } from './write.js';

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
  writeWhole(path, await reportPage(runs));
