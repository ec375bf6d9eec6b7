#!/usr/bin/env node
/** Entry of the command `beaverdam`: start.ts, in a checkout as the build has joined it with what it imports (scripts/join-command.mjs). */
import { existsSync } from 'node:fs';

const joined = new URL('../../command/start.js', import.meta.url);
if (existsSync(joined)) await import(joined.href);
else await import('./start.js');
