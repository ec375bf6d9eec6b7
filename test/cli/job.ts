/** Runs the roles of a job in processes of their own, as users do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { freePorts } from '../world/ports.js';
import { type Ended, runCli } from './run.js';

export const main = join(import.meta.dirname, '../../src/cli/main.js');

/** The roles of a job of two parties. */
export const ROLES = ['alice', 'bob', 'provider', 'owner'];

const made: string[] = [];
const started = new Set<ChildProcess>();

/** Makes a job in a folder of its own. @returns the folder */
export async function initJob(
  kind: 'wine' | 'fashion-mnist' | 'table',
  ...options: string[]
): Promise<string> {
  const own = mkdtempSync(join(tmpdir(), 'beaverdam-run-'));
  made.push(own);
  const dir = join(own, 'job');
  const port = String((await freePorts(4))[0]);
  const { code, stderr } = await runCli(['job', 'init', kind, '--out', dir, '--port', port, ...options]);
  assert.is(code, 0, stderr);
  return dir;
}

export interface RunningRole {
  readonly role: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/**
 * Starts one role.
 * @param onOutput called with all that it has printed, whenever there is more
 * @param node what Node is told before the command
 */
export function startRole(
  dir: string,
  role: string,
  options: readonly string[] = [],
  onOutput: (stdout: string) => void = () => {},
  job = 'job.json',
  node: readonly string[] = [],
): RunningRole {
  const child = spawn(process.execPath, [...node, main, 'run', join(dir, job), '--role', role, ...options]);
  started.add(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    onOutput(stdout);
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      started.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  return { role, child, ended };
}

/** Runs roles until all have ended. */
export async function runRoles(
  dir: string,
  roles: readonly string[],
  options: readonly string[] = [],
  job = 'job.json',
): Promise<Map<string, Ended>> {
  const running = roles.map((role) => startRole(dir, role, options, () => {}, job));
  return ends(running);
}

/** How roles have ended, by name. */
export async function ends(running: readonly RunningRole[]): Promise<Map<string, Ended>> {
  return new Map(await Promise.all(running.map(async ({ role, ended }) => [role, await ended] as const)));
}

/** Removes what {@link initJob} has made, and ends the roles that a failed test has left. */
export function removeJobs(): void {
  for (const child of started) child.kill('SIGKILL');
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** The JSON lines that a command has printed. */
export const recordsOf = (ended: Ended | undefined) =>
  String(ended?.stdout)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** The result of `--json`. */
export const resultOf = (ended: Ended | undefined) => recordsOf(ended).at(-1).result;

/** The result of a training on Wine in one process. */
export const inOneGo = async (epochs: number, ...options: string[]): Promise<Result> =>
  resultOf(await runCli(['train', 'wine', '--epochs', String(epochs), '--json', '--no-compare', ...options]));

/** Results of the same training differ by roundings alone, which are at random: in the loss, and in no row's class. */
export function isAsInOneGo({ accuracy, loss }: Result, whole: Result): void {
  assert.is(accuracy, whole.accuracy);
  assert.ok(Math.abs(loss - whole.loss) < 0.01, `${loss}, in one go ${whole.loss}`);
}

interface Result {
  readonly accuracy: number;
  readonly loss: number;
}

/** Names in an order of chance. */
export const shuffled = (names: readonly string[]): string[] =>
  names
    .map((name) => [Math.random(), name] as const)
    .sort(([a], [b]) => a - b)
    .map(([, name]) => name);
