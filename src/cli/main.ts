#!/usr/bin/env node
/** Entry of the command `beaverdam`: start.ts, in a checkout as the build has joined it with what it imports. */
import { prepareV8, runJoined } from '../../bindings/host/node-code.js';
import { startSpare } from '../../bindings/host/node-spare.js';
import { wantsSpare } from './spare.js';

prepareV8();
const spare = wantsSpare(process.argv.slice(2)) ? startSpare() : null;
const { start } = runJoined<typeof import('./start.js')>('start')?.exports ?? (await import('./start.js'));
await start(spare);
