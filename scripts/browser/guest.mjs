/** A page as a guest of roles in Node, over WebSockets and TLS. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from './serve.mjs';

const HOST = '127.0.0.1';
const HOSTS = ['alice', 'bob', 'provider'];

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  const listening = servers.map(
    (server) => new Promise((done) => server.listen(0, HOST, () => done(server.address().port))),
  );
  const ports = await Promise.all(listening);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** The keys of a role, made by the command. */
function keysOf(project, name) {
  const main = join(project, 'node_modules/beaverdam/dist/src/cli/main.js');
  const out = mkdtempSync(join(project, 'keys-'));
  const told = execFileSync(process.execPath, [main, 'keys', name, '--out', out], { encoding: 'utf8' });
  const read = (kind) => readFileSync(join(out, `${name}.${kind}`), 'utf8');
  const [, fingerprint] = /fingerprint\s+(\S+)/.exec(told);
  return { fingerprint, certificate: read('crt'), key: read('key') };
}

/**
 * Serves the page of a build twice; the roles that take the page as their guest know one of the two origins.
 * @param project where the package is installed
 * @param build where the page is; it finds there what it needs to be let in
 * @param work given the two servers, and a function that runs a program at all of these roles
 */
async function withHosts(project, build, work) {
  const { createSession, invite } = await load(project, 'node_modules/beaverdam/dist/src/index.js');
  const { OPTIONS } = await load(project, 'guest-program.js');
  const [page, stranger] = [await serve(build, true), await serve(build, true)];
  const ports = await freePorts(2 * HOSTS.length);
  const keys = Object.fromEntries(HOSTS.map((name) => [name, keysOf(project, name)]));
  const roles = Object.fromEntries(
    HOSTS.map((name, i) => {
      const [address, web] = [`${HOST}:${ports[i]}`, `wss://${HOST}:${ports[HOSTS.length + i]}`];
      return [name, { fingerprint: keys[name].fingerprint, address, web }];
    }),
  );
  roles.clinic = { fingerprint: 'guest' };
  const folders = Object.fromEntries(HOSTS.map((name) => [name, join(project, `invitations-${name}`)]));
  const lines = HOSTS.map(async (at) => [at, await invite({ at, role: 'clinic', folder: folders[at] })]);
  const invitations = Object.fromEntries(await Promise.all(lines));
  writeFileSync(join(build, 'guest.json'), JSON.stringify({ roles, keys: {}, invitations, joinWithin: 60 }));
  const host = async (name, program) => {
    const { certificate, key } = keys[name];
    const place = { origins: [new URL(page.url).origin], invitations: folders[name], certificate, key };
    const web = { [name]: { ...place, listen: new URL(roles[name].web).host } };
    const network = { roles, keys: { [name]: { certificate, key } }, web, joinWithin: 60 };
    const session = await createSession({ ...OPTIONS, here: [name], network, timeout: 60_000 });
    try {
      await program(session);
    } finally {
      await session.close();
    }
  };
  try {
    return await work(page, stranger, (program) => HOSTS.map((name) => host(name, program)));
  } finally {
    await Promise.all([page.close(), stranger.close()]);
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
  }
}

const load = (project, path) => import(pathToFileURL(join(project, path)).href);

/**
 * Opens the page at an origin that the roles do not know, and then at the one that they know.
 * @param visit opens a page and resolves to what came of it
 * @returns what each page was told, and the accuracy of the same training in one process
 */
export async function withGuest(project, build, visit) {
  const { createSession } = await load(project, 'node_modules/beaverdam/dist/src/index.js');
  const { OPTIONS, program } = await load(project, 'guest-program.js');
  const whole = await createSession(OPTIONS);
  const alone = await program(whole);
  await whole.close();
  return withHosts(project, build, async (page, stranger, run) => {
    const hosts = Promise.all(run(program));
    hosts.catch(() => {}); // heard of below
    const turnedAway = await visit(`${stranger.url}guest.html`);
    const told = await visit(`${page.url}guest.html`);
    if (!told.outcome.error) await hosts;
    return { alone, turnedAway, told, origin: new URL(stranger.url).origin };
  });
}

/**
 * Opens a page that brings more rows than it has time for.
 * @param close opens a page, and closes it once it has begun
 * @returns what each role says of it
 */
export async function withLost(project, build, close) {
  const { upload } = await load(project, 'guest-program.js');
  return withHosts(project, build, async (page, _, run) => {
    const hosts = run(upload).map((host) => host.then(() => 'nothing', String));
    await close(`${page.url}guest.html?upload`);
    return Promise.all(hosts);
  });
}
