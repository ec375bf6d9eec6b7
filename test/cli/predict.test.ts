/** `train --save`, then `predict` and `summary` of what it has left: the same answers as the library's, in the rows' own units. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predictPlain } from '../../src/baseline/plain.js';
import { writeIdx } from '../../src/data/idx.js';
import { loadFashionMnist, readTable, toInputs } from '../../src/data/index.js';
import { standardise } from '../../src/data/scale.js';
import { loadModel } from '../../src/index.js';
import { modelOf } from '../../src/jobs/job.js';
import { commas, flowers, houses } from '../data/table/small-tables.js';
import { call } from './in-process.js';
import { csv, ownFolder } from './own-folder.js';

const { folder, at, file, remove } = ownFolder('predict');
test.after(remove);

const lines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const flowersFile = file('flowers.csv', flowers);
const housesFile = file('houses.csv', houses);

const WINE = ['--fold', '0', '--no-compare', '--json'];
const TRAIN = ['--epochs', '6', '--no-compare', '--json'];

/** What the saved model says in clear float of the rows of a file. */
async function inClear(dir: string, path: string): Promise<Float32Array> {
  const { layers, weights, scaling } = await loadModel(dir);
  const { shape } = JSON.parse(readFileSync(join(dir, 'table.json'), 'utf8'));
  assert.ok(scaling);
  const x = standardise(toInputs(await readTable(path, { shape }), shape), scaling);
  return predictPlain(modelOf({ layers }), weights, x);
}

test('classes: train --save leaves a model that predict asks, with outputs as in clear', async () => {
  const trained = await call(['train', flowersFile, '--target', 'kind', '--save', at('kinds'), ...TRAIN]);
  assert.equal([trained.code, trained.error], [0, '']);
  assert.equal(readdirSync(at('kinds')).sort(), ['model.safetensors', 'table.json']);
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('kinds')),
    ['kinds'],
  );
  const asked = await call(['predict', '--model', at('kinds'), '--data', flowersFile, '--json']);
  assert.equal([asked.code, asked.error], [0, '']);
  const all = lines(asked.stdout);
  assert.is(all.length, 151);
  const { result } = all[150];
  assert.ok(result.accuracy > 0.9 && result.rounds > 0 && result.bytesOnline > 0 && result.bytesDealt > 0);
  assert.equal([result.rows, result.dropped, result.out, result.ring], [150, 0, null, 64]);
  const expected = await inClear(at('kinds'), flowersFile);
  const names = ['setosa', 'versicolor', 'virginica'];
  for (const [i, answer] of all.slice(0, 150).entries()) {
    assert.equal([answer.row, answer.line], [i + 1, i + 2]);
    const outputs = Array.from(expected.subarray(3 * i, 3 * i + 3));
    outputs.forEach((output, c) => {
      assert.ok(Math.abs(output - answer.outputs[c]) < 2e-3, `row ${i}: ${output} ${answer.outputs[c]}`);
    });
    const [best, second] = outputs.toSorted((a, b) => b - a);
    if (best - second > 0.01) assert.is(answer.class, names[outputs.indexOf(best)]);
  }
});

test('columns are known by their names: another order, no target, columns that were left out', async () => {
  const [, ...rows] = csv(flowers);
  const text = rows.map(([sepal, petal, width, colour]) => [width, colour, petal, sepal].join(','));
  const path = file('other.csv', `width,colour,petal,sepal\n${text.join('\n')}\n`);
  const [same, other] = [
    await call(['predict', '--model', at('kinds'), '--data', flowersFile]),
    await call(['predict', '--model', at('kinds'), '--data', path]),
  ];
  assert.equal([same.code, other.code], [0, 0]);
  const [head, ...answers] = csv(other.stdout);
  assert.equal(head, ['line', 'kind', 'output setosa', 'output versicolor', 'output virginica']);
  const expected = csv(same.stdout).slice(1);
  answers.forEach((answer, row) => {
    assert.is(answer[0], expected[row][0]);
    answer.slice(2).forEach((cell, c) => {
      assert.ok(Math.abs(Number(cell) - Number(expected[row][c + 2])) < 1e-3);
    });
  });
});

test('some targets are missing: the answers are there, and it says why they are not compared', async () => {
  const path = file('gaps.csv', flowers.split('\n').slice(0, 20).join('\n').replace(',virginica\n', ',?\n'));
  const out = at('gaps-out.csv');
  const { code, stdout } = await call(['predict', '--model', at('kinds'), '--data', path, '--out', out]);
  assert.is(code, 0);
  assert.match(
    stdout,
    /^flowers\.csv: kind: asking the model on secret shares\n {2}19 rows in .*, \d+ rounds/,
  );
  assert.match(stdout, /not compared with targets: gaps\.csv line \d+, column "kind": missing/);
  assert.not.match(stdout, 'accuracy');
  assert.is(csv(readFileSync(out, 'utf8')).length, 20);
  assert.equal(
    readdirSync(folder).filter((name) => name.endsWith('.part')),
    [],
  );
});

