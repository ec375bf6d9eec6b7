/** Saved models, rows for them, jobs and checkpoints that cannot be used: each is refused by a line of its own. */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flowers } from '../data/table/small-tables.js';
import { call } from './in-process.js';
import { place, refused, type Wrong } from './wrong.js';

const here = place();
const file = here.file('flowers.csv', flowers);

type Json = Record<string, unknown> & { shape: { columns: unknown[]; target: Record<string, unknown> } };

async function made(...args: string[]): Promise<void> {
  const { code, error } = await call(args);
  assert.equal([code, error], [0, '']);
}

/** A copy of the good model with something changed. @returns its place */
function spoiled(name: string, change: (folder: string) => void): string {
  cpSync(here.at('model'), here.at(name), { recursive: true });
  change(here.at(name));
  return `FOLDER/${name}`;
}

const table = (name: string, change: (table: Json) => unknown): string =>
  spoiled(name, (folder) => {
    const text = readFileSync(`${folder}/table.json`, 'utf8');
    writeFileSync(`${folder}/table.json`, JSON.stringify(change(JSON.parse(text))));
  });

const ask = (model: string, line: string, data = file, ...more: string[]): Wrong => [
  ['predict', '--model', model, '--data', data, ...more],
  line,
];

test('models', async () => {
  await made(
    ...['train', here.at('flowers.csv'), '--target', 'kind', '--ignore', 'colour', '--epochs', '1'],
    ...['--no-compare', '--json', '--save', here.at('model')],
  );
  here.file('nothing/readme.txt', '');
  const cut = (name: string) => (folder: string) => truncateSync(`${folder}/${name}`, 100);
  const wrong: readonly Wrong[] = [
    ask('FOLDER/none', 'FOLDER/none is no folder with a model'),
    ask('FOLDER/flowers.csv', 'FOLDER/flowers.csv is no folder with a model'),
    ask('FOLDER/nothing', 'FOLDER/nothing holds no model (beaverdam train FILE --save makes one)'),
    ask(
      spoiled('no-weights', (folder) => rmSync(`${folder}/model.safetensors`)),
      'cannot read FOLDER/no-weights/model.safetensors: no such file',
    ),
    ask(
      spoiled('no-table', (folder) => rmSync(`${folder}/table.json`)),
      'FOLDER/no-table holds a model without the columns of its table (beaverdam train FILE --save makes one)',
    ),
    ask(
      spoiled('torn', cut('model.safetensors')),
      'FOLDER/torn/model.safetensors: cut short: a header of 744 bytes, of which 92 are there',
    ),
    ask(
      spoiled('junk', (folder) => writeFileSync(`${folder}/model.safetensors`, 'junk!')),
      'FOLDER/junk/model.safetensors: too short: 5 bytes, and the length of the header takes 8',
    ),
    ask(spoiled('half', cut('table.json')), 'FOLDER/half/table.json: is no JSON, or cut short'),
    ask(
      table('old', (json) => ({ ...json, beaverdam: 'table model 0' })),
      'FOLDER/old/table.json: beaverdam: Invalid input: expected "table model 1"',
    ),
    ask(
      table('more', (json) => ({ ...json, extra: 1 })),
      'FOLDER/more/table.json: Unrecognized key: "extra"',
    ),
    ask(
      table('shapeless', (json) => ({ ...json, shape: null })),
      'FOLDER/shapeless/table.json: shape: expected a plain object { version, columns, target }, got null',
    ),
    ask(
      table('narrow', ({ shape, ...json }) => ({
        ...json,
        shape: { ...shape, columns: shape.columns.slice(1) },
      })),
      'FOLDER/narrow/table.json: shape: has 2 inputs, and the model 3',
    ),
    ask(
      table('two', ({ shape, ...json }) => ({
        ...json,
        shape: { ...shape, target: { ...shape.target, classes: ['a', 'b'] } },
      })),
      'FOLDER/two/table.json: shape: has 2 outputs, and the model 3',
    ),
    ask(
      table('aimless', ({ shape, ...json }) => ({ ...json, shape: { ...shape, target: null } })),
      'FOLDER/aimless/table.json: shape: has no target',
    ),
    ask(
      table('scaled', (json) => ({ ...json, targets: { mean: [1], deviation: [1] } })),
      'FOLDER/scaled/table.json: targets: classes are not scaled',
    ),
    ask(
      table('negative', (json) => ({ ...json, targets: { mean: [1], deviation: [-1] } })),
      'FOLDER/negative/table.json: targets.deviation.0: Too small: expected number to be >=0',
    ),
    [['summary', 'FOLDER/none'], 'cannot read FOLDER/none: no such file or folder'],
    [['summary', 'FOLDER/nothing'], 'cannot read FOLDER/nothing/model.safetensors: no such file'],
    [
      ['summary', 'FOLDER/model', '--target', 'kind'],
      'summary: --target is for a table, and a saved model is a folder',
    ],
  ];
  await refused(here, wrong);
});

