/** Trainings whose outcome is known: the weights of one with known seeds, and how well Fashion-MNIST is learnt. */
import { trainFashion } from './fashion.js';
import { trainSeeded } from './seeded.js';

async function work() {
  const weights = [await trainSeeded('parallel'), await trainSeeded('parties-in-turn')];
  const { accuracy, seconds } = await trainFashion();
  return { weights, accuracy, seconds };
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
