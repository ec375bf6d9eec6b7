/** A page as a role of a job whose other roles are `beaverdam run` in Node, linked over WebSockets and TLS. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { serve } from './serve.mjs';

const HOST = '127.0.0.1';

const freePort = () =>
  new Promise((done) => {
    const server = createServer();
    server.listen(0, HOST, () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/**
 * Makes a job of Wine, runs its roles but for `guest`, which the page is, and opens the page.
 * @param project where the package is installed @param build with the page
 * @param options of `job init wine`
 * @param visit opens a page and resolves to what came of it
 * @returns what the page was told, and the accuracy that the owner printed, where that is no page
 */
export async function withJoined(project, build, guest, options, visit) {
  const main = join(project, 'node_modules/beaverdam/dist/src/cli/main.js');
  const dir = join(project, `job-${guest}`);
  const own = (kind) => join(dir, kind, guest);
  const path = join(dir, 'job.json');
  const words = ['job', 'init', 'wine', '--out', dir, '--guest', guest, ...options];
  const made = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const job = JSON.parse(readFileSync(path, 'utf8'));
  // the ports of a fixed range may be taken here
  for (const role of Object.values(job.roles)) {
    if (role.address) role.address = `${HOST}:${await freePort()}`;
    if (role.web) role.web = `wss://${HOST}:${await freePort()}`;
  }
  writeFileSync(path, JSON.stringify(job));
  const brings = existsSync(own('data'));
  if (brings) {
    for (const part of ['train', 'test'])
      copyFileSync(join(own('data'), `${part}.csv`), join(build, `${part}.csv`));
  }
  const invitations = readFileSync(join(own('keys'), `${guest}.invitations`), 'utf8').split('\n');
  writeFileSync(join(build, 'join.json'), JSON.stringify({ job, role: guest, invitations, brings }));

  const page = await serve(build, true);
  const children = Object.keys(job.roles)
    .filter((role) => role !== guest)
    .map((role) => start(main, path, role, job.roles[role].web ? new URL(page.url).origin : null));
  try {
    const told = await visit(`${page.url}join.html`);
    if (told.outcome.error) return { told, accuracy: null };
    const ended = await Promise.all(children.map(({ ended }) => ended));
    const bad = ended.find(({ code }) => code !== 0);
    if (bad) throw new Error(`${bad.role} ended with ${bad.code}: ${bad.stderr}`);
    const owner = ended.find(({ role }) => role === job.owner);
    const accuracy = owner ? JSON.parse(owner.stdout.trimEnd().split('\n').at(-1)).result.accuracy : null;
    return { told, accuracy };
  } finally {
    for (const { child } of children) child.kill();
    await page.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A role in a process of its own. @param origin that of the page, where it takes guests; with its own certificate for TLS */
function start(main, path, role, origin) {
  const pem = (ending) => join(path, `../keys/${role}/${role}.${ending}`);
  const web = origin ? ['--origin', origin, '--web-cert', pem('crt'), '--web-key', pem('key')] : [];
  const child = spawn(process.execPath, [main, 'run', path, '--role', role, '--json', ...web]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise((done) => child.on('close', (code) => done({ role, code, stdout, stderr })));
  return { child, ended };
}
