/** Jobs on a file an owner, every role in a process of its own: the job lists what columns, categories and classes all of them have. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { north, south } from '../data/table/owners-tables.js';
import { initJob, ROLES, removeJobs, resultOf, runRoles } from './job.js';
import { runCli } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'job-files-'));
const at = (name: string) => join(folder, name);
test.after(() => {
  removeJobs();
  rmSync(folder, { recursive: true });
});
for (const [name, text] of Object.entries({ north, south })) writeFileSync(at(`${name}.csv`), text);

const files = `alice=${at('north.csv')}:bob=${at('south.csv')}`;
const args = [files, '--target', 'kind', '--missing', 'mean', '--epochs', '6', '--ring', '64'];

test('four processes train on two files as one does, though each lacks a class', async () => {
  const dir = await initJob('table', ...args);
  const { data, parties } = JSON.parse(readFileSync(join(dir, 'job.json'), 'utf8'));
  assert.equal(parties, ['alice', 'bob']);
  assert.equal(data.columns, [
    ...['sepal', 'petal', 'width'].map((name) => ({ name, kind: 'number', missing: 'mean' })),
    { name: 'colour', kind: 'category', categories: ['blue', 'red', 'white'], missing: 'zeros' },
  ]);
  assert.equal(data.classes, ['setosa', 'versicolor', 'virginica']);
  assert.equal(data.rows, { alice: { train: 60, test: 15 }, bob: { train: 60, test: 15 } });
  const own = readFileSync(join(dir, 'data/bob/train.csv'), 'utf8');
  assert.match(own, /^sepal,petal,width,colour,kind\n,/);
  assert.not.match(own, /setosa|white/);
  const one = resultOf(await runCli(['train', ...args, '--json', '--no-compare']));
  const ended = await runRoles(dir, ROLES, ['--json']);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  const apart = resultOf(ended.get('owner'));
  assert.ok(Math.abs(apart.loss - one.loss) < 0.002, `${apart.loss}, in one process ${one.loss}`);
  assert.ok(apart.accuracy > 0.8, String(apart.accuracy));
});

test('a missing cell has the median over both files, which no file says: four processes train as one does', async () => {
  const own = [...args.slice(0, 3), '--missing', 'median', ...args.slice(5)];
  const dir = await initJob('table', ...own);
  const path = join(dir, 'job.json');
  const { data, discloses } = JSON.parse(readFileSync(path, 'utf8'));
  assert.equal(data.columns[0], { name: 'sepal', kind: 'number', missing: 'median' });
  assert.equal(
    discloses
      .filter(({ label }: { label: string }) => label === 'medians')
      .map(({ to }: { to: string }) => to),
    ['alice', 'bob'],
  );
  const check = await runCli(['job', 'check', path, '--role', 'bob', '--data', join(dir, 'data/bob')]);
  assert.match(
    check.stdout,
    /puts for a missing number in "sepal", "petal", "width" the median over the training rows of all owners/,
  );
  assert.match(check.stdout, /learns .*the median of each column in which it stands in for a missing number/);
  assert.not.match(check.stdout, /how many cells/);
  const one = await runCli(['train', ...own, '--no-compare']);
  assert.match(one.stdout, /columns scaled by joint statistics: \d+ sums and 3 medians opened, no row/);
  const told = resultOf(await runCli(['train', ...own, '--json', '--no-compare']));
  const ended = await runRoles(dir, ROLES, ['--json']);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  const apart = resultOf(ended.get('owner'));
  assert.ok(Math.abs(apart.loss - told.loss) < 0.005, `${apart.loss}, in one process ${told.loss}`);
});

test('files and options that cannot be meant are refused in one line', async () => {
  const train = ['train', files, '--target', 'kind', '--missing', 'mean'];
  const none = `alice=${at('north.csv')}:bob=${at('none.csv')}`;
  const twice = `alice=${at('north.csv')}:alice=${at('south.csv')}`;
  const init = ['job', 'init', 'table', files, '--target', 'kind', '--missing', 'mean', '--out', at('new')];
  for (const [args, pattern] of [
    [[...train, '--rows', 'a:b'], /^beaverdam: train: --rows: each owner has rows of its own, in a file\n$/],
    [[...train, '--columns', 'a=petal:b=width'], /: --columns: each owner has rows of its own, in a file\n$/],
    [[...train, '--key', 'sepal'], /: --key: each owner has rows of its own, in a file\n$/],
    [['train', none, '--target', 'kind'], /^beaverdam: cannot read .*none\.csv: no such file\n$/],
    [['train', twice, '--target', 'kind', '--missing', 'mean'], /files: alice stands there twice\n$/],
    [['train', files, '--target', 'kind'], /south\.csv line 2, column "sepal": missing value/],
    [[...init, '--clients', 'c,d'], /: --clients: each owner has rows of its own, in a file\n$/],
  ] as const) {
    const { code, stdout, stderr } = await runCli([...args]);
    assert.equal([code, stdout], [2, ''], stderr);
    assert.match(stderr, pattern);
    assert.is(stderr.split('\n').length, 2, stderr);
  }
});

test.run();
