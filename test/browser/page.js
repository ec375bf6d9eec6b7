/** What scripts/browser-check.mjs bundles and opens in a browser: leaves what came of it in `globalThis.outcome`. */
import { createSession } from 'beaverdam';
import { loadFashionMnist, readTable, toInputs } from 'beaverdam/data';
import { runJob, wineJob } from 'beaverdam/jobs';

/** A product large enough for a helper thread; every number of it is 48. */
async function multiply() {
  const session = await createSession({ ring: 32, threads: 1 });
  try {
    const side = 192;
    const x = session.share(Array(side * side).fill(1), { shape: [side, side] });
    const y = session.share(Array(side * side).fill(0.25), { shape: [side, side] });
    x.matmul(y).dispose();
    await session.ready();
    return [...new Set(await x.matmul(y).slice([0, 0], [4, 4]).reveal())];
  } finally {
    await session.close();
  }
}

/** A gzipped file as a page gets it from its user: 3,000 rows with a text column. */
async function readFile() {
  const text = `a,b\n${'1,x\n2,"y,\nz"\n0.5,x\n'.repeat(1000)}`;
  const zipped = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  const table = await readTable(new File([await new Response(zipped).blob()], 'rows.csv.gz'));
  return toInputs(table).reduce((sum, value) => sum + value, 0);
}

async function work() {
  const { accuracy, seconds } = await runJob(await wineJob({ ring: 32 }));
  const { train } = await loadFashionMnist({ train: 10, test: 10 });
  return { accuracy, seconds, product: await multiply(), pixels: train.x.length, cells: await readFile() };
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
