/** Roles that are killed in the middle of a job, and what becomes of the others. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ends,
  initJob,
  inOneGo,
  isAsInOneGo,
  ROLES,
  recordsOf,
  removeJobs,
  runRoles,
  startRole,
} from './job.js';
import type { Ended } from './run.js';

test.after(removeJobs);

/** Many enough that the kill comes long before the end, however late it comes. */
const EPOCHS = 120;
/** Test rows of which none is near the border between two classes after so many. */
const FOLD = ['--fold', '1'];
const whole = await inOneGo(EPOCHS, ...FOLD);

for (const victim of ROLES) {
  test(`${victim} is killed in the middle: the others say who, and --resume ends as if nothing had been`, async () => {
    const dir = await initJob('wine', ...FOLD, '--epochs', String(EPOCHS));
    const job = JSON.parse(readFileSync(join(dir, 'job.json'), 'utf8'));
    writeFileSync(join(dir, 'job.json'), JSON.stringify({ ...job, limits: { ...job.limits, heartbeat: 2 } }));
    const watched = victim === 'owner' ? 'alice' : 'owner';
    const sign = victim === 'owner' ? /epoch 3\/120 done/ : /^ +3\/120 /m;
    let killed = false;
    const running = ROLES.map((role) =>
      startRole(dir, role, [], (stdout) => {
        if (role !== watched || killed || !sign.test(stdout)) return;
        killed = true;
        running.find((candidate) => candidate.role === victim)?.child.kill('SIGKILL');
      }),
    );
    const first = await ends(running);
    assert.ok(killed);
    for (const role of ROLES.filter((name) => name !== victim)) {
      const { code, stderr, stdout } = first.get(role) as Ended;
      // a provider may be ahead of the others, done or with all that is left under way
      if (code === 0 && (role === 'provider' || victim === 'provider')) continue;
      assert.is(code, 3, `${role}: ${stdout}${stderr}`);
      assert.match(stderr, new RegExp(`${victim} (left|could not be reached)`), role);
    }
    const second = await runRoles(dir, ROLES, ['--resume', '--json']);
    for (const [role, { code, stderr }] of second) assert.equal([role, code, stderr], [role, 0, '']);
    const lines = recordsOf(second.get('owner'));
    assert.ok(lines.length < EPOCHS + 1, 'some epochs were there already');
    assert.is(lines.at(-2)?.epoch ?? EPOCHS, EPOCHS);
    isAsInOneGo(lines.at(-1).result, whole);
  });
}

test('SIGTERM at one role ends all, and the others say who it was', async () => {
  const dir = await initJob('wine', '--epochs', '200');
  let killed = false;
  const running = ROLES.map((role) =>
    startRole(dir, role, [], (stdout) => {
      if (role !== 'owner' || killed || !/^ {2}2\/200/m.test(stdout)) return;
      killed = true;
      running[1].child.kill('SIGTERM');
    }),
  );
  const ended = await ends(running);
  assert.equal(
    ROLES.map((role) => ended.get(role)?.code),
    [3, 143, 3, 3],
  );
  for (const role of ['alice', 'provider', 'owner']) {
    assert.match(String(ended.get(role)?.stderr), /bob was terminated/);
  }
  assert.match(String(ended.get('bob')?.stderr), /terminated; the session has ended/);
});

test.run();
