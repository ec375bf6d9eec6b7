/** Jobs whose provider has dealt beforehand. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ends, initJob, recordsOf, removeJobs, resultOf, startRole } from './job.js';
import { runCli } from './run.js';

test.after(removeJobs);

test('a job whose provider has dealt beforehand needs none, and its tapes are used once', async () => {
  const dir = await initJob('wine');
  const path = join(dir, 'job.json');
  const tapes = join(dir, 'tapes');
  const dealt = await runCli(['deal', path, '--out', tapes]);
  assert.equal([dealt.code, dealt.stderr], [0, '']);
  const report = await runCli(['job', 'check', path]);
  const size = (bytes: number) => (bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`);
  const sizes = ['alice', 'bob', 'owner'].map(
    (role) => `${role} ${size(statSync(join(tapes, `${role}.tape`)).size)}`,
  );
  assert.ok(report.stdout.includes(sizes.join(', ')), `${sizes}\n${report.stdout}`);
  // another job does not touch them; the same one at other addresses takes them
  const text = readFileSync(path, 'utf8');
  const job = JSON.parse(text);
  const other = join(dir, 'other.json');
  writeFileSync(other, JSON.stringify({ ...job, training: { ...job.training, epochs: 4 } }));
  const alices = ['--role', 'alice', '--tape', join(tapes, 'alice.tape')];
  const refused = await runCli(['run', other, ...alices]);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /alice\.tape was dealt for another job; nothing of it was used/);
  writeFileSync(path, JSON.stringify({ ...job, title: 'Wine again', limits: { ...job.limits, join: 60 } }));
  const run = () =>
    ends(
      ['bob', 'owner', 'alice'].map((role) =>
        startRole(dir, role, ['--json', '--tape', join(tapes, `${role}.tape`)]),
      ),
    );
  const ended = await run();
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  const together = await runCli(['train', 'wine', '--json', '--no-compare']);
  assert.is(resultOf(ended.get('owner')).accuracy, resultOf(together).accuracy);
  const again = await runCli([
    'run',
    path,
    '--role',
    'alice',
    '--resume',
    '--tape',
    join(tapes, 'alice.tape'),
  ]);
  assert.is(again.code, 2);
  assert.match(again.stderr, /alice\.tape has been used before/);
});

test('a run on tape that broke off goes on with tapes that were dealt for what is left', async () => {
  const dir = await initJob('wine', '--epochs', '120'); // the kill may come late
  const path = join(dir, 'job.json');
  const roles = ['alice', 'bob', 'owner'];
  const tape = (folder: string, role: string) => ['--tape', join(dir, folder, `${role}.tape`)];
  assert.is((await runCli(['deal', path, '--out', join(dir, 'first')])).code, 0);
  let killed = false;
  const running = roles.map((role) =>
    startRole(dir, role, tape('first', role), (stdout) => {
      if (role !== 'owner' || killed || !/^ +3\/120 /m.test(stdout)) return;
      killed = true;
      running[1].child.kill('SIGTERM');
    }),
  );
  await ends(running);
  const kept = (role: string) =>
    readdirSync(join(dir, 'state', role))
      .filter((name) => name.endsWith('.checkpoint'))
      .map((name) => Number(/-(\d+)\./.exec(name)?.[1]));
  const [made, others] = [kept('alice'), kept('bob')];
  const common = Math.max(...made.filter((epoch) => others.includes(epoch)));
  const after = ['--after', String(common)];
  assert.is((await runCli(['deal', path, '--out', join(dir, 'second'), ...after])).code, 0);
  const ended = await ends(
    roles.map((role) => startRole(dir, role, ['--resume', '--json', ...tape('second', role)])),
  );
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  assert.is(recordsOf(ended.get('owner')).length, 120 - common + 1);
});

test.run();
