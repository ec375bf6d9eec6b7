/** Jobs on rows with missing cells, every role in a process of its own: the mean over all owners stands in. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holes } from './holes.js';
import { initJob, ROLES, recordsOf, removeJobs, resultOf, runRoles } from './job.js';
import { runCli } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'job-missing-'));
const at = (name: string) => join(folder, name);
test.after(() => {
  removeJobs();
  rmSync(folder, { recursive: true });
});
writeFileSync(at('holes.csv'), holes);

/** Runs all roles, all of which must end well. @returns the results by role */
async function run(dir: string, job = 'job.json') {
  const ended = await runRoles(dir, ROLES, ['--json'], job);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  return ended;
}

const args = [at('holes.csv'), '--target', 'price', '--missing', 'mean', '--epochs', '2', '--ring', '64'];
args.push('--rows', 'alice=0.6:bob=0.4');
const dir = await initJob('table', ...args, '--save-as', 'means');

test('missing numbers have the mean over all owners, which no file says: four processes train, test and open as one does', async () => {
  const path = join(dir, 'job.json');
  const { data, discloses } = JSON.parse(readFileSync(path, 'utf8'));
  assert.equal(data.columns[0], { name: 'area', kind: 'number', missing: 'mean' });
  const summed = discloses.filter(({ label }: { label: string }) => label === 'aggregate');
  assert.equal(
    summed.map(({ to }: { to: string }) => to),
    ['alice', 'bob', 'owner'],
  );
  const check = await runCli(['job', 'check', path, '--role', 'bob', '--data', join(dir, 'data/bob')]);
  assert.match(
    check.stdout,
    /puts for a missing number in "area", "rooms", "age" the mean over the training rows of all owners/,
  );
  assert.match(check.stdout, /opens, with alice, 17 sums over the training rows of all/);
  assert.match(
    check.stdout,
    /learns the sums that scale the columns, and how many cells of some are not missing/,
  );
  const one = resultOf(await runCli(['train', ...args, '--json', '--no-compare']));
  const apart = resultOf((await run(dir)).get('owner'));
  for (const key of ['loss', 'r2'])
    assert.ok(Math.abs(apart[key] - one[key]) < 0.002, `${apart[key]}, in one process ${one[key]}`);
  for (const kind of ['evaluate', 'open']) {
    const out = join(dir, `${kind}.json`);
    const made = await runCli(['job', 'init', kind, '--model', path, '--out', out]);
    assert.equal([made.code, made.stderr], [0, '']);
  }
  const tested = resultOf((await run(dir, 'evaluate.json')).get('owner'));
  assert.ok(Math.abs(tested.loss - apart.loss) < 0.002, `${tested.loss}, after the training ${apart.loss}`);
  const model = at('opened');
  const [ended, owner] = await Promise.all([
    runRoles(
      dir,
      ROLES.filter((role) => role !== 'owner'),
      ['--json'],
      'open.json',
    ),
    runRoles(dir, ['owner'], ['--json', '--out', model], 'open.json'),
  ]);
  for (const { code, stderr } of [...ended.values(), ...owner.values()]) assert.is(code, 0, stderr);
  const cells = ['alice', 'bob']
    .flatMap((role) =>
      readFileSync(join(dir, `data/${role}/train.csv`), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1),
    )
    .map((line) => line.split(',')[0])
    .filter((cell) => cell !== '');
  const mean = cells.reduce((sum, cell) => sum + Number(cell), 0) / cells.length;
  const { shape } = JSON.parse(readFileSync(join(model, 'table.json'), 'utf8'));
  assert.ok(Math.abs(shape.columns[0].missing - mean) < 1e-4, `${shape.columns[0].missing}, ${mean}`);
  // a single row about which the model is asked, without an area
  writeFileSync(at('one.csv'), 'age,heating,rooms,area\n12,gas,3,\n');
  const asked = await runCli(['predict', '--model', model, '--data', at('one.csv'), '--json']);
  assert.ok(Number.isFinite(recordsOf(asked)[0].values[0]), asked.stderr);
});

test('an owner who has few numbers of a column is refused before anything of them is sent, and all roles end', async () => {
  // bob knows four areas, whose mean would say too much of each
  const own = join(dir, 'data/bob/train.csv');
  const [heading, ...lines] = readFileSync(own, 'utf8').trimEnd().split('\n');
  const few = lines.map((line, i) => (i < 4 ? line.replace(/^[^,]*/, '81') : line.replace(/^[^,]*/, '')));
  writeFileSync(own, [heading, ...few].join('\n'));
  const failed = await runRoles(dir, ROLES, ['--json', '--state', at('nowhere')]);
  const { code, stderr } = failed.get('bob') ?? { code: 0, stderr: '' };
  assert.is.not(code, 0);
  assert.match(stderr, /bob's column area has fewer than 10 cells that are not missing/);
  for (const role of ['alice', 'provider', 'owner']) assert.is.not(failed.get(role)?.code, 0, role);
});

test.run();
