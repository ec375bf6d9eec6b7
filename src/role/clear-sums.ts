/** The sums of an epoch or an evaluation, from the values that are disclosed together: losses, hits, alarms. */
import type { ClearWords } from '../protocol/reveal.js';
import type { ClearSums } from './command.js';

/**
 * @param metrics how many metrics there are
 * @param sites those that the alarms are of, where there are any
 */
export function clearSums(
  [low, high, ...rest]: readonly ClearWords[],
  metrics: number,
  sites: readonly number[] | undefined,
): ClearSums {
  const alarms = sites && { sites, words: rest[metrics].words };
  return { loss: { low, high }, hits: rest.slice(0, metrics), alarms: alarms ?? null };
}
