/** The command `beaverdam`: does what its arguments say. */
import { guardOutput } from './output.js';
import { runProgram } from './program.js';
import { exitCodeOf } from './usage.js';

guardOutput();

try {
  process.exitCode = await runProgram(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`beaverdam: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = exitCodeOf(error);
}
