/** Where Chromium is. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const INSTALL = [
  ['apt-get', 'update'],
  ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
];

/** The path of the first of these programs that there is. */
export function findProgram(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The path of Chromium (or Chrome), installed with apt-get when it is missing and we may; undefined when there is none. */
export function findChromium() {
  const found = findProgram(...NAMES);
  if (found || process.getuid?.() !== 0 || !findProgram('apt-get')) return found;
  const start = performance.now();
  console.log('browser: installing Chromium (apt-get install chromium)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const [command, ...args] of INSTALL) {
    const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
    if (status === 0) continue;
    console.log(`${command} ${args.join(' ')}\n${stdout}${stderr}`.trim());
    return undefined;
  }
  console.log(`browser: installed Chromium (${((performance.now() - start) / 1000).toFixed(0)} s)`);
  return findProgram(...NAMES);
}
