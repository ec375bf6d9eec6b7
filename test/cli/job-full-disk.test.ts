/**
 * A role's state on a disk that becomes full: it says which file could not be written, the others who has left, and after room
 * has been made the job ends from the last checkpoint that was kept. The disk is one of two pages of memory where the system lets this
 * process mount it, and everywhere one that is told to the role's process (small-disk.ts).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initJob, inOneGo, isAsInOneGo, ROLES, recordsOf, removeJobs, runRoles, startRole } from './job.js';
import { endsInTime, limit } from './kills.js';
import type { Ended } from './run.js';

/** A role has two checkpoints, each of less than a page, and a third while it is written. */
const FIT = 2;
const EPOCHS = 6;

interface Disk {
  /** What is told to Node before the command. */
  readonly node: readonly string[];
  makeRoom(): void;
}

const mounted: string[] = [];
const unmountAll = () => {
  for (const folder of mounted.splice(0)) spawnSync('umount', [folder]);
};
process.on('exit', unmountAll);
test.after(() => {
  unmountAll();
  removeJobs();
});

const mount = (folder: string, options: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'beaverdam-test', folder], { encoding: 'utf8' });

/** A disk in memory; the reason where this process may not mount one. */
function mountDisk(folder: string): Disk | string {
  if (process.platform !== 'linux') return 'only tried on Linux';
  const { status, stderr, error } = mount(folder, `nr_blocks=${FIT}`);
  if (status !== 0) return error?.message ?? stderr.trim();
  mounted.push(folder);
  return {
    node: [],
    makeRoom: () => assert.is(mount(folder, `remount,nr_blocks=${16 * FIT}`).status, 0),
  };
}

function tellDisk(folder: string): Disk {
  const url = pathToFileURL(join(import.meta.dirname, 'small-disk.js'));
  url.search = String(new URLSearchParams({ folder, files: String(FIT) }));
  return { node: ['--import', url.href], makeRoom: () => {} };
}

const whole = await inOneGo(EPOCHS);

for (const [name, make] of Object.entries({ mounted: mountDisk, told: tellDisk })) {
  test(`the disk of alice is full, ${name}`, async () => {
    const dir = await initJob('wine', '--epochs', String(EPOCHS));
    limit(dir, { heartbeat: 5 });
    const folder = join(dir, 'state', 'alice');
    mkdirSync(folder, { recursive: true });
    const disk = make(folder);
    if (typeof disk === 'string') {
      console.log(`no disk can be mounted here, the other is used alone: ${disk}`);
      return;
    }
    const running = ROLES.map((role) =>
      startRole(dir, role, [], () => {}, 'job.json', role === 'alice' ? disk.node : []),
    );
    const ended = await endsInTime(running, 'full');
    const { code, stderr } = ended.get('alice') as Ended;
    assert.is(code, 1, stderr);
    assert.match(stderr, /cannot write .*state.alice.alice\.0-3\.checkpoint: ENOSPC/);
    for (const role of ['bob', 'provider', 'owner']) {
      const { code: other, stderr: said } = ended.get(role) as Ended;
      // the provider may have dealt all that is needed, and be done
      if (role === 'provider' && other === 0) continue;
      assert.equal([role, other], [role, 3], said);
      assert.match(said, /alice left/, role);
    }
    const kept = ['alice.0-1.checkpoint', 'alice.0-2.checkpoint'];
    assert.equal(readdirSync(folder).sort(), kept, 'nothing half written is left');
    const last = readFileSync(join(folder, kept[1]));

    disk.makeRoom();
    assert.equal(readFileSync(join(folder, kept[1])), last);
    const second = await runRoles(dir, ROLES, ['--resume', '--json']);
    for (const [role, { code: done, stderr: said }] of second)
      assert.equal([role, done, said], [role, 0, '']);
    const lines = recordsOf(second.get('owner'));
    assert.equal(
      lines.slice(0, -1).map(({ epoch }) => epoch),
      Array.from({ length: EPOCHS - FIT }, (_, i) => FIT + 1 + i),
      'goes on behind the last checkpoint',
    );
    isAsInOneGo(lines.at(-1).result, whole);
  });
}

test.run();
