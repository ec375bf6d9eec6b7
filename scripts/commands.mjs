/** What the checks of package, pages and demo have in common: commands that must succeed, and things that must hold. */
import { spawnSync } from 'node:child_process';

/** A command may take so long: building a clone on a busy machine does. */
const LIMIT_MS = 300_000;

/** Runs a command as a user would, without what npm hands down to its scripts; its output, or an error that shows it. */
export function run(command, args, cwd) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const shell = process.platform === 'win32' && command !== process.execPath;
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: LIMIT_MS, shell, stdio });
  if (child.error) throw child.error;
  if (child.status !== 0)
    throw new Error(`${command} ${args.join(' ')}\n${child.stdout}${child.stderr}`.trim());
  return child.stdout;
}

export function expect(condition, message) {
  if (!condition) throw new Error(message);
}
