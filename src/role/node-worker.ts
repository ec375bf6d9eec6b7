/** Entry of a role's worker thread in Node that may be started before it is known which role's it is: node-role.ts, in a checkout joined. */
import { workerData } from 'node:worker_threads';
import { runJoined } from '../../bindings/host/node-code.js';

const role = runJoined<typeof import('./node-role.js')>('role')?.exports ?? (await import('./node-role.js'));
if (workerData?.windows) await role.serveAwaiting();
else role.serve();
if (workerData === null) await role.prepare();
