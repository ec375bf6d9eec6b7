/** `sweep`: a line for each combination, the numbers of single trainings, and a page that draws them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { houses } from '../data/table/small-tables.js';
import { call } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'sweep-'));
const at = (name: string): string => join(folder, name);
test.after(() => rmSync(folder, { recursive: true }));

const lines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const circles = (page: string, id: string) =>
  (new RegExp(`<figure [^>]*data-figure="${id}".*?</figure>`, 's').exec(page)?.[0] ?? '').match(/<circle /g)
    ?.length ?? 0;

test('all combinations, each as the training alone; the page has the same numbers', async () => {
  const varied = ['--hidden', '4:8', '--rate', '0.25,0.375', '--seed', '1'];
  const words = ['sweep', 'wine', ...varied, '--epochs', '1', '--json', '--report', at('wine.html')];
  const { code, stdout, error } = await call(words);
  assert.equal([code, error], [0, '']);
  const all = lines(stdout);
  assert.equal(
    all.map(({ hidden, rate, seed }) => [hidden, rate, seed]),
    [
      [[4], 0.25, 1],
      [[4], 0.375, 1],
      [[8], 0.25, 1],
      [[8], 0.375, 1],
    ],
  );
  assert.equal(
    all.map(({ parameters }) => parameters),
    [71, 71, 139, 139],
  );
  const alone = 'train wine --hidden 8 --rate 0.25 --seed 1 --epochs 1 --json'.split(' ');
  const [, { result }] = lines((await call(alone)).stdout);
  const { rounds, bytesOnline, bytesDealt, plainAccuracy } = all[2];
  assert.equal([rounds, bytesOnline, bytesDealt], [result.rounds, result.bytesOnline, result.bytesDealt]);
  assert.is(plainAccuracy, result.plainAccuracy);
  assert.ok(Math.abs(all[2].accuracy - result.accuracy) < 0.15); // roundings are at random
  const page = readFileSync(at('wine.html'), 'utf8');
  const { sweep } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '');
  assert.equal(
    sweep.points.map(({ score, seconds }: { score: number; seconds: number }) => [score, seconds]),
    all.map(({ accuracy, seconds }) => [accuracy, seconds]),
  );
  assert.is(circles(page, 'sweep'), 8);
  assert.not.match(page, /https?:\/\/|NaN|undefined|data-figure="complexity"/);
});

test('over widths alone there is accuracy against complexity too', async () => {
  const words = ['sweep', 'wine', '--hidden', 'none:8', '--epochs', '1', '--report', at('widths.html')];
  const { code, stdout } = await call(words);
  assert.is(code, 0);
  assert.match(
    stdout,
    /^Wine, fold 0: trainings on secret shares, on the test rows\n\n {2}hidden +rate +seed /,
  );
  assert.match(stdout, /\n {2}none +0\.375 +0 +42 +\d+\.\d % +\d+\.\d % /);
  assert.ok(stdout.endsWith(`\nfigures: ${at('widths.html')}\n`));
  assert.is(circles(readFileSync(at('widths.html'), 'utf8'), 'complexity'), 4);
});

test('a table with numbers to learn has R²; without trainings in clear there are none', async () => {
  writeFileSync(at('houses.csv'), houses);
  const words = ['sweep', at('houses.csv'), '--target', 'price', '--seed', '0,3', '--epochs', '2'];
  const { code, stdout } = await call([...words, '--no-compare', '--json']);
  assert.is(code, 0);
  const all = lines(stdout);
  assert.equal(
    all.map(({ seed, plainR2 }) => [seed, plainR2]),
    [
      [0, null],
      [3, null],
    ],
  );
  for (const { r2 } of all) assert.ok(r2 > 0.5 && r2 < 1, String(r2));
  assert.is.not(all[0].r2, all[1].r2);
});

test('a training that leaves the ring is told as ended, and the others go on', async () => {
  const words = 'sweep wine --rate 60,0.375 --ring 32 --epochs 1 --json --report'.split(' ');
  const { code, stdout } = await call([...words, at('ended.html')]);
  assert.is(code, 0);
  const [ended, done] = lines(stdout);
  assert.equal([ended.accuracy, ended.seconds, ended.rounds], [null, null, null]);
  assert.ok(done.accuracy > 0.3 && done.rounds > 0);
  const page = readFileSync(at('ended.html'), 'utf8');
  assert.match(page, 'limit of the ring: 16, rate 60, seed 0.');
  assert.is(circles(page, 'sweep'), 3);
});

test.run();
