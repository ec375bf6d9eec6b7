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
 * Makes a job of Wine, runs its roles but for `guest`, which the page is, and opens the page. Where the model has a name (`--save-as`),
 * the page comes once more, and asks it about the same rows.
 * @param project where the package is installed @param build with the page
 * @param options of `job init wine`
 * @param visit opens a page and resolves to what came of it
 * @returns what the page was told, last, and the accuracy that the owner printed, where that is no page
 */
export async function withJoined(project, build, guest, options, visit) {
  const main = join(project, 'node_modules/beaverdam/dist/src/cli/main.js');
  const dir = join(project, `job-${guest}`);
  const own = (kind) => join(dir, kind, guest);
  const path = join(dir, 'job.json');
  const words = ['job', 'init', 'wine', '--out', dir, '--guest', guest, ...options];
  command(main, words);
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
  const page = await serve(build, true);
  const children = [];
  /** Runs a job to its end. @returns what the page was told, and how the other roles ended; none where it was told an error */
  const runs = async (path, job, invitations) => {
    writeFileSync(join(build, 'join.json'), JSON.stringify({ job, role: guest, invitations, brings }));
    const others = Object.keys(job.roles)
      .filter((role) => role !== guest)
      .map((role) => start(main, path, role, job.roles[role].web ? new URL(page.url).origin : null));
    children.push(...others);
    const told = await visit(`${page.url}join.html`);
    if (told.outcome.error) return { told, ended: [] };
    const ended = await Promise.all(others.map(({ ended }) => ended));
    const bad = ended.find(({ code }) => code !== 0);
    if (bad) throw new Error(`${bad.role} ended with ${bad.code}: ${bad.stderr}`);
    return { told, ended };
  };
  try {
    const { told, ended } = await runs(path, job, invitations);
    const owner = ended.find(({ role }) => role === job.owner);
    const accuracy = owner ? JSON.parse(owner.stdout.trimEnd().split('\n').at(-1)).result.accuracy : null;
    if (told.outcome.error || !options.includes('--save-as')) return { told, accuracy };
    const ask = join(dir, 'ask.json');
    command(main, ['job', 'init', 'predict', '--model', path, '--asker', guest, '--out', ask]);
    const fresh = job.parties.map((at) =>
      command(main, ['job', 'invite', ask, '--role', at, '--for', guest]),
    );
    const asked = await runs(
      ask,
      JSON.parse(readFileSync(ask, 'utf8')),
      fresh.map((line) => line.trim()),
    );
    return { told: asked.told, accuracy };
  } finally {
    for (const { child } of children) child.kill();
    await page.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What a command of beaverdam prints. */
function command(main, words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
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
