/**
 * Runs one test file with uvu and tells the parent process (test.mjs) what came of each suite.
 *
 * uvu's own `exec` reports only to the terminal and exits with 0 when there was nothing to run; this walks the
 * same queue and sends the counts instead.
 */
import { pathToFileURL } from 'node:url';

globalThis.UVU_DEFER = 1;
globalThis.UVU_INDEX = 0;
globalThis.UVU_QUEUE = [[]];
await import(pathToFileURL(process.argv[2]).href);

for (const run of globalThis.UVU_QUEUE[0]) {
  const [errors, passed, skipped, total] = await run();
  if (typeof errors === 'string') process.stdout.write(`\n${errors}\n`);
  else if (passed < total)
    process.stdout.write('\na before, after or after.each hook failed (uvu hides its error)\n');
  process.send({ passed, failed: total - passed, skipped });
}
process.send({ done: true });
