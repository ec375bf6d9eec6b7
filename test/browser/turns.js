/** A page without isolation: roles take turns by themselves, and whoever insists on threads is told what is missing. */
import { createSession } from 'beaverdam';
import { runJob, wineJob } from 'beaverdam/jobs';
import { trainFashion } from './fashion.js';
import { trainSeeded } from './seeded.js';

async function work() {
  const refused = await createSession({ mode: 'parallel' }).catch((error) => String(error));
  const weights = await trainSeeded();
  const { accuracy, seconds } = await runJob(await wineJob({ ring: 32 }));
  const fashion = (await trainFashion()).accuracy;
  return { refused, weights, accuracy, seconds, fashion };
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
