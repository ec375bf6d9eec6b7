/** A model that has stayed at its parties is opened later: its owner keeps it, and asks it with `predict`. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initJob, ROLES, removeJobs, resultOf, runRoles, startRole } from './job.js';
import { runCli } from './run.js';

test.after(removeJobs);

const dir = await initJob('wine', '--fold', '1', '--epochs', '3', '--save-as', 'wine');
const at = (...path: string[]) => join(dir, ...path);
const derived = ['--model', at('job.json'), '--out', at('open.json')];
const made = await runCli(['job', 'init', 'open', ...derived]);
const trained = await runRoles(dir, ROLES, ['--json']);

/** The accuracy of a model on a party's test rows, and how many these are. */
async function ask(model: string, party: string): Promise<{ accuracy: number; rows: number }> {
  const words = ['predict', '--model', model, '--data', at(`data/${party}/test.csv`), '--json'];
  const ended = await runCli(words);
  assert.equal([ended.code, ended.stderr], [0, '']);
  return resultOf(ended);
}

test('the job says what it opens, and to whom', async () => {
  assert.equal([made.code, made.stderr], [0, '']);
  assert.match(made.stdout, /beaverdam run .*open\.json --role owner --out model\n/);
  const job = JSON.parse(readFileSync(at('open.json'), 'utf8'));
  assert.equal([job.task, job.from, job.data.rows], ['open', 'wine', {}]);
  const { code, stdout } = await runCli(['job', 'check', at('open.json')]);
  assert.is(code, 0);
  assert.match(stdout, /the model "wine" opened/);
  assert.match(stdout, /owner:[\s\S]*learns the sums that scale the columns; the trained weights/);
  assert.not.match(stdout, /will be refused/);
});

test('the owner alone has the model, and predicts with it as the training did', async () => {
  for (const [role, { code, stderr }] of trained) assert.equal([role, code, stderr], [role, 0, '']);
  const model = at('model');
  const others = ROLES.filter((role) => role !== 'owner').map((role) =>
    startRole(dir, role, ['--json'], () => {}, 'open.json'),
  );
  const owner = await startRole(dir, 'owner', ['--out', model], () => {}, 'open.json').ended;
  assert.equal([owner.code, owner.stderr], [0, '']);
  assert.match(owner.stdout, `the model is in ${model}`);
  for (const { role, ended } of others) {
    const { code, stderr, stdout } = await ended;
    assert.equal([role, code, stderr], [role, 0, '']);
    assert.is(JSON.parse(stdout).result.out, null);
  }
  for (const file of ['model.safetensors', 'table.json']) {
    if (process.platform !== 'win32') assert.is(statSync(join(model, file)).mode & 0o777, 0o600);
  }
  const answers = [await ask(model, 'alice'), await ask(model, 'bob')];
  const total = answers.reduce((sum, { rows }) => sum + rows, 0);
  const right = answers.reduce((sum, { accuracy, rows }) => sum + accuracy * rows, 0);
  const { accuracy } = resultOf(trained.get('owner'));
  // another fraction and other roundings: a row on the border may fall on its other side
  assert.ok(
    Math.abs(right / total - accuracy) * total < 1.5,
    `${right / total}, in the training ${accuracy}`,
  );
});

