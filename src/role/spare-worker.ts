/** Entry of a role's worker thread that is started before it is known which role's it is: it loads what trainings take, and waits. */
import { RunnersOnDemand } from './runners.js';
import { startRole } from './start.js';
import { exposeRole } from './starter.js';

exposeRole(startRole);
await new RunnersOnDemand().prepare(['fitEpoch']);
