/** The role of a worker thread that may be started before it is known which. */
import { RunnersOnDemand } from './runners.js';
import { startRole } from './start.js';
import { exposeRole } from './starter.js';

/** A role with its thread to itself. */
export const serve = (): void => exposeRole(startRole);

/** A party that keeps its links itself. */
export async function serveAwaiting(): Promise<void> {
  await import('./awaiting-worker.js');
}

/** Loads what trainings take, while nothing is asked yet. */
export const prepare = (): Promise<void> => new RunnersOnDemand().prepare(['fitEpoch']);