test('a training whose owner is away reveals nothing, and the owner fetches the model later', async () => {
  const away = await initJob('wine', '--fold', '1', '--epochs', '5', '--save-as', 'wine', '--owner-away');
  const path = join(away, 'job.json');
  const job = JSON.parse(readFileSync(path, 'utf8'));
  assert.equal(
    job.discloses.map(({ label, to }: { label: string; to: string }) => `${label} to ${to}`).sort(),
    ['aggregate to alice', 'aggregate to bob'],
  );
  const check = await runCli(['job', 'check', path]);
  assert.match(check.stdout, /provider deals randomness, and nothing is revealed\./);
  assert.match(check.stdout, /owner takes no part: a later job opens the model "wine" to it/);
  const present = ['alice', 'bob', 'provider'];
  const ended = await runRoles(away, present, ['--json']);
  for (const [role, { code, stderr, stdout }] of ended) {
    assert.equal([role, code, stderr], [role, 0, '']);
    assert.equal([role, JSON.parse(stdout).result.accuracy], [role, null]);
  }
  const again = await runRoles(away, present, ['--json', '--resume']);
  for (const [role, { code, stderr }] of again) assert.equal([role, code, stderr], [role, 0, '']);
  const evaluate = join(away, 'evaluate.json');
  assert.is((await runCli(['job', 'init', 'evaluate', '--model', path, '--out', evaluate])).code, 0);
  const tested = await runRoles(away, ROLES, ['--json'], 'evaluate.json');
  assert.ok(resultOf(tested.get('owner')).accuracy > 0.9);
  const open = join(away, 'open.json');
  assert.is((await runCli(['job', 'init', 'open', '--model', path, '--out', open])).code, 0);
  const model = join(away, 'model');
  const others = present.map((role) => startRole(away, role, ['--json'], () => {}, 'open.json'));
  const owner = await startRole(away, 'owner', ['--out', model], () => {}, 'open.json').ended;
  assert.equal([owner.code, owner.stderr], [0, '']);
  for (const { role, ended } of others) assert.equal([role, (await ended).code], [role, 0]);
  for (const party of ['alice', 'bob']) {
    const { accuracy } = await ask(model, party);
    assert.ok(accuracy > 0.85, `${party}: ${accuracy}`);
  }

  const wrong: [string[], RegExp][] = [
    [
      ['run', path, '--role', 'owner'],
      /run: owner takes no part in .*: a job that opens the model is for it/,
    ],
    [
      ['job', 'init', 'wine', '--out', at('away'), '--owner-away'],
      /job init wine: --owner-away needs --save-as: nothing would be left of the training/,
    ],
  ];
  const bad = [{ saveAs: undefined }, { owner: 'alice' }];
  bad.forEach((change, i) => {
    writeFileSync(join(away, `bad-${i}.json`), JSON.stringify({ ...job, ...change }));
  });
  wrong.push([['job', 'check', join(away, 'bad-0.json')], /saveAs: is missing, where the owner is away/]);
  wrong.push([
    ['job', 'check', join(away, 'bad-1.json')],
    /: alice is a party, and takes part|is no party, provider/,
  ]);
  for (const [words, expected] of wrong) {
    const { code, stderr } = await runCli(words);
    assert.is(code, 2, stderr);
    assert.match(stderr, expected);
  }
});

test('wrong uses are refused before anything is linked', async () => {
  mkdirSync(at('full'));
  writeFileSync(at('full/file'), '');
  const job = JSON.parse(readFileSync(at('open.json'), 'utf8'));
  writeFileSync(at('other.json'), JSON.stringify({ ...job, from: 'beer' }));
  writeFileSync(
    at('rows.json'),
    JSON.stringify({ ...job, data: { ...job.data, rows: { alice: { test: 3 } } } }),
  );
  const run = (file: string, role: string, ...words: string[]) => ['run', at(file), '--role', role, ...words];
  const cases: [string[], RegExp][] = [
    [run('open.json', 'owner'), /run: --out, the folder for the model, is needed/],
    [run('open.json', 'owner', '--out', at('full')), /run: --out: .*full is not empty; nothing was written/],
    [
      run('open.json', 'alice', '--out', at('x')),
      /run: --out: alice is not the owner, to whom the model is opened/,
    ],
    [run('open.json', 'alice', '--data', dir), /run: --data: alice brings no rows/],
    [run('other.json', 'alice'), /alice has no model "beer"/],
    [run('rows.json', 'alice'), /data\.rows\.alice: /],
    [['job', 'init', 'open', ...derived], /open\.json is there already/],
  ];
  for (const [words, expected] of cases) {
    const { code, stderr } = await runCli(words);
    assert.is(code, 2, stderr);
    assert.match(stderr, expected);
  }
  assert.not(existsSync(at('x')));
});

test.run();
