/** Entry of the worker thread that runs all roles of a session in turn. */
import { expose } from 'comlink';
import { bootData, workerEndpoint } from '#host';
import { InTurnStarter } from './in-turn-starter.js';
import type { InTurnBoot } from './roles-in-turn.js';

expose(new InTurnStarter(bootData() as Promise<InTurnBoot>), workerEndpoint());
