/**
 * Four processes, one a role, linked by TLS 1.3 on this machine: nobody but alice holds alice's rows. On machines of their
 * own it is the same (docs/deploy.md), with a folder of keys and rows at each.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// in an application: npx beaverdam
const command = fileURLToPath(new URL('cli/main.js', import.meta.resolve('beaverdam')));

/** Runs the command; resolves with what it prints when it has ended well. */
const beaverdam = (/** @type {string[]} */ ...args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (piece) => {
      text += piece;
    });
    child.on('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${args} ended with ${code}`)),
    );
  });

const folder = await mkdtemp(join(tmpdir(), 'beaverdam-example-'));
try {
  // the job, and for each role its keys and rows
  await beaverdam('job', 'init', 'wine', '--out', folder);

  // each role runs the job; the order in which they come does not matter
  const job = join(folder, 'job.json');
  const roles = ['alice', 'bob', 'provider', 'owner'];
  const told = await Promise.all(roles.map((role) => beaverdam('run', job, '--role', role, '--json')));

  // only the model owner learns how well it went
  const results = told.map((text) => JSON.parse(text.trimEnd().split('\n').at(-1)).result);
  console.log(results.map(({ accuracy }) => accuracy !== null)); // [ false, false, false, true ]
  console.log(results[3].accuracy > 0.9); // true
} finally {
  await rm(folder, { recursive: true });
}
