/** The sums of an epoch or an evaluation, from the values that are disclosed together: losses, hits, scores, alarms. */
import { openedOfScore, type Score } from '../model/scores.js';
import type { ClearWords } from '../protocol/reveal.js';
import type { ClearSums } from './command.js';

/**
 * @param metrics how many metrics there are
 * @param asked the scores
 * @param sites those that the alarms are of, where there are any
 */
export function clearSums(
  [low, high, ...rest]: readonly ClearWords[],
  metrics: number,
  asked: readonly Score[],
  sites: readonly number[] | undefined,
): ClearSums {
  let next = metrics;
  const scores = asked.map(({ name, classes }) => openedOfScore[name](classes).map(() => rest[next++]));
  const alarms = sites && { sites, words: rest[next].words };
  return { loss: { low, high }, hits: rest.slice(0, metrics), scores, alarms: alarms ?? null };
}