test('rows for a model', async () => {
  const rows = (text: string, line: string, ...more: string[]): Wrong =>
    ask('FOLDER/model', line, here.file(`${line.replace(/\W+/g, '-').slice(0, 60)}.csv`, text), ...more);
  const good = (line: string, ...more: string[]): Wrong => ask('FOLDER/model', line, file, ...more);
  const named = ([args, line]: Wrong): Wrong => [
    args,
    line.replaceAll('FILE', String(args[4]).replace('FOLDER/', '')),
  ];
  const wrong = [
    ask('FOLDER/model', 'cannot read FOLDER/none.csv: no such file', 'FOLDER/none.csv'),
    ask('FOLDER/model', 'cannot read FOLDER: it is a folder', 'FOLDER'),
    rows('', 'FILE: is empty'),
    rows('sepal,petal,width\n', 'FILE: no rows'),
    rows('sepal,petal\n1,2\n', 'FILE: no column "width"; there are "sepal", "petal"'),
    rows('sepal,petal,width,weight\n1,2,3,4\n', 'FILE: the shape has no column "weight" (--ignore)'),
    rows('sepal,petal,petal\n1,2,3\n', 'FILE: columns 2 and 3 have one name'),
    rows('sepal,petal,width\n1,x,3\n', 'FILE line 2, column "petal": not a number'),
    rows(
      'sepal,petal,width\n1,,3\n',
      'FILE line 2, column "petal": missing value, for which the shape has none',
    ),
    rows('sepal,petal,width\n1,2\n', 'FILE line 2: expected 3 fields, found 2'),
    rows(
      'sepal,petal,width\n1,2,1\n1,2,1e9\n',
      'FILE line 3, column "width": 4194304 deviations or more from the training\'s mean, too far for ring 64',
    ),
    rows(
      'sepal,petal,width\n1,2,200\n',
      'FILE line 2, column "width": 64 deviations or more from the training\'s mean, too far for ring 32',
      ...['--ring', '32'],
    ),
    good('--ignore: the model needs the column "petal"', '--ignore', 'petal'),
    good(
      'flowers.csv: no column "q"; there are "sepal", "petal", "width", "colour", "kind"',
      ...['--ignore', 'q'],
    ),
    good(
      'flowers.csv: no column "sepal"; there are "sepal,petal,width,colour,kind"',
      ...['--delimiter', ';'],
    ),
    good('flowers.csv: no column "sepal"; there are "1", "2", "3", "4", "5"', '--no-header'),
    good('predict: encoding is none that TextDecoder knows', '--encoding', 'klingon'),
    good('predict: --out: FOLDER is a folder', '--out', 'FOLDER'),
    good('predict: --out: there is no folder FOLDER/no', '--out', 'FOLDER/no/rows.csv'),
    good('predict: --ring: expected 32 or 64', '--ring', '16'),
    good('predict: unknown option --modle (did you mean --model?)', '--modle', 'x'),
  ];
  await refused(here, wrong.map(named));
});

