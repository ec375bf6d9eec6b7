/** Calls a command in this process: faster than a process of its own, with what it prints, or the error that ends it. */
import { runProgram } from '../../src/cli/program.js';
import { exitCodeOf } from '../../src/cli/usage.js';

export interface Called {
  readonly code: number;
  readonly stdout: string;
  /** The line that the program would write to standard error; '' without an error. */
  readonly error: string;
}

/** One call at a time, while nothing else prints. */
export async function call(args: readonly string[]): Promise<Called> {
  const { write } = process.stdout;
  let stdout = '';
  process.stdout.write = ((text: string | Uint8Array) => {
    stdout += text;
    return true;
  }) as typeof write;
  try {
    return { code: await runProgram(args), stdout, error: '' };
  } catch (error) {
    return { code: exitCodeOf(error), stdout, error: error instanceof Error ? error.message : String(error) };
  } finally {
    process.stdout.write = write;
  }
}
