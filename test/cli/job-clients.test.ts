/** Jobs whose rows are brought by roles that do not compute: they share them and are gone. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initJob, ROLES, recordsOf, removeJobs, resultOf, runRoles, shuffled, startRole } from './job.js';
import { afterEpochs } from './proxied.js';
import { runCli } from './run.js';

test.after(removeJobs);

const CLIENTS = ['clinic', 'lab'];

test('two clients bring the rows, each ends when the parties have them, and the owner learns what it learns from parties', async () => {
  const dir = await initJob('wine', '--clients', CLIENTS.join());
  assert.equal(readdirSync(join(dir, 'data')).sort(), CLIENTS);
  const ended = await runRoles(dir, shuffled([...ROLES, ...CLIENTS]), ['--json']);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  const parties = resultOf(await runCli(['train', 'wine', '--json', '--no-compare']));
  const clients = resultOf(ended.get('owner'));
  assert.ok(clients.accuracy > 0.9, `${clients.accuracy}`);
  assert.equal([clients.parties, clients.ring], [parties.parties, parties.ring]);
  assert.is(resultOf(ended.get('clinic')).accuracy, null);
});

test('a client has ended while the parties still train, and job check says what is asked of it', async () => {
  const dir = await initJob('wine', '--clients', 'clinic', '--epochs', '300');
  const { stdout } = await runCli(['job', 'check', join(dir, 'job.json'), '--role', 'clinic']);
  assert.match(stdout, /clinic bring rows, hold no share, and leave/);
  assert.match(stdout, /leaves when the parties have all of it; alice and bob together could open its rows/);
  const others = ROLES.map((role) => startRole(dir, role));
  const clinic = await startRole(dir, 'clinic').ended;
  assert.is(clinic.code, 0, clinic.stderr);
  assert.match(clinic.stdout, /3 leave .* clinic takes no further part/);
  assert.not(
    others.some(({ child }) => child.exitCode !== null),
    'the others are still at work',
  );
  for (const { child } of others) child.kill('SIGINT');
  await Promise.all(others.map(({ ended }) => ended));
});

test('a job that broke off when its clients had left is taken up: they share their rows again', async () => {
  const dir = await initJob('wine', '--clients', 'clinic', '--epochs', '120');
  const roles = [...ROLES, 'clinic'];
  const { promise, look } = afterEpochs(4);
  const running = roles.map((role) => startRole(dir, role, ['--json'], (text) => look(role, text)));
  await promise;
  running[roles.indexOf('bob')].child.kill('SIGKILL');
  const first = await Promise.all(running.map(({ ended }) => ended));
  assert.equal([first[roles.indexOf('clinic')].code, first[roles.indexOf('alice')].code], [0, 3]);
  const ended = await runRoles(dir, shuffled(roles), ['--json', '--resume']);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  const epochs = recordsOf(ended.get('owner')).length - 1;
  assert.ok(epochs > 0 && epochs < 120, `${epochs} epochs were left`);
  assert.ok(resultOf(ended.get('owner')).accuracy > 0.9);
});

test('clients that make no sense', async () => {
  const dir = await initJob('wine', '--clients', 'clinic');
  const path = join(dir, 'job.json');
  const job = JSON.parse(readFileSync(path, 'utf8'));
  const wrong: [object, RegExp][] = [
    [{ clients: ['alice'] }, /the name "alice" is taken twice/],
    [{ clients: ['lab'] }, /roles: lacks lab/],
    [{ clients: [] }, /clients: /],
    [{ data: { ...job.data, rows: { alice: { train: 80, test: 20 } } } }, /data\.rows: lacks clinic/],
    [
      { data: { ...job.data, rows: { ...job.data.rows, mallory: { train: 80, test: 20 } } } },
      /data\.rows\.mallory: is no party and no client/,
    ],
    [
      {
        roles: {
          ...job.roles,
          bob: { fingerprint: job.roles.bob.fingerprint },
          owner: { ...job.roles.owner, address: 'x:1' },
        },
      },
      /roles\.bob: has no address, where clients could dial it/,
    ],
  ];
  for (const [change, expected] of wrong) {
    writeFileSync(path, JSON.stringify({ ...job, ...change }));
    const { code, stderr } = await runCli(['run', path, '--role', 'alice']);
    assert.is(code, 2, stderr);
    assert.match(stderr, expected);
  }
  const cases: [string, RegExp][] = [
    ['a,a', /the name "a" is taken twice/],
    ['alice', /the name "alice" is taken twice/],
    ['a b', /"a b" is no name of a role/],
    ['a,', /"" is no name of a role/],
  ];
  for (const [clients, expected] of cases) {
    const { code, stderr } = await runCli([
      'job',
      'init',
      'wine',
      '--out',
      join(dir, 'new'),
      '--clients',
      clients,
    ]);
    assert.is(code, 2, stderr);
    assert.match(stderr, expected);
  }
  for (const name of ['../x', 'a b', '']) {
    const { code, stderr } = await runCli(['keys', name, '--out', join(dir, 'k')]);
    assert.is(code, 2, stderr);
    assert.match(stderr, /NAME/);
  }
  assert.not(
    readdirSync(dir).some((name) => ['new', 'k', 'x.key'].includes(name)),
    'nothing was written',
  );
});

test.run();
