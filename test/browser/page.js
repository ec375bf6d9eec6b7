/** What scripts/browser-check.mjs bundles and opens in a browser: leaves what came of it in `globalThis.outcome`. */
import { createSession } from 'beaverdam';
import { loadFashionMnist } from 'beaverdam/data';
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

async function work() {
  const { accuracy, seconds } = await runJob(await wineJob({ ring: 32 }));
  const { train } = await loadFashionMnist({ train: 10, test: 10 });
  return { accuracy, seconds, product: await multiply(), pixels: train.x.length };
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
