/** Two processes of one role at the same time: the run they meet in ends, every side hears why, and the newer one takes over. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initJob, ROLES, type RunningRole, removeJobs, startRole } from './job.js';
import { endsInTime, limit } from './kills.js';
import { runCli } from './run.js';

test.after(removeJobs);

/** A promise, and what fulfils it. */
function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** A job that is in the middle of its training. */
async function underWay(): Promise<{ dir: string; running: RunningRole[] }> {
  const dir = await initJob('wine', '--epochs', '300');
  limit(dir, { heartbeat: 5 });
  const { given, give } = signal();
  const running = ROLES.map((role) =>
    startRole(dir, role, [], (stdout) => {
      if (role === 'alice' && /epoch 2\/300 done/.test(stdout)) give();
    }),
  );
  await given;
  return { dir, running };
}

test('a second owner ends the run, all say why, and it goes on with those that are started again', async () => {
  const { dir, running } = await underWay();
  const { given, give } = signal();
  const second = startRole(dir, 'owner', ['--resume'], (stdout) => {
    if (/^ +\d+\/300 /m.test(stdout)) give();
  });
  const ended = await endsInTime(running, 'a second owner');
  for (const [name, { code, stderr }] of ended) {
    assert.is(code, 3, `${name}: ${stderr}`);
    assert.match(stderr, 'owner', name);
  }
  const said = ['alice', 'bob', 'provider'].map((name) => ended.get(name)?.stderr).join('');
  assert.match(said, /owner has begun anew in the middle of the run.*still open: does it run twice\?/);
  assert.is(second.child.exitCode, null, 'it waits for the others');
  const others = ROLES.filter((role) => role !== 'owner').map((role) => startRole(dir, role, ['--resume']));
  await Promise.race([given, second.ended]);
  second.child.kill();
  const after = await endsInTime([second, ...others], 'taken over');
  assert.is(after.get('owner')?.code, 143, after.get('owner')?.stderr);
});

test('a second process that would listen where the first one does is told so, and the first goes on', async () => {
  const { dir, running } = await underWay();
  const other = await runCli(['run', join(dir, 'job.json'), '--role', 'bob', '--resume']);
  assert.is(other.code, 1);
  const refused = /bob cannot listen at 127\.0\.0\.1:\d+: .*address already in use/;
  assert.match(other.stderr, refused, other.stderr);
  for (const { role, child } of running) assert.is(child.exitCode, null, role);
  running[0].child.kill();
  await endsInTime(running, 'ended');
});

test.run();
