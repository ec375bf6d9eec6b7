/**
 * Builds the demo and serves it to browsers on this machine, with the two headers that shared memory needs.
 *
 *     node scripts/demo.mjs [PORT]    default 8080, or one that is free where it is taken
 */

import { serve } from './browser/serve.mjs';
import { buildDemo } from './demo/build.mjs';

const port = Number(process.argv[2] ?? 8080);
if (!(Number.isInteger(port) && port >= 0 && port < 65536)) {
  console.error('demo: the port must be a number from 0 to 65535');
  process.exit(2);
}

const { out, warnings } = await buildDemo();
for (const warning of warnings) console.error(warning);
const server = await serve(out, true, port).catch((error) => {
  if (error.code !== 'EADDRINUSE' || process.argv[2] !== undefined) throw error;
  return serve(out, true);
});
console.log(`The demo is at ${server.url} until you press Ctrl-C.`);
