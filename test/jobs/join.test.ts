/** A program joins a job as one of its guests, whose other roles are `beaverdam run` in processes of their own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError } from '../../src/errors.js';
import { type Bringing, bringToTraining } from '../../src/jobs/given-rows.js';
import { parseJobFile } from '../../src/jobs/job-document.js';
import type { TrainingFile } from '../../src/jobs/job-file.js';
import { type JoinOptions, joinJob } from '../../src/jobs/join.js';
import { readOwnerRows } from '../../src/jobs/owner-files.js';
import { ends, initJob, inOneGo, isAsInOneGo, ROLES, removeJobs, resultOf, startRole } from '../cli/job.js';
import { runCli } from '../cli/run.js';

test.after(removeJobs);

const EPOCHS = 4;

/** The lines that `job init` has written for a guest. */
const linesOf = (dir: string, role: string) =>
  readFileSync(join(dir, `keys/${role}/${role}.invitations`), 'utf8').split('\n');

const clinic = await initJob('wine', '--clients', 'clinic', '--guest', 'clinic', '--epochs', `${EPOCHS}`);
const text = readFileSync(join(clinic, 'job.json'), 'utf8');
const file = (await parseJobFile('job.json', text)) as TrainingFile;
const table = (part: string) => readFileSync(join(clinic, `data/clinic/${part}.csv`));
const TABLES = { train: table('train'), test: table('test') };

test('a client brings tables, and the owner learns what it learns in one process', async () => {
  const others = ROLES.map((role) => startRole(clinic, role, ['--json']));
  const told: string[] = [];
  const joined = await joinJob(text, {
    role: 'clinic',
    invitations: linesOf(clinic, 'clinic'),
    rows: TABLES,
    onLink: ({ peer, state }) => told.push(`${peer} ${state}`),
    onStep: ({ step }) => told.push(step),
  });
  assert.is(joined.task, 'train');
  assert.is(joined.task === 'train' && joined.revealed, null);
  for (const word of ['alice linked', 'bob linked', 'connect', 'share', 'leave'])
    assert.ok(told.includes(word), word);
  const ended = await ends(others);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  isAsInOneGo(resultOf(ended.get('owner')), await inOneGo(EPOCHS));
});

test('a client asks the model that its rows have trained, and alone learns the answers', async () => {
  const dir = await initJob(
    'wine',
    '--clients',
    'clinic',
    '--guest',
    'clinic',
    '--save-as',
    'wine',
    '--epochs',
    '3',
  );
  const read = (path: string) => readFileSync(join(dir, path), 'utf8');
  const train = ROLES.map((role) => startRole(dir, role, ['--json']));
  const rows = { train: read('data/clinic/train.csv'), test: read('data/clinic/test.csv') };
  await joinJob(read('job.json'), { role: 'clinic', invitations: linesOf(dir, 'clinic'), rows });
  const accuracy = resultOf((await ends(train)).get('owner')).accuracy;

  const [model, ask] = [join(dir, 'job.json'), join(dir, 'ask.json')];
  const command = async (...words: string[]) => {
    const { code, stdout, stderr } = await runCli(words);
    assert.equal([words.join(' '), code, stderr], [words.join(' '), 0, '']);
    return stdout;
  };
  await command('job', 'init', 'predict', '--model', model, '--asker', 'clinic', '--out', ask);
  assert.match(
    await command('job', 'check', ask),
    /clinic:\n[\s\S]*learns what the training has scaled the columns by; the outputs/,
  );
  const invitations = await Promise.all(
    ['alice', 'bob'].map((role) => command('job', 'invite', ask, '--role', role, '--for', 'clinic')),
  );
  const others = ROLES.map((role) => startRole(dir, role, [], () => {}, 'ask.json'));
  const joined = await joinJob(readFileSync(ask, 'utf8'), {
    role: 'clinic',
    invitations: invitations.map((line) => line.trim()),
    rows: { test: rows.test },
  });
  for (const [role, { code, stderr, stdout }] of await ends(others)) {
    assert.equal([role, code, stderr], [role, 0, '']);
    assert.match(stdout, /what came of it, clinic alone knows/);
  }
  assert.is(joined.task, 'predict');
  const answers = (joined.task === 'predict' && joined.answers) || [];
  const [names, ...cells] = rows.test
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const { classes = [] } = file.data;
  const right = answers.filter(({ predicted }, i) => classes[predicted] === cells[i][names.indexOf('class')]);
  assert.is(answers.length, cells.length);
  assert.ok(
    Math.abs(right.length / answers.length - accuracy) < 0.03,
    `${right.length} of ${answers.length}`,
  );
});

test('an owner without a certificate is shown the epochs and the weights', async () => {
  const dir = await initJob('wine', '--guest', 'owner', '--epochs', `${EPOCHS}`);
  const others = ['alice', 'bob', 'provider'].map((role) => startRole(dir, role));
  const epochs: number[] = [];
  const joined = await joinJob(JSON.parse(readFileSync(join(dir, 'job.json'), 'utf8')), {
    role: 'owner',
    invitations: linesOf(dir, 'owner'),
    onEpoch: ({ epoch }) => epochs.push(epoch),
  });
  for (const [role, { code, stderr }] of await ends(others))
    assert.equal([role, code, stderr], [role, 0, '']);
  assert.equal(epochs, [0, 1, 2, 3]);
  const revealed = joined.task === 'train' ? joined.revealed : null;
  assert.equal(
    revealed?.weights.map(({ length }) => length),
    [13 * 16, 16, 16 * 3, 3],
  );
  isAsInOneGo({ accuracy: revealed?.accuracy ?? 0, loss: revealed?.loss ?? 0 }, await inOneGo(EPOCHS));
});

