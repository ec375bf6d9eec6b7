/** Where browsers are. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const install = (name) => [
  ['apt-get', 'update'],
  ['apt-get', 'install', '-y', '--no-install-recommends', name],
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

/** The path of a program, its package installed with apt-get when it is missing and we may; undefined when there is none. */
function findOrInstall(browser, name, ...programs) {
  const found = findProgram(...programs);
  if (found || process.getuid?.() !== 0 || !findProgram('apt-get')) return found;
  const start = performance.now();
  console.log(`browser: installing ${browser} (apt-get install ${name})`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const [command, ...args] of install(name)) {
    const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
    if (status === 0) continue;
    console.log(`${command} ${args.join(' ')}\n${stdout}${stderr}`.trim());
    return undefined;
  }
  console.log(`browser: installed ${browser} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
  return findProgram(...programs);
}

/** Chromium or Chrome. */
export const findChromium = () =>
  findOrInstall(
    'Chromium',
    'chromium',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
  );

export const findFirefox = () => findOrInstall('Firefox', 'firefox-esr', 'firefox-esr', 'firefox');
