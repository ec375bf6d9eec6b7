/** Jobs from the command line, every role in a process of its own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initJob, ROLES, recordsOf, removeJobs, resultOf, runRoles, shuffled, startRole } from './job.js';
import { runCli } from './run.js';

test.after(removeJobs);

test('four processes, started in any order, train as one process does; --json at the owner ends with the result', async () => {
  const dir = await initJob('wine', '--fold', '1');
  const together = await runCli(['train', 'wine', '--fold', '1', '--json', '--no-compare']);
  const ended = await runRoles(dir, shuffled(ROLES), ['--json']);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  const [apart, one] = [resultOf(ended.get('owner')), resultOf(together)];
  assert.is(apart.accuracy, one.accuracy);
  assert.ok(Math.abs(apart.loss - one.loss) < 0.01);
  assert.is(recordsOf(ended.get('owner')).length, 6);
  assert.equal(Object.keys(apart), Object.keys(one));
  const [alice, bob] = [resultOf(ended.get('alice')), resultOf(ended.get('bob'))];
  assert.equal([alice.accuracy, alice.loss, bob.accuracy], [null, null, null], 'the parties learn no result');
  assert.is(alice.bytesDealt + bob.bytesDealt, one.bytesDealt);
  assert.ok(Math.abs(alice.bytesDealt - bob.bytesDealt) < 0.05 * one.bytesDealt, 'lines carry alike');
  assert.is(alice.rounds, bob.rounds);
});

test('three parties, ring 64, images', async () => {
  const dir = await initJob(
    'fashion-mnist',
    ...['--images', '60', '--epochs', '1', '--parties', '3', '--ring', '64', '--hidden', '8'],
  );
  const ended = await runRoles(dir, ['carol', ...ROLES], ['--json']);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  const result = resultOf(ended.get('owner'));
  assert.equal([result.ring, result.parties], [64, 3]);
  assert.ok(result.accuracy >= 0 && result.accuracy <= 1);
});

test('SIGINT ends a role that still waits for the others', async () => {
  const dir = await initJob('wine');
  const running = startRole(dir, 'alice', [], (stdout) => {
    if (/training on secret shares, as alice/.test(stdout))
      setTimeout(() => running.child.kill('SIGINT'), 500);
  });
  assert.is((await running.ended).code, 130);
});

test('copies of the job that differ end both sides, naming the field', async () => {
  const dir = await initJob('wine');
  const job = JSON.parse(readFileSync(join(dir, 'job.json'), 'utf8'));
  const other = join(dir, 'other.json');
  writeFileSync(other, JSON.stringify({ ...job, training: { ...job.training, epochs: 6 } }));
  const alice = startRole(dir, 'alice');
  const bob = await runCli(['run', other, '--role', 'bob']);
  assert.is(bob.code, 4, bob.stderr);
  assert.match(bob.stderr, /training of the job/);
  const { code, stderr } = await alice.ended;
  assert.is(code, 4);
  assert.match(stderr, /bob.*training of the job/);
});

test('what cannot be run is refused before anything is sent', async () => {
  const dir = await initJob('wine');
  const path = join(dir, 'job.json');
  const cases: [string[], RegExp][] = [
    [[], /run: FILE is missing/],
    [[path], /run: --role is needed/],
    [[path, '--role', 'mallory'], /no role named "mallory".*alice, bob, provider, owner/],
    [[`${path}x`, '--role', 'alice'], /cannot read .*no such file/],
    [[path, '--role', 'alice', '--keys', '/nowhere'], /cannot read \/nowhere\/alice\.crt \(option --keys/],
    [[path, '--role', 'alice', '--keys', join(dir, 'keys/bob')], /cannot read .*alice\.crt/],
    [[path, '--role', 'alice', '--data', '/nowhere'], /cannot read \/nowhere\/train\.csv/],
    [[path, '--role', 'provider', '--data', dir], /--data: provider brings no rows/],
    [[path, '--role', 'alice', '--lisen', 'x'], /unknown option --lisen \(did you mean --listen\?\)/],
    [[path, '--role', 'alice', 'more'], /unexpected argument "more"/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr, stdout } = await runCli(['run', ...args]);
    assert.is(code, 2, `${args}: ${stderr}`);
    assert.match(stderr, expected);
    assert.is(stdout, '');
  }
  writeFileSync(join(dir, 'data/alice/test.csv'), readFileSync(join(dir, 'data/bob/train.csv')));
  const { code, stderr } = await runCli(['run', path, '--role', 'alice']);
  assert.is(code, 2);
  assert.match(stderr, /has 7\d rows to test, where the job says data\.rows\.alice\.test is 18/);
});

test("job check says what a role sends, sees and discloses, and refuses rows that are not the job's", async () => {
  const dir = await initJob('wine');
  const path = join(dir, 'job.json');
  const all = await runCli(['job', 'check', path]);
  assert.equal([all.code, all.stderr], [0, '']);
  for (const role of ROLES) assert.match(all.stdout, new RegExp(`^${role}:$`, 'm'));
  assert.match(all.stdout, /rounds between the parties/);
  const bob = await runCli(['job', 'check', path, '--role', 'bob', '--data', join(dir, 'data/bob')]);
  assert.equal([bob.code, bob.stderr], [0, '']);
  assert.match(bob.stdout, /brings 7\d rows to train/);
  assert.match(bob.stdout, /the rows are as the job says/);
  assert.not.match(bob.stdout, /^alice:$/m);
  const wrong = await runCli(['job', 'check', path, '--role', 'bob', '--data', dir]);
  assert.is(wrong.code, 2);
  assert.match(wrong.stderr, /cannot read/);
  const job = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...job, discloses: job.discloses.slice(1) }));
  const short = await runCli(['job', 'check', path, '--role', 'bob']);
  assert.match(short.stdout, /would disclose .* which `discloses` does not list/);
});

test('keys prints what others need, and writes what they must not have', async () => {
  const dir = await initJob('wine');
  const out = join(dir, 'new');
  const { code, stdout } = await runCli(['keys', 'alice', '--out', out]);
  assert.is(code, 0);
  assert.match(stdout, /^fingerprint {2}sha256:[0-9a-f]{64}\nsealing {6}x25519:[0-9a-f]{64}\n$/);
  assert.match(readFileSync(join(out, 'alice.crt'), 'utf8'), /BEGIN CERTIFICATE/);
  const again = await runCli(['keys', 'alice', '--out', out]);
  assert.is(again.code, 2, 'keys that are there stay');
  assert.match(again.stderr, /alice\.(crt|key|sealing\.key) is there already/);
});

test.run();
