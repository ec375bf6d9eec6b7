/** A model stays at its parties under a name, and later jobs ask it; every role in a process of its own. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJobFile } from '../../src/jobs/job-document.js';
import { formDigest, type TrainingFile } from '../../src/jobs/job-file.js';
import { readOwnerRows } from '../../src/jobs/owner-files.js';
import { runQuery } from '../../src/jobs/query.js';
import { predictionOf } from '../../src/jobs/query-job.js';
import { trainingJob } from '../../src/jobs/role-job.js';
import { initJob, ROLES, recordsOf, removeJobs, resultOf, runRoles, startRole } from './job.js';
import { runCli } from './run.js';

test.after(removeJobs);

const dir = await initJob('wine', '--fold', '1', '--epochs', '2', '--save-as', 'wine');
const at = (...path: string[]) => join(dir, ...path);
const modelOf = (role: string) => at('state', role, `${role}.wine.model`);
for (const [kind, ...more] of [['evaluate'], ['predict', '--asker', 'bob']]) {
  const args = ['--model', at('job.json'), '--out', at(`${kind}.json`), ...more];
  const { code, stderr, stdout } = await runCli(['job', 'init', kind, ...args]);
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, new RegExp(`beaverdam run .*${kind}\\.json --role owner`));
}
const trained = await runRoles(dir, ROLES, ['--json']);
for (const [role, { code, stderr }] of trained) assert.equal([role, code, stderr], [role, 0, '']);

test('each party keeps its share, for its user alone, and nobody else keeps any', () => {
  for (const role of ['alice', 'bob']) assert.is(statSync(modelOf(role)).mode & 0o777, 0o600);
  for (const role of ['provider', 'owner']) assert.not.ok(existsSync(at('state', role)));
});

test('the evaluation comes to the accuracy of the training, and the owner alone learns it', async () => {
  const ended = await runRoles(dir, ROLES, ['--json'], 'evaluate.json');
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  const [before, after] = [resultOf(trained.get('owner')), resultOf(ended.get('owner'))];
  assert.is(after.accuracy, before.accuracy);
  assert.ok(Math.abs(after.loss - before.loss) < 0.002);
  assert.equal([resultOf(ended.get('alice')).accuracy, resultOf(ended.get('bob')).loss], [null, null]);
});

test('predictions go to the asker alone, as CSV, and are those of the same model in one process', async () => {
  const out = at('answers.csv');
  const others = ROLES.filter((role) => role !== 'bob').map((role) =>
    startRole(dir, role, [], () => {}, 'predict.json'),
  );
  const bob = await startRole(dir, 'bob', ['--out', out], () => {}, 'predict.json').ended;
  assert.equal([bob.code, bob.stderr], [0, '']);
  assert.match(bob.stdout, /predictions in .*answers\.csv/);
  for (const { role, ended } of others) {
    const { code, stderr, stdout } = await ended;
    assert.equal([role, code, stderr], [role, 0, '']);
    assert.match(stdout, /what came of it, bob alone knows/);
  }
  assert.is(statSync(out).mode & 0o777, 0o600);
  const [heading, ...lines] = readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const file = (await parseJobFile('job.json', readFileSync(at('job.json')))) as TrainingFile;
  const { classes = [] } = file.data;
  assert.equal(heading, ['class', ...classes.map((name) => `output ${name}`)]);
  const rows = await Promise.all(file.parties.map((owner) => readOwnerRows(file, owner, at('data', owner))));
  const job = predictionOf(
    trainingJob({ ...file, discloses: [{ label: 'predict: outputs', to: 'bob' }] }, rows),
    'bob',
  );
  const state = at('together');
  mkdirSync(state);
  for (const role of ['alice', 'bob']) copyFileSync(modelOf(role), join(state, `${role}.wine.model`));
  const { answers } = await runQuery(job, { state: { dir: state, data: await formDigest(file) } });
  assert.is(lines.length, answers?.length);
  for (const [row, { predicted, outputs }] of (answers ?? []).entries()) {
    const [told, ...numbers] = lines[row];
    for (const [j, output] of outputs.entries()) assert.ok(Math.abs(output - Number(numbers[j])) < 0.02);
    const [first, second] = [...outputs].sort((a, b) => b - a);
    if (first - second > 0.04) assert.is(told, classes[predicted]);
  }
});

test('without --out the asker prints them; rows need no labels', async () => {
  const path = at('data', 'bob', 'test.csv');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const bare = at('bare');
  mkdirSync(bare);
  writeFileSync(join(bare, 'test.csv'), lines.map((line) => line.replace(/,[^,]*$/, '')).join('\n'));
  const others = ROLES.filter((role) => role !== 'bob').map((role) =>
    startRole(dir, role, [], () => {}, 'predict.json'),
  );
  const bob = await startRole(dir, 'bob', ['--json', '--data', bare], () => {}, 'predict.json').ended;
  for (const { ended } of others) assert.is((await ended).code, 0);
  assert.equal([bob.code, bob.stderr], [0, '']);
  const records = recordsOf(bob);
  assert.is(records.length, lines.length);
  assert.equal(Object.keys(records[0]), ['row', 'class', 'outputs']);
  assert.equal([records[0].row, records.at(-1).result.rows], [1, lines.length - 1]);
});

test('other rows than those to test are asked about, as many as the job says', async () => {
  const rows = readFileSync(at('data', 'bob', 'test.csv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(0, 6);
  const other = at('other');
  mkdirSync(other);
  writeFileSync(join(other, 'test.csv'), rows.map((line) => line.replace(/,[^,]*$/, '')).join('\n'));
  const words = ['job', 'init', 'predict', '--model', at('job.json'), '--asker', 'bob', '--rows', '5'];
  const { code, stderr } = await runCli([...words, '--out', at('five.json')]);
  assert.equal([code, stderr], [0, '']);
  const others = ROLES.filter((role) => role !== 'bob').map((role) =>
    startRole(dir, role, [], () => {}, 'five.json'),
  );
  const bob = await startRole(dir, 'bob', ['--json', '--data', other], () => {}, 'five.json').ended;
  for (const { ended } of others) assert.is((await ended).code, 0);
  assert.equal([bob.code, bob.stderr], [0, '']);
  assert.is(recordsOf(bob).at(-1).result.rows, 5);
  const six = await runCli(['run', at('five.json'), '--role', 'bob', '--data', at('data', 'bob')]);
  assert.is(six.code, 2);
  assert.match(six.stderr, /bob has 18 rows to test, where the job says data\.rows\.bob\.test is 5/);
});

test('a party without the model, with that of another or of another run: each its own error', async () => {
  const refusal = async (role: string, state: string, expected: RegExp) => {
    const { code, stderr, stdout } = await runCli([
      'run',
      at('evaluate.json'),
      '--role',
      role,
      '--state',
      state,
    ]);
    assert.equal([code, stdout], [2, ''], stderr);
    assert.match(stderr, expected);
  };
  await refusal(
    'alice',
    at('nowhere'),
    /alice has no model "wine": there is no .*nowhere\/alice\.wine\.model/,
  );
  const other = await initJob('wine', '--hidden', '8', '--epochs', '1', '--save-as', 'wine');
  const smaller = await runRoles(other, ROLES, ['--json']);
  for (const { code } of smaller.values()) assert.is(code, 0);
  await refusal('bob', join(other, 'state/bob'), /bob\.wine\.model is of a model with another description/);
  const again = at('again');
  for (const name of ['job.json', 'keys', 'data']) cpSync(at(name), join(again, name), { recursive: true });
  const rerun = await runRoles(again, ROLES, ['--json']);
  for (const { code } of rerun.values()) assert.is(code, 0);
  const own = at('state', 'bob');
  renameSync(own, at('aside'));
  cpSync(join(again, 'state/bob'), own, { recursive: true });
  const mixed = await runRoles(dir, ROLES, [], 'evaluate.json');
  rmSync(own, { recursive: true });
  renameSync(at('aside'), own);
  for (const [role, { code }] of mixed) assert.ok(code === 3 || code === 4, `${role} ended with ${code}`);
  assert.ok(
    [...mixed.values()].some(({ stderr }) => /(alice|bob) and (alice|bob) bring different runs/.test(stderr)),
  );
});

test('what a job of another task does not have is refused; job check says what it does', async () => {
  const cases: [string[], RegExp][] = [
    [['run', at('evaluate.json'), '--role', 'owner', '--out', 'x'], /--out: owner learns no predictions/],
    [['run', at('predict.json'), '--role', 'alice', '--out', 'x'], /--out: alice learns no predictions/],
    [['run', at('predict.json'), '--role', 'alice', '--data', dir], /--data: alice brings no rows/],
    [['run', at('evaluate.json'), '--role', 'alice', '--resume'], /--resume: only a training is taken up/],
    [['job', 'init', 'evaluate', '--model', at('job.json'), '--out', at('job.json')], /is there already/],
    [['job', 'init', 'evaluate', '--model', at('predict.json'), '--out', at('x.json')], /is no training/],
    [
      ['job', 'init', 'predict', '--model', at('job.json'), '--out', at('x.json'), '--asker', 'eve'],
      /no party named "eve"/,
    ],
    [['job', 'init', 'evaluate', '--out', at('x.json')], /--model is needed/],
    [['job', 'init', 'wine', '--out', at('x'), '--save-as', 'a/b'], /--save-as: name: expected 1 to 40/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await runCli(args);
    assert.is(code, 2, `${args}: ${stderr}`);
    assert.match(stderr, expected);
  }
  const evaluation = await runCli([
    'job',
    'check',
    at('evaluate.json'),
    '--role',
    'bob',
    '--data',
    at('data/bob'),
  ]);
  assert.equal([evaluation.code, evaluation.stderr], [0, '']);
  assert.match(evaluation.stdout, /the model "wine" tested/);
  assert.match(evaluation.stdout, /brings 1\d rows: 13 columns/);
  const prediction = await runCli(['job', 'check', at('predict.json')]);
  assert.match(prediction.stdout, /bob learns what is revealed/);
  assert.match(
    prediction.stdout,
    /alice:[\s\S]*brings no rows[\s\S]*bob:[\s\S]*learns the outputs of the model for its own rows/,
  );
});

test.run();