test('numbers: in their own units, on the smaller ring too', async () => {
  const ignored = file(
    'houses-id.csv',
    houses
      .replace(/^/gm, 'x,')
      .replace(/^x,area/, 'id,area')
      .replace(/x,$/, ''),
  );
  const args = ['train', ignored, '--target', 'price', '--ignore', 'id', '--save', at('prices')];
  assert.is((await call([...args, ...TRAIN])).code, 0);
  const expected = await inClear(at('prices'), housesFile);
  const { targets } = JSON.parse(readFileSync(join(at('prices'), 'table.json'), 'utf8'));
  for (const ring of ['64', '32']) {
    const words = ['predict', '--model', at('prices'), '--data', ignored, '--json', '--ring', ring];
    const { code, stdout, error } = await call(words);
    assert.equal([code, error], [0, '']);
    const all = lines(stdout);
    const { result } = all[240];
    assert.ok(result.r2 > 0.85 && result.mae.length === 1 && result.mae[0] < 50, stdout.slice(-300));
    for (const [i, { values }] of all.slice(0, 240).entries()) {
      const price = expected[i] * targets.deviation[0] + targets.mean[0];
      assert.ok(Math.abs(values[0] - price) < 2, `row ${i}: ${values[0]} ${price}`);
    }
  }
});

test('several targets with decimal commas, as in the training', async () => {
  const path = file('commas.csv', commas);
  const args = ['train', path, '--target', 'ertrag,rest', '--decimal', ',', '--save', at('yields')];
  assert.is((await call([...args, ...TRAIN])).code, 0);
  const { code, stdout } = await call(['predict', '--model', at('yields'), '--data', path]);
  assert.is(code, 0);
  const [head, ...answers] = csv(stdout);
  assert.equal([head, answers.length], [['line', 'ertrag', 'rest'], 160]);
});

test('columns divided among owners: the model is asked as any other, the key may be there', async () => {
  const keyed = file(
    'keyed.csv',
    flowers.replace(/^(?=.)/gm, (_, offset) => (offset === 0 ? 'id,' : `k${offset},`)),
  );
  const divided = ['--columns', 'alice=petal,colour:bob=width,sepal', '--key', 'id', '--save', at('divided')];
  const trained = await call(['train', keyed, '--target', 'kind', ...divided, ...TRAIN]);
  assert.equal([trained.code, trained.error], [0, '']);
  for (const path of [keyed, flowersFile]) {
    const words = ['predict', '--model', at('divided'), '--data', path, '--json', '--out', at('divided.csv')];
    const { code, stdout, error } = await call(words);
    assert.equal([code, error], [0, '']);
    const [{ result }] = lines(stdout);
    assert.ok(result.accuracy > 0.85 && result.out === at('divided.csv'), stdout);
  }
});

test('summary of a saved model is that of the network it was trained as', async () => {
  const saved = await call(['summary', at('kinds')]);
  const table = await call(['summary', flowersFile, '--target', 'kind']);
  assert.equal([saved.code, table.code], [0, 0]);
  for (const { stdout } of [saved, table]) {
    assert.match(stdout, /^Sequential \[5\] → \[3\], 2 layers, 147 parameters\nbatch 16, ring 64 with 20 /);
    assert.match(stdout, /\na prediction +147 +\d/);
  }
  const json = await call([
    'summary',
    at('kinds'),
    '--json',
    '--ring',
    '32',
    '--batch',
    '8',
    '--parties',
    '3',
  ]);
  const told = JSON.parse(json.stdout);
  assert.equal(
    [told.parameters, told.batchSize, told.setting],
    [147, 8, { ring: 32, fractionBits: 12, parties: 3 }],
  );
  assert.is(told.layers.length, 2);
});

test('a folder with something in it is not written to, and an empty one is taken', async () => {
  mkdirSync(at('empty'));
  const args = [
    'train',
    flowersFile,
    '--target',
    'kind',
    '--epochs',
    '1',
    '--no-compare',
    '--json',
    '--save',
  ];
  assert.is((await call([...args, at('empty')])).code, 0);
  const before = readdirSync(at('empty')).map((name) => readFileSync(join(at('empty'), name), 'hex'));
  const { code, stdout, error } = await call([...args, at('empty')]);
  assert.equal([code, stdout], [2, '']);
  assert.match(error, /^train: --save: .*empty is not empty; nothing was written$/);
  assert.equal(
    readdirSync(at('empty')).map((name) => readFileSync(join(at('empty'), name), 'hex')),
    before,
  );
});

