/** Entry of the worker thread of a role that computes. */
import { startRole } from './start.js';
import { exposeRole } from './starter.js';

exposeRole(startRole);
