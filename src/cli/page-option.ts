/** The option of trainings for a page with figures; what draws it is loaded where it is asked for. */
import type { RunData } from '../report/run-data.js';
import { text } from './options.js';

/** The option of a training. */
export const report = text('write the run and its figures to FILE, an HTML page', 'FILE');

/**
 * What a training does with its numbers: nothing, or a page of them.
 * @throws UsageError where no page can be drawn and written there
 */
export async function pageOutput(name: string, path: string | undefined, json: boolean) {
  if (path === undefined) return {};
  const { checkPage, writePage } = await import('./page.js');
  await checkPage(`${name}: --report`, path);
  return {
    onData: async (data: RunData): Promise<void> => {
      await writePage(path, [data]);
      if (!json) process.stdout.write(`\nfigures: ${path}\n`);
    },
  };
}
