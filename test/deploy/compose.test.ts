/**
 * deploy/compose.yaml without containers: each service's command as a process of its own, which finds what is mounted and nothing else,
 * on a job as docs/deploy.md has it made, started again as its policy says when one is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { main } from '../cli/job.js';
import { runCli } from '../cli/run.js';
import { freePorts, HOST } from '../world/ports.js';

interface Service {
  readonly command: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly restart: string;
}

const { services, volumes } = parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const EPOCHS = 120;

const folder = mkdtempSync(join(tmpdir(), 'beaverdam-compose-'));
const wine = join(folder, 'wine');
const running = new Set<ChildProcess>();
/** The process of each service. */
const children = new Map<string, ChildProcess>();
test.after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The parts of a mount: from where, to where, and whether it is to be read only. */
function mountOf(volume: string) {
  const [from, to, mode] = volume.replace(/^\$\{JOB:-.\/job\}/, 'JOB').split(':');
  return { from, to, mode };
}

/** What a container of the service finds, below a folder of this test. */
function mount(role: string, { volumes: mounts }: Service): string {
  const root = join(folder, 'containers', role);
  for (const { from, to } of mounts.map(mountOf)) {
    const place = join(root, to);
    if (from.startsWith('JOB/')) {
      mkdirSync(dirname(place), { recursive: true });
      cpSync(from.replace('JOB', wine), place, { recursive: true });
    } else mkdirSync(place, { recursive: true });
  }
  return root;
}

/** Runs a service as its policy says. @returns its exit codes, and what it printed in the end */
async function runService(
  role: string,
  root: string,
  ports: Map<string, number>,
  onOutput: (text: string) => void,
) {
  const { command, restart } = services[role];
  const [policy, times] = restart.split(':');
  assert.is(policy, 'on-failure');
  const args = command.map((word) => {
    if (word.startsWith('/')) return join(root, word);
    return word.replace(/^0\.0\.0\.0:(\d+)$/, (_, port) => `${HOST}:${ports.get(port)}`);
  });
  const codes: (number | null)[] = [];
  for (;;) {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: join(root, 'job'),
      env: { PATH: process.env.PATH },
    });
    running.add(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk;
        onOutput(text);
      });
    }
    children.set(role, child);
    codes.push(await new Promise((resolve) => child.on('close', resolve)));
    running.delete(child);
    if (codes.at(-1) === 0 || codes.length > Number(times)) return { codes, text };
  }
}

test('a service has its own role’s part alone, and what it writes has a volume', () => {
  assert.equal(Object.keys(services), ['alice', 'bob', 'provider', 'owner']);
  for (const [role, service] of Object.entries(services)) {
    const mounts = service.volumes.map(mountOf);
    for (const { from, to, mode } of mounts) {
      if (from === role) {
        assert.equal([to, mode], ['/state', undefined]);
        assert.ok(role in volumes, `${role} has no volume`);
      } else {
        assert.ok(
          ['JOB/job.json', `JOB/keys/${role}`, `JOB/data/${role}`].includes(from),
          `${role} is shown ${from}`,
        );
        assert.equal([to, mode], [from.replace('JOB', '/job'), 'ro']);
      }
    }
    const listen = service.command[service.command.indexOf('--listen') + 1];
    const ports = service.ports ?? [];
    assert.equal(
      ports,
      service.command.includes('--listen') ? [`${listen.split(':')[1]}:${listen.split(':')[1]}`] : [],
    );
  }
});

test('all four train; one is killed, and all are started again until the job is done', async () => {
  const { code, stderr } = await runCli(['job', 'init', 'wine', '--epochs', String(EPOCHS), '--out', wine]);
  assert.is(code, 0, stderr);
  const path = join(wine, 'job.json');
  const job = JSON.parse(readFileSync(path, 'utf8'));
  const free = await freePorts(3);
  const ports = new Map<string, number>();
  for (const [role, { address }] of Object.entries<{ address?: string }>(job.roles)) {
    const published = services[role].ports?.[0].split(':')[0];
    assert.is(address?.split(':')[1], published, `the port of ${role}`);
    if (published === undefined) continue;
    ports.set(published, free[ports.size]);
    job.roles[role].address = `${HOST}:${ports.get(published)}`;
  }
  job.limits = { ...job.limits, heartbeat: 2 };
  writeFileSync(path, JSON.stringify(job));

  let killed = false;
  const roots = new Map(Object.entries(services).map(([role, service]) => [role, mount(role, service)]));
  const ended = await Promise.all(
    [...roots].map(async ([role, root]) => {
      const end = await runService(role, root, ports, (text) => {
        if (role !== 'owner' || killed || !/^ +2\/120 /m.test(text)) return;
        killed = true;
        children.get('provider')?.kill('SIGKILL');
      });
      return [role, end] as const;
    }),
  );
  assert.ok(killed);
  for (const [role, { codes, text }] of ended) {
    assert.is(codes.at(-1), 0, `${role}: ${codes}\n${text}`);
    assert.ok(
      codes.slice(0, -1).every((early) => early === 3 || (early === null && role === 'provider')),
      `${role}: ${codes}`,
    );
  }
  assert.is(new Map(ended).get('provider')?.codes[0], null, 'it was still at work when it was killed');
  const accuracy = /on secret shares +([\d.]+) %/.exec(new Map(ended).get('owner')?.text ?? '')?.[1];
  assert.ok(Number(accuracy) > 80, `an accuracy of ${accuracy} %`);
  for (const [role, root] of roots) {
    const kept = readdirSync(join(root, 'state'));
    assert.is(kept.length > 0, ['alice', 'bob'].includes(role), `${role} keeps ${kept}`);
    assert.not.ok(existsSync(join(root, 'job/state')), role);
  }
});

test.run();
