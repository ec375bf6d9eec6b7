#!/usr/bin/env node
/** Entry of the command `beaverdam`. */
import { runProgram } from './program.js';
import { exitCodes, UsageError } from './usage.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.done);
});

try {
  process.exitCode = await runProgram(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`beaverdam: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}
