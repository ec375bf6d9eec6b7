/** Runs the built command in a process of its own. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export interface Ended {
  /** As a shell has it: 128 and the signal's number where a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCliOptions {
  /** Called with everything printed so far whenever there is more. */
  readonly onOutput?: (stdout: string, child: ReturnType<typeof spawn>) => void;
  /** Another program than the command. */
  readonly script?: string;
  /** An open file for standard output. */
  readonly stdout?: number;
  /** Another environment than this process' own. */
  readonly env?: NodeJS.ProcessEnv;
}

export function runCli(args: readonly string[], options: RunCliOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [options.script ?? main, ...args], {
      ...(options.env && { env: options.env }),
      stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
      options.onOutput?.(stdout, child);
    });
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: signal ? 128 + constants.signals[signal] : code, stdout, stderr });
    });
  });
}
