/** `train FILE`: its lines for people and for programs, and what it refuses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commas, flowers, houses } from '../data/table/small-tables.js';
import { runCli } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'train-'));
const file = (name: string, text: string | Uint8Array): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const lines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('classes: epochs and a result as Wine has them', async () => {
  const path = file('flowers.csv.gz', gzipSync(flowers));
  const { code, stdout, stderr } = await runCli([
    'train',
    path,
    '--target',
    'kind',
    '--json',
    '--epochs',
    '6',
  ]);
  assert.equal([code, stderr], [0, '']);
  const all = lines(stdout);
  assert.is(all.length, 7);
  assert.equal(Object.keys(all[0]), ['epoch', 'loss', 'accuracy', 'valLoss', 'valAccuracy', 'seconds']);
  const { result } = all[6];
  assert.ok(result.accuracy > 0.85 && result.plainAccuracy > 0.85, stdout);
  assert.equal(Object.keys(result).slice(0, 5), [
    'accuracy',
    'loss',
    'seconds',
    'plainSeconds',
    'plainAccuracy',
  ]);
});

test('a ring that a dry run of the first owner found, and another owner finds narrow, is left for 64', async () => {
  const rows = Array.from(
    { length: 400 },
    (_, i) => `${i % 13},${300 + 40 * (i % 13) + (i === 57 ? 20_000 : 0)}`,
  );
  const path = file('outlier.csv', `a,y\n${rows.join('\n')}\n`);
  const args = ['train', path, '--target', 'y', '--no-compare'];
  const { code, stdout, stderr } = await runCli(args);
  assert.equal([code, stderr], [0, '']);
  assert.match(
    stdout,
    /near the limit of ring 32[\s\S]*begins again in ring 64[\s\S]*modulo 2\^64[\s\S]*on secret shares/,
  );
  const json = lines((await runCli([...args, '--json'])).stdout);
  const again = json.findIndex((line) => 'again' in line);
  assert.equal([json[again].again.ring, json[again + 1].epoch, json.at(-1).result.ring], [64, 1, 64]);
  const narrow = await runCli([...args, '--ring', '32']);
  assert.equal([narrow.code, narrow.stdout.includes('begins again')], [1, false]);
});

test('numbers: R² and errors in their own units', async () => {
  const path = file('houses.csv', houses);
  const args = ['train', path, '--target', 'price', '--rows', 'ann=0.6:ben=0.4', '--epochs', '6'];
  const { code, stdout, stderr } = await runCli([...args, '--json']);
  assert.equal([code, stderr], [0, '']);
  const all = lines(stdout);
  assert.equal(Object.keys(all[0]), ['epoch', 'loss', 'r2', 'valLoss', 'valR2', 'seconds']);
  const { result } = all[6];
  assert.ok(!('accuracy' in result || 'plainAccuracy' in result));
  assert.ok(result.r2 > 0.85 && result.plainR2 > 0.85, stdout);
  assert.ok(result.mae > 5 && result.mae < 50 && Math.abs(result.mae / result.plainMae - 1) < 0.1, stdout);
  const told = await runCli([...args, '--epochs', '2']);
  assert.is(told.code, 0);
  assert.match(told.stdout, 'houses.csv: price: training on secret shares');
  assert.match(told.stdout, /ann 115 \+ \d+, ben \d+ \+ \d+ rows to train/);
  assert.match(told.stdout, /epoch +loss +R² +test loss +test R² +time/);
  assert.match(told.stdout, /on the test rows +R² +error of price +loss +time/);
  assert.not.match(told.stdout, /accuracy|NaN/);
});

test('several targets, semicolons and decimal commas', async () => {
  const path = file('commas.csv', commas);
  const args = ['--target', 'ertrag,rest', '--decimal', ',', '--json', '--no-compare', '--epochs', '4'];
  const { code, stdout } = await runCli(['train', path, ...args]);
  assert.is(code, 0);
  const { result } = lines(stdout)[4];
  assert.is(result.mae.length, 2);
  assert.equal([result.plainR2, result.plainMae], [null, null]);
});

test('metrics: a table of classes for people, counts for programs', async () => {
  const path = file('flowers.csv', flowers);
  const args = [
    'train',
    path,
    '--target',
    'kind',
    '--epochs',
    '4',
    '--no-compare',
    '--metrics',
    'confusionMatrix',
  ];
  const { stdout, stderr } = await runCli([...args, '--json']);
  assert.is(stderr, '');
  const { result } = lines(stdout)[4];
  const matrix: number[][] = result.scores.confusionMatrix;
  assert.equal(
    matrix.map((row) => row.reduce((sum, count) => sum + count)),
    [10, 10, 10],
  );
  const right = matrix.reduce((sum, row, i) => sum + row[i], 0);
  assert.ok(Math.abs(right / 30 - result.accuracy) < 1e-9, `${right} of 30, accuracy ${result.accuracy}`);
  const told = await runCli(args);
  assert.match(told.stdout, /\n {2}rows of, told as +setosa +versicolor +virginica +recall\n/);
  assert.match(told.stdout, /\n {2}setosa +\d+ +\d+ +\d+ +[0-9.]+ %\n/);
  assert.match(told.stdout, /\n {2}precision +[0-9.]+ % +[0-9.]+ % +[0-9.]+ %\n/);
});

test('what cannot be meant is refused in one line', async () => {
  const path = file('small.csv', 'a,b,y\n1,2,u\n?,3,v\n');
  for (const [args, exit, pattern] of [
    [['train', path], 2, /^beaverdam: train: --target is needed \(see beaverdam train FILE --help\)\n$/],
    [['train', path, '--traget', 'y'], 2, /unknown option --traget \(did you mean --target\?\)\n$/],
    [['train', path, '--target', 'y', '--rows', 'alice'], 2, /--rows: expected two names or more/],
    [['train', path, '--target', 'y', '--test', '1.5'], 2, /--test: expected a number between 0 and 1\n$/],
    [['train', join(folder, 'none.csv'), '--target', 'y'], 2, /cannot read .*none\.csv: no such file\n$/],
    [['train', path, '--target', 'y'], 2, /small\.csv line 3, column "a": missing value \(--missing /],
    [
      ['train', path, '--target', 'y', '--metrics', 'auc,acuracy'],
      2,
      /--metrics: expected confusionMatrix or meanAbsoluteError or r2 or auc\n$/,
    ],
    [
      ['train', file('kinds.csv', flowers), '--target', 'kind', '--metrics', 'auc'],
      2,
      /^beaverdam: train: --metrics: auc is of one output or two classes; the model has 3 outputs\n$/,
    ],
    [
      ['train', file('prices.csv', houses), '--target', 'price', '--metrics', 'confusionMatrix'],
      2,
      /^beaverdam: train: --metrics: confusionMatrix is of classes, and the target is a number\n$/,
    ],
    [
      ['train', path, '--target', 'z', '--missing', 'mean'],
      2,
      /small\.csv: no column "z"; there are "a", "b", "y"\n$/,
    ],
  ] as const) {
    const { code, stdout, stderr } = await runCli(args);
    assert.equal([code, stdout], [exit, ''], stderr);
    assert.match(stderr, pattern);
    assert.is(stderr.split('\n').length, 2, stderr);
  }
  assert.match((await runCli(['train', 'wime'])).stderr, /unknown command "train wime"/);
  const help = await runCli(['train', 'FILE', '--help']);
  assert.match(help.stdout, /^beaverdam train FILE \[options\]\n/);
  const group = await runCli(['train', '--help']);
  assert.match(group.stdout, /^beaverdam train <command> \[options\]\n/);
  assert.match(group.stdout, /\n {2}train FILE +train on a table/);
});

test.after(() => rmSync(folder, { recursive: true }));
test.run();
