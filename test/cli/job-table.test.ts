/** Jobs on tables, every role in a process of its own: trained, tested and asked as in one process. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flowers, patients } from '../data/table/small-tables.js';
import { holes } from './holes.js';
import { initJob, ROLES, recordsOf, removeJobs, resultOf, runRoles } from './job.js';
import { runCli } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'job-table-'));
const at = (name: string) => join(folder, name);
test.after(() => {
  removeJobs();
  rmSync(folder, { recursive: true });
});
for (const [name, text] of Object.entries({ flowers, patients, holes }))
  writeFileSync(at(`${name}.csv`), text);

/** Runs all roles, all of which must end well. @returns the results by role */
async function run(dir: string, job = 'job.json', roles: readonly string[] = ROLES) {
  const ended = await runRoles(dir, roles, ['--json'], job);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  return ended;
}

const REGRESSION = ['--target', 'price', '--missing', 'median', '--epochs', '4', '--ring', '64'];
const houses = await initJob('table', at('holes.csv'), ...REGRESSION, '--save-as', 'houses');
const derived = async (kind: string, ...more: string[]) => {
  const args = ['--model', join(houses, 'job.json'), '--out', join(houses, `${kind}.json`), ...more];
  const { code, stderr } = await runCli(['job', 'init', kind, ...args]);
  assert.equal([code, stderr], [0, '']);
};
await derived('evaluate');
await derived('predict', '--asker', 'bob');
const trained = await run(houses);

test('a regression on texts and missing cells: four processes train as one does, and the owner has R² and errors', async () => {
  const { data } = JSON.parse(readFileSync(join(houses, 'job.json'), 'utf8'));
  assert.equal(
    data.columns.map(({ name, missing }: { name: string; missing: unknown }) => [name, typeof missing]),
    [
      ['area', 'number'],
      ['rooms', 'number'],
      ['age', 'number'],
      ['heating', 'string'],
    ],
  );
  assert.equal([data.target, data.classes], ['price', undefined]);
  const rows = readFileSync(join(houses, 'data/alice/train.csv'), 'utf8');
  assert.match(rows, /^,\d,/m, 'missing cells are missing still');
  const one = resultOf(await runCli(['train', at('holes.csv'), ...REGRESSION, '--json', '--no-compare']));
  const apart = resultOf(trained.get('owner'));
  assert.equal(Object.keys(apart), Object.keys(one));
  assert.ok(Math.abs(apart.loss - one.loss) < 0.002, `${apart.loss}, in one process ${one.loss}`);
  assert.ok(Math.abs(apart.r2 - one.r2) < 0.002 && apart.r2 > 0.8, `${apart.r2}`);
  assert.ok(Math.abs(apart.mae - one.mae) < 0.2, `${apart.mae}, in one process ${one.mae}`);
  const [first] = recordsOf(trained.get('owner'));
  assert.equal(Object.keys(first), ['epoch', 'loss', 'r2', 'valLoss', 'valR2', 'seconds']);
  assert.equal([resultOf(trained.get('alice')).r2, resultOf(trained.get('bob')).mae], [null, null]);
});

test('a test of that model tells the owner what the training told at its end', async () => {
  const ended = await run(houses, 'evaluate.json');
  const [before, after] = [resultOf(trained.get('owner')), resultOf(ended.get('owner'))];
  for (const key of ['loss', 'r2']) assert.ok(Math.abs(after[key] - before[key]) < 0.002, key);
  assert.ok(Math.abs(after.mae - before.mae) < 0.1, `${after.mae}, ${before.mae}`);
  assert.equal([after.rows, resultOf(ended.get('alice')).r2], [48, null]);
});

