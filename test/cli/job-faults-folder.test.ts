/** Checkpoints that cannot be written: the role says which file, the others who has left, and the last one is of use. */
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initJob, ROLES, type RunningRole, recordsOf, removeJobs, runRoles, startRole } from './job.js';
import { endsInTime, limit } from './kills.js';
import { type Ended, runCli } from './run.js';

test.after(removeJobs);

const EPOCHS = 120;

/** Runs a job until alice has ended an epoch; then `spoil` has its way with her folder, and all end. */
async function spoiled(spoil: (folder: string) => void) {
  const dir = await initJob('wine', '--epochs', String(EPOCHS));
  limit(dir, { heartbeat: 5 });
  const folder = join(dir, 'state', 'alice');
  let done = false;
  const running: RunningRole[] = ROLES.map((role) =>
    startRole(dir, role, [], (stdout) => {
      if (role !== 'alice' || done || !/epoch 3\/120 done/.test(stdout)) return;
      done = true;
      spoil(folder);
    }),
  );
  return { dir, folder, ended: await endsInTime(running, 'spoiled') };
}

function areTold(ended: ReadonlyMap<string, Ended>, reason: RegExp): void {
  const { code, stderr } = ended.get('alice') as Ended;
  assert.is(code, 1, stderr);
  assert.match(stderr, reason);
  for (const role of ['bob', 'provider', 'owner']) {
    const { code: other, stderr: said } = ended.get(role) as Ended;
    assert.is(other, 3, `${role}: ${said}`);
    assert.match(said, /alice left/, role);
  }
}

/** Takes the job up, to its end. @returns epochs that were left to be made */
async function resumed(dir: string): Promise<number> {
  const ended = await runRoles(dir, ROLES, ['--resume', '--json']);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  return recordsOf(ended.get('owner')).length - 1;
}

test('a file comes in the place of the folder', async () => {
  const { dir, folder, ended } = await spoiled((place) => {
    renameSync(place, `${place}.aside`);
    writeFileSync(place, '');
  });
  areTold(ended, /checkpoint.*state\/alice.*(EEXIST|ENOTDIR)/);
  const refused = await runCli(['run', join(dir, 'job.json'), '--role', 'alice', '--resume']);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /checkpoints: cannot read the folder .*state\/alice: ENOTDIR/);
  rmSync(folder);
  renameSync(`${folder}.aside`, folder);
  assert.ok((await resumed(dir)) < EPOCHS);
});

test('nothing can be written in the folder any more', async () => {
  // a folder in the place of every file that is still to come: a mode would not stop a superuser
  const { dir, folder, ended } = await spoiled((place) => {
    for (let epoch = 4; epoch <= EPOCHS; epoch++) {
      mkdirSync(join(place, `alice.0-${epoch}.checkpoint.part`), { recursive: true });
    }
  });
  areTold(ended, /cannot write .*state\/alice\/alice\.0-\d+\.checkpoint: /);
  const kept = readdirSync(folder).filter((name) => name.endsWith('.checkpoint'));
  assert.ok(kept.length >= 1, String(readdirSync(folder)));
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.part')) rmSync(join(folder, name), { recursive: true });
  }
  assert.ok((await resumed(dir)) < EPOCHS);
});

test('a folder in which nothing can be written is told before anybody is waited for', async () => {
  const dir = await initJob('wine');
  limit(dir, { join: 3 });
  const run = () => runCli(['run', join(dir, 'job.json'), '--role', 'alice']);
  symlinkSync(join(dir, 'not mounted'), join(dir, 'state'));
  const nowhere = await run();
  assert.is(nowhere.code, 2, nowhere.stderr);
  assert.match(nowhere.stderr, /checkpoints: cannot write to the folder .*state\/alice: ENO/);
  rmSync(join(dir, 'state'));
  mkdirSync(join(dir, 'state/alice/alice.checkpoint.try'), { recursive: true });
  const taken = await run();
  assert.is(taken.code, 2, taken.stderr);
  assert.match(taken.stderr, /cannot write to the folder .*state\/alice: /);
  rmSync(join(dir, 'state'), { recursive: true });
  const waits = await run();
  assert.is(waits.code, 3, waits.stderr);
  assert.equal(readdirSync(join(dir, 'state/alice')), [], 'nothing is left of it');
});

test.run();