test('a party without a certificate brings its rows and holds shares: the owner learns what it learns in one process', async () => {
  const dir = await initJob('wine', '--guest', 'bob', '--epochs', `${EPOCHS}`);
  const rows = (part: string) => readFileSync(join(dir, `data/bob/${part}.csv`));
  const others = ['alice', 'provider', 'owner'].map((role) => startRole(dir, role, ['--json']));
  const joined = await joinJob(readFileSync(join(dir, 'job.json')), {
    role: 'bob',
    invitations: linesOf(dir, 'bob'),
    rows: { train: rows('train'), test: rows('test') },
  });
  const ended = await ends(others);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  assert.equal(joined.task === 'train' && [joined.revealed, [...joined.costs.keys()]], [null, ['bob']]);
  isAsInOneGo(resultOf(ended.get('owner')), await inOneGo(EPOCHS));
  assert.not(existsSync(join(dir, 'state')), 'nobody keeps a checkpoint');
});

test('a signal ends it, by name', async () => {
  const stop = new AbortController();
  const joining = joinJob(text, {
    role: 'clinic',
    invitations: linesOf(clinic, 'clinic'),
    rows: TABLES,
    signal: stop.signal,
    onLink: () => {},
  });
  stop.abort(new JobError('the page was left'));
  assert.match(String(await joining.catch((error: Error) => error)), /the page was left/);
});

test('numbers with their labels aside are the rows of the tables', async () => {
  const wanted = await readOwnerRows(file, 'clinic', join(clinic, 'data/clinic'));
  const classes = file.data.classes ?? [];
  const labelsOf = (y: Float32Array) =>
    Array.from({ length: y.length / 3 }, (_, row) => y.subarray(3 * row, 3 * row + 3).indexOf(1));
  const bringing: Bringing = {
    rows: { train: wanted.train.x, test: wanted.test.x },
    labels: { train: labelsOf(wanted.train.y), test: labelsOf(wanted.test.y).map((label) => classes[label]) },
  };
  const given = await bringToTraining('here', file, 'clinic', bringing);
  for (const part of ['train', 'test'] as const) {
    assert.equal([given[part].x, given[part].y], [wanted[part].x, wanted[part].y]);
    assert.is(given[part].rows, wanted[part].rows);
  }
});

test('what does not fit the job is refused before anything is dialled, and never by a value', async () => {
  const good: JoinOptions = { role: 'clinic', invitations: linesOf(clinic, 'clinic'), rows: TABLES };
  const numbers = new Float32Array(13 * file.data.rows.clinic.train);
  const wrong: [object | string, object, RegExp][] = [
    ['{', {}, /^JobError: joinJob: the job: not JSON/],
    [{ ...file, epoch: 3 }, {}, /^JobError: joinJob: the job: the document: unknown field "epoch"$/],
    [file, { role: 'mallory' }, /^RangeError: joinJob: no role named "mallory" in the job/],
    [file, { role: 'alice' }, /^RangeError: joinJob: alice has a certificate in the job/],
    [file, { file: 1 }, /^TypeError: joinJob: unknown option "file"/],
    [file, { invitations: [] }, /^RangeError: joinJob: invitations: lacks the invitation of alice$/],
    [file, { invitations: ['secret'] }, /joinJob: invitations: line 1: expected the line of an invitation$/],
    [file, { rows: undefined }, /^TypeError: joinJob: rows/],
    [file, { rows: { train: TABLES.train } }, /^TypeError: joinJob: rows\.test: is missing$/],
    [
      file,
      { rows: { ...TABLES, train: TABLES.test } },
      /^JobError: joinJob: rows\.train: 36 rows, where the job says/,
    ],
    [file, { rows: { ...TABLES, test: new Float32Array(5) } }, /rows\.test: 5 numbers are no rows of 13$/],
    [file, { rows: { ...TABLES, train: numbers } }, /^TypeError: joinJob: labels\.train/],
    [
      file,
      { rows: { ...TABLES, train: numbers }, labels: { train: [1] } },
      /labels\.train: 1 labels of 142 rows$/,
    ],
    [
      file,
      { rows: { ...TABLES, train: numbers }, labels: { train: Array(142).fill('secret') } },
      /labels\.train: the label in row 0 \(counted from 0\) is no class of the job$/,
    ],
    [file, { labels: { test: [1] } }, /^TypeError: joinJob: labels\.test: a table has its own$/],
    [file, { rows: { ...TABLES, test: 'a,b\n1,2\n' } }, /^JobError: joinJob: rows\.test/],
  ];
  for (const [job, change, expected] of wrong) {
    const error = await joinJob(job, { ...good, ...change }).then(String, String);
    assert.match(error, expected);
    assert.not.match(error, /secret/);
  }
});

test.run();
