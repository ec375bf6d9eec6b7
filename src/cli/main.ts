#!/usr/bin/env node
/** Entry of the command `beaverdam`: start.ts, in a checkout as the build has joined it with what it imports (scripts/join-command.mjs). */
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { startSpare } from '../../bindings/host/node-spare.js';
import { wantsSpare } from './spare.js';

/**
 * Node 20 optimises functions early; here they are to have run for seven times as long. Most of a short training's would be optimised, and
 * again when numbers of another kind come by, for fewer calls than that takes; the work is the kernels', and long trainings lose
 * nothing. Later versions, which do not know this flag, wait longer by themselves.
 */
if (process.versions.v8?.startsWith('11.')) setFlagsFromString('--interrupt-budget=500000');

/** Defined in the package, which has no joined command. */
declare const PACKAGED: unknown;

/** The command as the build has joined it; null where it has not. */
function joinedCommand(): URL | null {
  const joined = new URL('../../command/start.js', import.meta.url);
  return existsSync(joined) ? joined : null;
}

const spare = wantsSpare(process.argv.slice(2)) ? startSpare() : null;
const joined = typeof PACKAGED === 'undefined' ? joinedCommand() : null;
const { start }: typeof import('./start.js') = joined
  ? await import(joined.href)
  : await import('./start.js');
await start(spare);
