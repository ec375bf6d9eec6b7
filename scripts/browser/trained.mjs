/** Trainings in a page whose outcome is known: for scripts/browser-check.mjs. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What Fashion-MNIST must reach on its 1,000 test images after 3 epochs of 640. */
export const LEAST_FASHION = 0.65;

/**
 * Trains in the page, and in Node what must come out alike, from the same module.
 * @param open opens the page `trained.html`, and tells what came of it
 */
export async function checkTrained(project, open) {
  const { trainSeeded } = await import(pathToFileURL(join(project, 'seeded.js')));
  const wanted = await trainSeeded();
  const { outcome, complaints } = await open();
  if (outcome.error || complaints.length > 0) throw new Error([outcome.error, ...complaints].join('\n'));
  const { weights, accuracy, seconds } = outcome;
  for (const own of weights) {
    if (wanted.length === 4 && own.join() === wanted.join()) continue;
    throw new Error(`the weights of a training with known seeds are ${own}, and ${wanted} in Node`);
  }
  if (weights.length !== 2) throw new Error('the page has not trained in both modes');
  if (!(accuracy >= LEAST_FASHION))
    throw new Error(`Fashion-MNIST ended with an accuracy of ${accuracy}, below ${LEAST_FASHION}`);
  return `the weights of Wine are Node's, Fashion-MNIST ${(100 * accuracy).toFixed(1)} % after ${seconds.toFixed(1)} s`;
}
