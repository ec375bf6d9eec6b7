/** Jobs to which a role without a certificate comes over the web, by `job invite` and `run`. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { startProxies } from '../../bench/support/proxy/host.js';
import {
  ends,
  initJob,
  inOneGo,
  isAsInOneGo,
  ROLES,
  removeJobs,
  resultOf,
  runRoles,
  shuffled,
  startRole,
} from './job.js';
import { runCli } from './run.js';

test.after(removeJobs);

const ALL = [...ROLES, 'clinic'];
const WINE = ['--clients', 'clinic', '--guest', 'clinic'];
const ORIGIN = 'https://clinic.example';

/** Changes the job of a folder. */
function change(
  dir: string,
  edit: (job: { limits: object; roles: Record<string, { web?: string }> }) => void,
) {
  const path = join(dir, 'job.json');
  const job = JSON.parse(readFileSync(path, 'utf8'));
  edit(job);
  writeFileSync(path, JSON.stringify(job));
  return job;
}

/** Invites clinic at both parties, into a file. @returns options of its run */
async function invited(dir: string, ...more: string[]): Promise<string[]> {
  const lines: string[] = [];
  for (const at of ['alice', 'bob']) {
    const path = join(dir, 'job.json');
    const words = ['job', 'invite', path, '--role', at, '--for', 'clinic', ...more];
    const { code, stdout, stderr } = await runCli(words);
    assert.equal([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^beaverdam-invitation:${at}/clinic:[0-9a-f]{32}:[0-9a-f]{64}\n$`));
    lines.push(stdout);
  }
  const file = join(dir, 'lines.txt');
  writeFileSync(file, lines.join('\n'));
  return ['--invitations', file];
}

/** Starts roles that wait for a guest, and ends them when it has ended. @returns how the guest has */
async function turnedAway(dir: string, options: readonly string[], more: readonly string[] = []) {
  const others = ['alice', 'bob'].map((role) => startRole(dir, role, more));
  const guest = await startRole(dir, 'clinic', [...options, ...more]).ended;
  for (const { child } of others) child.kill('SIGINT');
  await ends(others);
  return guest;
}

test('a guest brings the rows of a job, which ends as in one process; its invitations are for one run', async () => {
  const dir = await initJob('wine', ...WINE, '--epochs', '6');
  assert.equal(readdirSync(join(dir, 'keys/clinic')), ['clinic.invitations']);
  for (const at of ['alice', 'bob']) {
    const folder = join(dir, 'keys', at, 'invitations');
    const [kept, ...none] = readdirSync(folder);
    assert.equal(none, []);
    if (process.platform !== 'win32') assert.is(statSync(join(folder, kept)).mode & 0o777, 0o600);
  }
  const ended = await runRoles(dir, shuffled(ALL), ['--json']);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  isAsInOneGo(resultOf(ended.get('owner')), await inOneGo(6));

  const used = await turnedAway(dir, [], ['--resume']);
  assert.is(used.code, 3);
  assert.match(used.stderr, /^beaverdam: .*(alice|bob) refused clinic: the invitation was used/);

  const late = await invited(dir, '--expires', '1d');
  for (const at of ['alice', 'bob']) {
    const folder = join(dir, 'keys', at, 'invitations');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      const path = join(folder, name);
      const kept = JSON.parse(readFileSync(path, 'utf8'));
      const days = (kept.expires - statSync(path).mtimeMs) / (24 * 3600 * 1000);
      assert.ok(
        Math.abs(days - Math.round(days)) < 0.01 && [1, 7].includes(Math.round(days)),
        `${days} days`,
      );
      writeFileSync(path, JSON.stringify({ ...kept, expires: 1000 }));
    }
  }
  const expired = await turnedAway(dir, late, ['--resume']);
  assert.is(expired.code, 3);
  assert.match(expired.stderr, /(alice|bob) refused clinic: the invitation has expired at 1970-01-01/);

  const fresh = await invited(dir);
  const again = await ends([
    ...ROLES.map((role) => startRole(dir, role, ['--json', '--resume'])),
    startRole(dir, 'clinic', [...fresh, '--json', '--resume']),
  ]);
  for (const [role, { code, stderr }] of again) assert.equal([role, code, stderr], [role, 0, '']);
  assert.is(resultOf(again.get('owner')).accuracy, resultOf(ended.get('owner')).accuracy);
});

/** How a page's connection ends that says nothing sensible. */
function knock(url: string, origin: string): Promise<{ code: number; reason: string } | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { origin });
    let open = false;
    socket.on('error', () => {});
    socket.on('open', () => {
      open = true;
      socket.send(new Uint8Array([123, 125]));
    });
    socket.on('close', (code, reason) => resolve(open ? { code, reason: String(reason) } : null));
  });
}

test('pages of other origins than those given are refused by name', async () => {
  const dir = await initJob('wine', ...WINE);
  const { roles } = change(dir, () => {});
  const alice = startRole(dir, 'alice', ['--origin', `${ORIGIN},https://other.example`]);
  let told = null;
  while (!told && alice.child.exitCode === null) {
    told = await knock(roles.alice.web, 'https://evil.example');
    if (!told) await wait(50);
  }
  assert.equal(told, { code: 4403, reason: 'alice takes no pages of https://evil.example' });
  const known = await knock(roles.alice.web, ORIGIN);
  assert.equal(known, { code: 4403, reason: 'another version of the links is spoken' });
  alice.child.kill('SIGINT');
  assert.is((await alice.ended).code, 130);
});

test('a guest that is killed while it sends its rows is named by the others', async () => {
  const proxies = await startProxies();
  try {
    const dir = await initJob('fashion-mnist', ...WINE, '--images', '640', '--epochs', '1');
    let [web, port] = ['', 0];
    change(dir, ({ limits, roles }) => {
      web = new URL(`${roles.bob.web}`).host;
      Object.assign(limits, { heartbeat: 3 });
    });
    // what clinic sends bob, the last party, comes through a line on which it takes long
    const target = { host: '127.0.0.1', port: Number(web.split(':')[1]) };
    const line = await proxies.open({ target, rate: 500_000 });
    port = line.port;
    change(dir, ({ roles }) => {
      roles.bob.web = `ws://127.0.0.1:${port}`;
    });
    const running = ALL.map((role) => startRole(dir, role, role === 'bob' ? ['--web', web] : []));
    const clinic = running[ALL.indexOf('clinic')];
    while ((await line.counters()).there < 300_000 && clinic.child.exitCode === null) await wait(20);
    await line.stall();
    clinic.child.kill('SIGKILL');
    const ended = await ends(running);
    for (const role of ROLES) {
      const { code, stderr } = ended.get(role) ?? { code: null, stderr: '' };
      assert.is(code, 3, `${role}: ${stderr}`);
      assert.match(stderr, /clinic could not be reached for 3 s/);
    }
  } finally {
    await proxies.close();
  }
});

test('job check says how a guest comes, and to whom', async () => {
  const dir = await initJob('wine', '--guest', 'owner');
  const { roles } = change(dir, () => {});
  const { code, stdout } = await runCli(['job', 'check', join(dir, 'job.json')]);
  assert.is(code, 0);
  const urls = `${roles.alice.web}, ${roles.bob.web} and ${roles.provider.web}`;
  assert.match(stdout, `is a guest: it has no certificate, and dials ${urls}`);
  assert.match(stdout, 'needs an invitation of each of alice, bob and provider');
  assert.match(stdout, `takes owner over WebSockets at ${roles.provider.web}`);
});

test.run();
