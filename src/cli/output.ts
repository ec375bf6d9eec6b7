/** What becomes of the command when it cannot print. */
import { exitCodes } from './usage.js';

/**
 * A reader that has gone (`| head`) ends the command quietly; any other failure of standard output, a full disk for
 * instance, with one line. What standard error cannot take is dropped.
 */
export function guardOutput(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(exitCodes.done);
    process.stderr.write(`beaverdam: cannot write to standard output: ${message}\n`);
    process.exit(exitCodes.failed);
  });
}
