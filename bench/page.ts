/** The same training in a page of Chromium and in Node, in turns. */
import { interleave } from './support/interleave.js';
import { openPage } from './support/page/host.js';
import { pageTrainings } from './support/page/trainings.js';
import { digits, duration, printTable } from './support/table.js';
import { onShares, stepsOf } from './support/trainers.js';

export interface PageBenchOptions {
  /** Timed runs in each place at least, after some that warm up. Default 7. */
  rounds?: number;
}

/** Prints, for each training, the time of a fit in both places and how many times as long the page takes. */
export async function benchPage({ rounds = 7 }: PageBenchOptions = {}): Promise<void> {
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('rounds must be a positive integer');
  const page = await openPage();
  if (!page) {
    console.log('\npage: SKIPPED, for there is no Chromium here (Debian: apt-get install chromium)');
    return;
  }
  try {
    for (const [name, make] of Object.entries(pageTrainings)) {
      const training = await make();
      const shares = await onShares(training);
      const inPage = await page.start(name);
      try {
        const node = { ...shares.runner, name: `in Node ${process.versions.node}` };
        const spreads = await interleave([node, { ...inPage, name: `in ${page.browser}` }], rounds);
        const rows = spreads.map(({ name, median, least, most }) => [
          name,
          duration(median),
          `${duration(least)} – ${duration(most)}`,
          duration(median / stepsOf(training)),
          `${digits(median / spreads[0].median)}×`,
        ]);
        printTable(training.title, ['fit', 'median', 'least – most', 'a step', "of Node's"], rows);
      } finally {
        await inPage.close();
        await shares.session.close();
      }
    }
  } finally {
    await page.close();
  }
}