test('jobs, rows, checkpoints and kept models', async () => {
  await made('job', 'init', 'wine', '--out', here.at('job'), '--save-as', 'wine');
  await made('job', 'init', 'predict', '--model', here.at('job/job.json'), '--out', here.at('job/ask.json'));
  const job = 'FOLDER/job/job.json';
  const changed = (name: string, change: (job: Json) => unknown): string =>
    here.file(
      `job/${name}`,
      JSON.stringify(change(JSON.parse(readFileSync(here.at('job/job.json'), 'utf8')))),
    );
  const alice = (line: string, ...more: string[]): Wrong => [['run', job, '--role', 'alice', ...more], line];
  const rows = readFileSync(here.at('job/data/alice/train.csv'), 'utf8');
  here.file('few-rows/train.csv', `${rows.split('\n').slice(0, 9).join('\n')}\n`);
  const tests = readFileSync(here.at('job/data/alice/test.csv'));
  for (const folder of ['few', 'other', 'half']) here.file(`${folder}-rows/test.csv`, tests);
  here.file('other-rows/train.csv', rows.replace('alcohol', 'alkohol'));
  here.file('junk/alice.0-1.checkpoint', 'junk');
  here.file('torn/alice.0-1.checkpoint', '');
  await refused(here, [
    [['run', 'FOLDER/no.json', '--role', 'alice'], 'cannot read FOLDER/no.json: no such file'],
    [['job', 'check', 'FOLDER'], 'cannot read FOLDER: it is a folder'],
    [['run', job], 'run: --role is needed (see beaverdam run --help)'],
    [
      ['run', job, '--role', 'dave'],
      'run: no role named "dave" in FOLDER/job/job.json (roles: alice, bob, provider, owner)',
    ],
    alice('run: --out: alice learns no predictions in this job', '--out', 'FOLDER/x.csv'),
    alice('run: --listen: expected host:port, with a port from 1 to 65535', '--listen', 'nowhere'),
    alice('cannot read FOLDER/no.tape: no such file', '--tape', 'FOLDER/no.tape'),
    alice(
      'run: cannot read FOLDER/no/alice.crt (option --keys; beaverdam keys makes them)',
      ...['--keys', 'FOLDER/no'],
    ),
    alice('cannot read FOLDER/half-rows/train.csv', '--data', 'FOLDER/half-rows'),
    alice(
      'FOLDER/few-rows: alice has 8 rows to train, where the job says data.rows.alice.train is 71',
      ...['--data', 'FOLDER/few-rows'],
    ),
    alice(
      'FOLDER/other-rows/train.csv: lacks the column "alcohol" of the job',
      '--data',
      'FOLDER/other-rows',
    ),
    alice('FOLDER/junk/alice.0-1.checkpoint is no checkpoint', '--state', 'FOLDER/junk', '--resume'),
    alice('FOLDER/torn/alice.0-1.checkpoint is torn: it has 0 bytes', '--state', 'FOLDER/torn'),
    [
      ['run', 'FOLDER/job/ask.json', '--role', 'alice', '--resume'],
      'run: --resume: only a training is taken up',
    ],
    [
      ['run', 'FOLDER/job/ask.json', '--role', 'alice'],
      'restore: alice has no model "wine": there is no FOLDER/job/state/alice/alice.wine.model',
    ],
    [
      ['job', 'check', changed('one.json', (json) => ({ ...json, parties: ['alice'] }))],
      'FOLDER/job/one.json: parties: Too small: expected array to have >=2 items',
    ],
    [
      ['job', 'check', changed('old.json', (json) => ({ ...json, beaverdam: 'job 9' }))],
      'FOLDER/job/old.json: beaverdam: expected "job 1"',
    ],
    [
      ['job', 'check', changed('typo.json', (json) => ({ ...json, typo: 1 }))],
      'FOLDER/job/typo.json: the document: unknown field "typo"',
    ],
    [
      ['job', 'init', 'predict', '--model', job, '--out', 'FOLDER/job/q.json', '--asker', 'dave'],
      'no party named "dave" (parties: alice, bob)',
    ],
    [
      ['job', 'init', 'evaluate', '--model', job, '--out', job],
      'job init evaluate: FOLDER/job/job.json is there already; nothing was written',
    ],
    [['deal', job, '--out', 'FOLDER/t', '--after', '9'], 'deal: --after: the job has 5 epochs'],
    [
      ['keys', 'alice', '--out', 'FOLDER/job/keys/alice'],
      'keys: FOLDER/job/keys/alice/alice.crt is there already; nothing was written',
    ],
  ]);
});

test.run();