test('predictions are numbers in the unit of the target; columns may stand in any order, and need no target', async () => {
  const path = join(houses, 'data/bob/test.csv');
  const [heading, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.is(heading, 'area,rooms,age,heating,price');
  const turned = [heading, ...lines].map((line) => line.split(',').slice(0, 4).reverse().join(','));
  const others = ROLES.filter((role) => role !== 'bob');
  mkdirSync(at('bare'));
  writeFileSync(at('bare/test.csv'), turned.join('\n'));
  const [, bob] = await Promise.all([
    run(houses, 'predict.json', others),
    runRoles(houses, ['bob'], ['--json', '--data', at('bare')], 'predict.json'),
  ]);
  const records = recordsOf(bob.get('bob'));
  assert.equal(Object.keys(records[0]), ['row', 'values']);
  assert.is(records.length, lines.length + 1);
  const prices = lines.map((line) => Number(line.split(',')[4]));
  const errors = prices.map((price, i) => Math.abs(price - records[i].values[0]));
  const mae = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  assert.ok(mae < 40, `${mae}`);
});

test('classes with names, metrics, rows that are dropped, three owners with parts of their own', async () => {
  const args = ['--target', 'outcome', '--missing', 'drop', '--epochs', '3', '--save-as', 'p'];
  const split = ['--rows', 'ann=0.4:ben=0.35:cyd=0.25'];
  const dir = await initJob(
    'table',
    at('patients.csv'),
    ...args,
    ...split,
    '--metrics',
    'confusionMatrix,auc',
  );
  const path = join(dir, 'job.json');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  assert.equal(
    [file.parties, file.data.classes],
    [
      ['ann', 'ben', 'cyd'],
      ['ill', 'well'],
    ],
  );
  assert.equal(file.data.missingTarget, 'drop');
  // whose file has a row more, in which a cell is missing, has as many rows as before
  const own = join(dir, 'data/ben/test.csv');
  const [heading, ...lines] = readFileSync(own, 'utf8').trimEnd().split('\n');
  writeFileSync(own, [heading, ',120,no,ill', ...lines].join('\n'));
  const roles = ['ann', 'ben', 'cyd', 'provider', 'owner'];
  const result = resultOf((await run(dir, 'job.json', roles)).get('owner'));
  const one = resultOf(
    await runCli(
      ['train', at('patients.csv'), ...args.slice(0, 6), '--rows', 'ann=0.4:ben=0.35:cyd=0.25'].concat(
        '--json',
        '--no-compare',
      ),
    ),
  );
  assert.ok(Math.abs(result.accuracy - one.accuracy) < 0.06, `${result.accuracy}, ${one.accuracy}`);
  assert.ok(Math.abs(result.loss - one.loss) < 0.02, `${result.loss}, ${one.loss}`);
  const { confusionMatrix, auc, aucError } = result.scores;
  const counts: number[] = confusionMatrix.flat();
  const rows = counts.reduce((sum, count) => sum + count, 0);
  assert.is((counts[0] + counts[3]) / rows, result.accuracy);
  assert.ok(auc - aucError > 0.5 && auc + aucError <= 1 && aucError < 0.1, `${auc} ± ${aucError}`);
  const told = ['confusionMatrix', 'auc'].map((name) => ({ label: `evaluate: ${name}`, to: 'owner' }));
  for (const entry of told)
    assert.ok(
      file.discloses.some((one: object) => String(Object.values(one)) === String(Object.values(entry))),
    );
  const out = join(dir, 'answers.csv');
  const made = await runCli([
    'job',
    'init',
    'predict',
    '--model',
    path,
    '--out',
    join(dir, 'ask.json'),
    '--asker',
    'ben',
  ]);
  assert.is(made.code, 0, made.stderr);
  const [ended, ben] = await Promise.all([
    runRoles(dir, ['ann', 'cyd', 'provider', 'owner'], [], 'ask.json'),
    runRoles(dir, ['ben'], ['--out', out], 'ask.json'),
  ]);
  for (const { code, stderr } of [...ended.values(), ...ben.values()]) assert.is(code, 0, stderr);
  const answers = readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  assert.equal(answers[0], ['line', 'class', 'output ill', 'output well']);
  assert.is(answers[1][0], '3', 'the first row has no age');
  assert.is(answers.length, lines.length + 1);
  const right = answers.slice(1).filter(([, told], i) => lines[i].endsWith(`,${told}`)).length;
  assert.ok(right / lines.length > 0.6, `${right} of ${lines.length}`);
});

test('a test of a model has the metrics that it is asked for, told for people', async () => {
  const path = join(houses, 'metrics.json');
  const args = ['--model', join(houses, 'job.json'), '--out', path];
  const made = await runCli(['job', 'init', 'evaluate', ...args, '--metrics', 'r2,meanAbsoluteError']);
  assert.equal([made.code, made.stderr], [0, '']);
  const ended = await runRoles(houses, ROLES, [], 'metrics.json');
  const { stdout } = ended.get('owner') ?? { stdout: '' };
  assert.match(stdout, /R² 0\.[89]\d+, mean error \d+(\.\d)?, loss 0\.\d+/);
  assert.match(stdout, /R² against the mean of these rows 0\.\d{4}\n/);
  assert.match(stdout, /mean absolute error of outputs as the loss takes them 0\.\d{4}\n/);
  const { stdout: check } = await runCli(['job', 'check', path, '--role', 'owner']);
  assert.match(check, /learns the target's mean and deviation.*R² of the test rows against their own mean/);
  const wrong = await runCli([
    'job',
    'init',
    'evaluate',
    ...args.slice(0, 2),
    '--out',
    `${path}x`,
    '--metrics',
    'auc',
  ]);
  assert.equal(
    [wrong.code, wrong.stderr],
    [2, 'beaverdam: job init evaluate: --metrics: auc is of classes, and the target is a number\n'],
  );
});

test("columns of the same rows: trained as in one process, tested and asked; no party has learned another's statistics", async () => {
  const [head, ...lines] = holes.split('\n');
  const keyed = lines.map((line, i) => `k${String((i * 37) % 240).padStart(3, '0')},${line}`);
  writeFileSync(at('keyed.csv'), [`id,${head}`, ...keyed].join('\n'));
  const args = [at('keyed.csv'), '--target', 'price', '--missing', 'mean', '--epochs', '4', '--key', 'id'];
  const owners = ['--columns', 'ann=area,rooms:ben=heating,age,price'];
  const dir = await initJob('table', ...args, ...owners, '--save-as', 'houses');
  const roles = ['ann', 'ben', 'provider', 'owner'];
  const path = join(dir, 'job.json');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  assert.equal(file.data.owners, { ann: ['area', 'rooms'], ben: ['age', 'heating', 'price'] });
  assert.equal(file.data.rows, { ann: { train: 192, test: 48 }, ben: { train: 192, test: 48 } });
  assert.not(file.discloses.some(({ label }: { label: string }) => label === 'aggregate'));
  // ben's rows may stand in any order: the key puts them into one
  const own = join(dir, 'data/ben/test.csv');
  const [heading, ...cells] = readFileSync(own, 'utf8').trimEnd().split('\n');
  assert.is(heading, 'id,age,heating,price');
  writeFileSync(own, [heading, ...[...cells].reverse()].join('\n'));
  const check = await runCli(['job', 'check', path, '--role', 'ben', '--data', join(dir, 'data/ben')]);
  assert.match(
    check.stdout,
    /brings 192 rows to train and 48 to test: 2 columns of all rows, and "price", a number/,
  );
  assert.match(check.stdout, /puts its rows in the order of "id"/);
  const apart = resultOf((await run(dir, 'job.json', roles)).get('owner'));
  const one = resultOf(await runCli(['train', ...args, ...owners, '--json', '--no-compare']));
  for (const key of ['loss', 'r2'])
    assert.ok(Math.abs(apart[key] - one[key]) < 0.002, `${apart[key]}, ${one[key]}`);
  assert.ok(Math.abs(apart.mae - one.mae) < 0.2, `${apart.mae}, in one process ${one.mae}`);
  for (const [kind, ...more] of [['evaluate'], ['predict', '--asker', 'ann']]) {
    const made = await runCli([
      'job',
      'init',
      kind,
      '--model',
      path,
      '--out',
      join(dir, `${kind}.json`),
      ...more,
    ]);
    assert.equal([made.code, made.stderr], [0, '']);
  }
  const tested = resultOf((await run(dir, 'evaluate.json', roles)).get('owner'));
  for (const key of ['loss', 'r2']) assert.ok(Math.abs(tested[key] - apart[key]) < 0.002, `${tested[key]}`);
  assert.is(tested.rows, 48);
  const asked = recordsOf((await run(dir, 'predict.json', roles)).get('ann'));
  assert.equal(Object.keys(asked[0]), ['row', 'line', 'values']);
  const idOf = readFileSync(join(dir, 'data/ann/test.csv'), 'utf8')
    .split('\n')
    .map((line) => line.split(',')[0]);
  const priceOf = new Map(cells.map((line) => [line.split(',')[0], Number(line.split(',')[3])]));
  const errors = asked
    .slice(0, -1)
    .map(({ line, values }) => Math.abs(values[0] - (priceOf.get(idOf[line - 1]) ?? 0)));
  const mae = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  assert.ok(errors.length === 48 && Math.abs(mae - tested.mae) < 0.2, `${mae}, on shares ${tested.mae}`);
  writeFileSync(own, [heading, ...cells.slice(1), cells[0].replace(/^\w+/, 'other')].join('\n'));
  const wrong = await runCli(['run', path, '--role', 'ben', '--state', at('nowhere')]);
  assert.equal(
    [wrong.code, wrong.stderr],
    [2, `beaverdam: ${own}: column "id": the keys are not those of data.keys.test in the job\n`],
  );
});

test('clients bring the rows of a table', async () => {
  const args = ['--target', 'kind', '--epochs', '2', '--clients', 'clinic,lab'];
  const dir = await initJob('table', at('flowers.csv'), ...args);
  const check = await runCli([
    'job',
    'check',
    join(dir, 'job.json'),
    '--role',
    'lab',
    '--data',
    join(dir, 'data/lab'),
  ]);
  assert.match(
    check.stdout,
    /brings 60 rows to train and 15 to test: 4 columns, and "kind", one of 3 classes/,
  );
  assert.match(check.stdout, /reads "colour" as one of "blue", "white"; another text is refused/);
  assert.match(
    check.stdout,
    /the rows are as the job says: 60 rows to train and 15 to test, 5 inputs each\./,
  );
  const ended = await run(dir, 'job.json', [...ROLES, 'clinic', 'lab']);
  assert.ok(resultOf(ended.get('owner')).accuracy > 0.5);
});

test.run();
