/** The role of a worker thread that may be started before it is known which. */
import { RunnersOnDemand } from './runners.js';
import { startRole } from './start.js';
import { exposeRole } from './starter.js';

exposeRole(startRole);

/** Loads what trainings take, while nothing is asked yet. */
export const prepare = (): Promise<void> => new RunnersOnDemand().prepare(['fitEpoch']);