test('Wine: what train wine --save leaves is asked as the model of a table', async () => {
  const trained = await call([
    'train',
    'wine',
    '--save',
    at('wine'),
    '--metrics',
    'confusionMatrix',
    ...WINE,
  ]);
  assert.equal([trained.code, trained.error], [0, '']);
  const { result: told } = lines(trained.stdout).at(-1);
  assert.is(told.scores.confusionMatrix.length, 3);
  const rows = readFileSync(new URL('../../../src/data/wine/wine.csv', import.meta.url), 'utf8');
  const tested = rows
    .trimEnd()
    .split('\n')
    .filter((_, i) => i === 0 || (i - 1) % 5 === 0);
  const path = file('wine.csv', tested.join('\n'));
  const { code, error, stdout } = await call(['predict', '--model', at('wine'), '--data', path, '--json']);
  assert.equal([code, error], [0, '']);
  const { result } = lines(stdout).at(-1);
  assert.equal([result.rows, result.accuracy], [36, told.accuracy]);
  assert.match((await call(['summary', at('wine')])).stdout, /13/);
});

test('Fashion-MNIST: a model of images is asked about those of a folder, with labels or without', async () => {
  const args = ['train', 'fashion-mnist', '--images', '320', '--epochs', '1', '--hidden', '16'];
  const trained = await call([...args, '--save', at('clothes'), '--no-compare', '--json']);
  assert.equal([trained.code, trained.error], [0, '']);
  assert.equal(readdirSync(at('clothes')).sort(), ['images.json', 'model.safetensors']);
  mkdirSync(at('pictures'));
  const { test: set } = await loadFashionMnist({ train: 1 });
  const count = 40;
  const pixels = Uint8Array.from(set.x.subarray(0, count * 784), (x) => Math.round(x * 255));
  const labels = Uint8Array.from({ length: count }, (_, i) => set.y.subarray(i * 10, i * 10 + 10).indexOf(1));
  const images = await writeIdx({ shape: [count, 28, 28], data: pixels });
  writeFileSync(at('pictures/t10k-images-idx3-ubyte.gz'), images);
  const ask = ['predict', '--model', at('clothes'), '--data', at('pictures'), '--json'];
  const bare = await call(ask);
  assert.equal([bare.code, bare.error], [0, '']);
  const answers = lines(bare.stdout);
  assert.is(answers.length, count + 1);
  assert.equal(Object.keys(answers[0]), ['row', 'class', 'outputs']);
  assert.is(answers[count].result.accuracy, null);
  const { layers, weights } = await loadModel(at('clothes'));
  const clear = predictPlain(modelOf({ layers }), weights, set.x.subarray(0, count * 784));
  const names = set.names?.classes ?? [];
  for (const [i, answer] of answers.slice(0, count).entries()) {
    const outputs = [...clear.subarray(10 * i, 10 * i + 10)];
    const far = outputs.map((output, c) => Math.abs(output - answer.outputs[c]));
    assert.ok(Math.max(...far) < 2e-3, `image ${i}: ${far}`);
    const [best, second] = outputs.toSorted((a, b) => b - a);
    if (best - second > 0.01) assert.is(answer.class, names[outputs.indexOf(best)]);
  }
  writeFileSync(at('pictures/t10k-labels-idx1-ubyte.gz'), await writeIdx({ shape: [count], data: labels }));
  const told = await call([...ask.slice(0, 5), '--out', at('clothes.csv')]);
  assert.match(told.stdout, /40 images in .*\n {2}accuracy [0-9.]+ %\n {2}predictions in /);
  const table = csv(readFileSync(at('clothes.csv'), 'utf8'));
  assert.equal(table[0].slice(0, 3), ['row', 'class', `output ${names[0]}`]);
  const right = table.slice(1).filter(([, name], i) => name === names[labels[i]]).length;
  assert.match(told.stdout, `accuracy ${((right / count) * 100).toFixed(1)} %`);
  for (const [more, line] of [
    [['--data', at('none')], `predict: --data: ${at('none')} is no folder with images`],
    [['--ignore', 'x'], `predict: --ignore is for tables, and ${at('clothes')} holds a model of images`],
    [
      ['--data', at('kinds')],
      `predict: --data: neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz can be read in ${at('kinds')}`,
    ],
  ] as const) {
    const { code, stdout, error } = await call([...ask.slice(0, 5), ...more]);
    assert.equal([code, stdout, error], [2, '', line]);
  }
  writeFileSync(at('clothes/images.json'), '{}');
  assert.match((await call(ask)).error, /images\.json: beaverdam: Invalid input/);
});

test.run();
