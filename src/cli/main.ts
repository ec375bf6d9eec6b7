#!/usr/bin/env node
/** Entry of the command `beaverdam`. */
import { guardOutput } from './output.js';
import { runProgram } from './program.js';
import { exitCodes, UsageError } from './usage.js';

guardOutput();

try {
  process.exitCode = await runProgram(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`beaverdam: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}
