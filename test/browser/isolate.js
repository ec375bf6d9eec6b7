/**
 * A page whose host sends no headers: the address says what is asked of `isolate`, and of which other origin a file is wanted. Once the page
 * is isolated it trains Wine and Fashion-MNIST.
 */
import { isolate } from 'beaverdam/isolation';
import { runJob, wineJob } from 'beaverdam/jobs';
import { trainFashion } from './fashion.js';

const { other, ...options } = Object.fromEntries(new URLSearchParams(location.search));

async function work() {
  const { accuracy } = await runJob(await wineJob({ ring: 32 }));
  const fashion = (await trainFashion()).accuracy;
  const { controller } = navigator.serviceWorker;
  const opaque = other ? (await fetch(other, { mode: 'no-cors' })).type : null;
  return {
    accuracy,
    fashion,
    opaque,
    isolated: globalThis.crossOriginIsolated,
    controlled: controller !== null,
  };
}

/** Set when the page is isolated or cannot be; a page that is about to be reloaded has none. */
isolate(options).then(
  () => {
    globalThis.outcome = work().catch((error) => ({ error: String(error) }));
  },
  (error) => {
    globalThis.outcome = { error: String(error) };
  },
);
