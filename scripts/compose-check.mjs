/**
 * Checks deploy/ with a Docker engine, as docs/deploy.md says: builds the image of the tarball, has four containers train Wine, kills the
 * process of a party and that of the provider in the middle, and looks whether all of them end well by themselves.
 *
 *     node scripts/compose-check.mjs TARBALL
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from './commands.mjs';

const ROLES = ['alice', 'bob', 'provider', 'owner'];
/** Long enough to be killed twice: a few seconds. */
const EPOCHS = 1000;
/** What they must reach on the test rows of fold 0. */
const ACCURACY = 85;
const LIMIT_MS = 180_000;

const [tarball] = process.argv.slice(2);
if (!tarball) throw new Error('usage: node scripts/compose-check.mjs TARBALL');
const dir = mkdtempSync(join(tmpdir(), 'beaverdam-compose-'));
const job = join(dir, 'wine');
const file = join(dir, 'deploy/compose.yaml');

function docker(...args) {
  const env = { ...process.env, JOB: job };
  const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8', env });
  expect(status === 0, `docker ${args.join(' ')}: ${stderr || stdout}`);
  return stdout;
}
const compose = (...args) => docker('compose', '--file', file, '--project-name', 'beaverdam-check', ...args);
const inImage = (...args) => docker('run', '--rm', '--volume', `${dir}:/made`, '--user', 'root', ...args);

/** The containers' states, by role. */
function states() {
  const ids = compose('ps', '--all', '--quiet').split('\n').filter(Boolean);
  const found = JSON.parse(docker('inspect', ...ids));
  return new Map(
    found.map(({ Config, State, RestartCount }) => [
      Config.Labels['com.docker.compose.service'],
      { ...State, restarts: RestartCount },
    ]),
  );
}

const epochsOf = () =>
  compose('logs', '--no-color', 'owner')
    .split('\n')
    .filter((line) => /\d+\/\d+ +\d/.test(line)).length;

/** Resolves when `ready` says so. */
async function until(what, ready) {
  const end = Date.now() + LIMIT_MS;
  while (!ready()) {
    expect(
      Date.now() < end,
      `${what}: not within ${LIMIT_MS / 1000} s\n${compose('logs', '--no-color', '--tail', '20')}`,
    );
    await wait(250);
  }
}

/** Ends the program of a role as a crash would. */
function kill(role) {
  const program = `
    for (const id of require('fs').readdirSync('/proc').filter(Number)) {
      const line = require('fs').readFileSync('/proc/' + id + '/cmdline', 'utf8').split('\\0');
      if (line[0].endsWith('node') && line.includes('--role')) process.kill(Number(id), 'SIGKILL');
    }`;
  compose('exec', '--no-TTY', role, 'node', '-e', program);
}

try {
  cpSync(fileURLToPath(new URL('../deploy', import.meta.url)), join(dir, 'deploy'), { recursive: true });
  copyFileSync(resolve(tarball), join(dir, 'deploy/beaverdam-check.tgz'));
  docker('build', '--tag', 'beaverdam', '--build-arg', 'PACKAGE=./beaverdam-check.tgz', join(dir, 'deploy'));
  inImage('beaverdam', 'job', 'init', 'wine', '--out', '/made/wine');
  inImage('--entrypoint', 'chmod', 'beaverdam', '666', '/made/wine/job.json');
  inImage('--entrypoint', 'chmod', 'beaverdam', '755', '/made/wine', '/made/wine/keys', '/made/wine/data');
  inImage('--entrypoint', 'chown', 'beaverdam', '-R', '1000', '/made/wine/keys', '/made/wine/data');
  const text = readFileSync(join(job, 'job.json'), 'utf8');
  const agreed = JSON.parse(text);
  for (const role of ROLES.slice(0, 3)) {
    const { address } = agreed.roles[role];
    agreed.roles[role].address = `${role}${address.slice(address.lastIndexOf(':'))}`;
  }
  agreed.training.epochs = EPOCHS;
  writeFileSync(join(job, 'job.json'), JSON.stringify(agreed));
  for (const role of ROLES) compose('up', '--detach', role);
  for (const [n, role] of ['bob', 'provider'].entries()) {
    const before = epochsOf();
    await until(`epochs before ${role} is killed`, () => epochsOf() >= before + 20 * (n + 1));
    kill(role);
  }
  await until('the end', () => [...states().values()].every(({ Status }) => Status === 'exited'));
  for (const [role, { ExitCode, restarts }] of states()) {
    expect(
      ExitCode === 0,
      `${role} ended with ${ExitCode}\n${compose('logs', '--no-color', '--tail', '20', role)}`,
    );
    expect(restarts >= 1, `${role} was not started again`);
  }
  const [, accuracy] = /on secret shares +([\d.]+) %/.exec(compose('logs', '--no-color', 'owner')) ?? [];
  expect(Number(accuracy) >= ACCURACY, `Wine ended with ${accuracy} %`);
  console.log(`compose: four containers, two of them killed, Wine ${accuracy} %`);
} finally {
  spawnSync('docker', ['compose', '--file', file, '--project-name', 'beaverdam-check', 'down', '--volumes'], {
    env: { ...process.env, JOB: job },
  });
  spawnSync('docker', [
    'run',
    '--rm',
    '--volume',
    `${dir}:/made`,
    '--user',
    'root',
    '--entrypoint',
    'rm',
    'beaverdam',
    '-rf',
    '/made/wine',
  ]);
  rmSync(dir, { recursive: true, force: true });
}
