/** Trainings whose outcome is known: the weights of one with known seeds, and how well Fashion-MNIST is learnt. */
import { fashionMnistJob, runJob } from 'beaverdam/jobs';
import { trainSeeded } from './seeded.js';

async function work() {
  const weights = await trainSeeded();
  const { accuracy, seconds } = await runJob(await fashionMnistJob({ images: 640, epochs: 3, ring: 32 }));
  return { weights, accuracy, seconds };
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
