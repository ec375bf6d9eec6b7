/** The command `beaverdam`: does what its arguments say. */
import type { Worker } from 'node:worker_threads';
import { keepSpare } from '../../bindings/host/node-spare.js';
import { guardOutput } from './output.js';
import { runProgram } from './program.js';
import { exitCodeOf } from './usage.js';

/** @param spare a thread that is getting ready for the first role to come */
export async function start(spare: Worker | null): Promise<void> {
  guardOutput();
  if (spare) keepSpare(spare);
  try {
    process.exitCode = await runProgram(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`beaverdam: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
