/** Checkpoints from which no run can go on: to try again would not help, and the exit code says so. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initJob, ROLES, removeJobs, runRoles } from './job.js';

test.after(removeJobs);

/** Who finds it out ends with 2; who hears of it from another before, with 3. @returns those who found it out */
async function refused(dir: string, reason: RegExp): Promise<string[]> {
  const ended = await runRoles(dir, ROLES, ['--resume']);
  for (const [role, { code, stderr }] of ended) {
    assert.match(stderr, reason, role);
    assert.is(code, / left: /.test(stderr) ? 3 : 2, `${role}: ${stderr}`);
  }
  return ROLES.filter((role) => ended.get(role)?.code === 2);
}

test('checkpoints of another job, and such as not all parties have', async () => {
  const dir = await initJob('wine', '--epochs', '3');
  const made = await runRoles(dir, ROLES);
  for (const [role, { code, stderr }] of made) assert.equal([role, code, stderr], [role, 0, '']);

  const path = join(dir, 'job.json');
  const text = readFileSync(path, 'utf8');
  const job = JSON.parse(text);
  writeFileSync(path, JSON.stringify({ ...job, training: { ...job.training, epochs: 4 } }));
  const found = await refused(dir, /\.checkpoint is of another job/);
  assert.ok(found.length > 0 && found.every((role) => job.parties.includes(role)), String(found));

  writeFileSync(path, text);
  rmSync(join(dir, 'state', 'bob'), { recursive: true });
  const none = /no checkpoint that all roles have: alice has those after epoch 2, 3; bob has none/;
  assert.ok((await refused(dir, none)).length > 0);
});

test.run();
