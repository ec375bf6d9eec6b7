/** A page without isolation, in which all roles take turns in one worker: for scripts/browser-check.mjs. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LEAST_FASHION } from './trained.mjs';

/** What whoever insists on threads is told. */
const NAMED = [
  'JobError: createSession: ',
  'Cross-Origin-Opener-Policy: same-origin',
  'Cross-Origin-Embedder-Policy: require-corp',
  'docs/isolation.md',
];

/** @param open opens the page `turns.html` of a host that sends no headers, and tells what came of it */
export async function checkTurns(project, least, open) {
  const { trainSeeded } = await import(pathToFileURL(join(project, 'seeded.js')));
  const wanted = await trainSeeded();
  const { outcome, workers, complaints } = await open();
  if (outcome.error) throw new Error(outcome.error);
  const { refused, weights, accuracy, seconds, fashion } = outcome;
  const told = complaints.length === 1 && complaints[0].startsWith('beaverdam: all roles take turns');
  if (!told) throw new Error(`not one line, once: ${complaints.join('\n')}`);
  if (!NAMED.every((text) => refused.includes(text))) throw new Error(refused);
  if (weights.join() !== wanted.join()) throw new Error(`the weights are ${weights}, and ${wanted} in Node`);
  if (!(accuracy >= least)) throw new Error(`Wine ended with an accuracy of ${accuracy}, below ${least}`);
  if (!(fashion >= LEAST_FASHION)) throw new Error(`Fashion-MNIST ended with an accuracy of ${fashion}`);
  if (workers.length !== 3 || !workers.every((name) => name.includes('turn'))) {
    throw new Error(`started ${workers.length} workers: ${workers.join(', ')}`);
  }
  return `the weights are Node's, accuracy ${(100 * accuracy).toFixed(1)} % after ${seconds.toFixed(2)} s of training, Fashion-MNIST ${(100 * fashion).toFixed(1)} %`;
}
