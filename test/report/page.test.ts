/** Pages of real short runs: every figure, the run's own numbers, nothing from elsewhere, nothing that runs. */
import { accessSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fashionMnistJob } from '../../src/jobs/fashion-mnist.js';
import { wineJob } from '../../src/jobs/wine.js';
import { bytes, count, percent } from '../../src/report/format.js';
import { reportPage } from '../../src/report/page.js';
import { bitmap, sharePicture } from '../../src/report/pictures.js';
import type { RunData } from '../../src/report/run-data.js';
import { runCli } from '../cli/run.js';
import { houses } from '../data/table/small-tables.js';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
const at = (name: string) => join(folder, name);
test.after(() => rmSync(folder, { recursive: true }));

const read = (name: string): string => readFileSync(at(name), 'utf8');
const runsOf = (page: string): RunData[] =>
  JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '').runs;
const figuresOf = (page: string): Map<string, string> =>
  new Map(
    [...page.matchAll(/<figure [^>]*data-figure="([^"]+)".*?<\/figure>/gs)].map(([all, id]) => [id, all]),
  );
const circles = (figure = '') => figure.match(/<circle /g)?.length ?? 0;

const RUN = ['loss', 'score', 'comparison', 'roles', 'layers', 'head-room'];

/** Fails where a page would load something, or run something. */
function assertClosed(page: string): void {
  assert.is(page.match(/<script/g)?.length, 1);
  assert.not.match(page, /https?:\/\/|@import|<link|<iframe|\son[a-z]+=/);
  for (const [, target] of page.matchAll(/(?:src|href)="([^"]*)"/g))
    assert.match(target, /^data:image\/bmp;/);
  assert.not.match(page, /url\((?!#)/);
  assert.not.match(page, /NaN|undefined/);
}

test('train wine --report: the page has what --json prints, and draws it', async () => {
  const args = ['train', 'wine', '--json', '--epochs', '2', '--report', at('wine.html')];
  const { code, stdout, stderr } = await runCli(args);
  assert.equal([code, stderr], [0, '']);
  const printed = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const page = read('wine.html');
  assertClosed(page);
  const [run, ...others] = runsOf(page);
  assert.equal(others, []);
  assert.equal(run.epochs, printed.slice(0, 2));
  assert.equal(run.result, printed[2].result);
  const figures = figuresOf(page);
  assert.equal([...figures.keys()], RUN);
  assert.equal(
    run.trainings.slice(0, 2).map(({ trainer }) => trainer),
    ['shares', 'float'],
  );
  for (const id of ['loss', 'score']) assert.is(circles(figures.get(id)), run.trainings.length * 2, id);
  assert.is(circles(figures.get('head-room')), run.headRoom.length);
  assert.is(
    run.result.bytesOnline,
    run.roles.reduce((sum, { online }) => sum + online, 0),
  );
  for (const { role, rounds, online } of run.roles.slice(0, 2)) {
    for (const text of [role, count(rounds), bytes(online)])
      assert.ok(figures.get('roles')?.includes(text), text);
  }
  for (const { times } of run.roles)
    assert.ok(times && Object.values(times).every((seconds) => seconds >= 0));
  for (const { forward, backward } of run.layers) {
    const sent = [forward, backward].reduce((sum, { online, dealt }) => sum + online + dealt, 0);
    assert.ok(figures.get('layers')?.includes(bytes(sent)));
  }
  assert.ok(figures.get('comparison')?.includes(percent(run.trainings[0].score)));
});

test('a regression has R², and without trainings in clear there is one curve', async () => {
  const path = at('houses.csv');
  writeFileSync(path, houses);
  const args = [
    'train',
    path,
    '--target',
    'price',
    '--epochs',
    '2',
    '--no-compare',
    '--report',
    at('r2.html'),
  ];
  const { code, stdout, stderr } = await runCli(args);
  assert.equal([code, stderr], [0, '']);
  assert.ok(stdout.trimEnd().endsWith(`figures: ${at('r2.html')}`));
  const page = read('r2.html');
  assertClosed(page);
  const [run] = runsOf(page);
  assert.equal([run.measure, run.trainings.length], ['R²', 1]);
  assert.equal([...figuresOf(page).keys()], RUN);
  assert.match(figuresOf(page).get('score') ?? '', /R² by epoch/);
});

test('report wine has accuracy against complexity, a point a network', async () => {
  const { code, stderr } = await runCli(['report', 'wine', '--epochs', '1', '--out', at('all.html')]);
  assert.equal([code, stderr], [0, '']);
  const page = read('all.html');
  const [{ complexity }] = runsOf(page);
  const parameters = complexity.map((point) => point.parameters);
  assert.equal(
    parameters.slice(0, 3),
    [2, 4, 8].map((width) => 14 * width + 3 * (width + 1)),
  );
  const trained = complexity.filter(({ accuracy }) => accuracy !== null).length;
  assert.is(circles(figuresOf(page).get('complexity')), trained + complexity.length);
});

test('an image in shares: they sum to it, and a bitmap holds its pixels', async () => {
  const job = await fashionMnistJob({ images: 6, parties: 3 });
  const picture = sharePicture(job);
  assert.ok(picture);
  const { x } = job.parts[0].test;
  assert.equal([picture.side, picture.shares.length, picture.label], [28, 3, 'Ankle boot']);
  assert.equal(
    picture.sum,
    Array.from(x.subarray(0, 784), (value) => Math.round(value * 255)),
  );
  // a pixel is far below the upper eight bits: there the shares sum to 0, but for what their lower bits carry
  for (let i = 0; i < 784; i++) {
    const sum = picture.shares.reduce((total, share) => total + share[i], 0);
    assert.ok([0, 254, 255].includes(sum % 256), String(sum % 256));
  }
  const file = Buffer.from(bitmap(picture.sum, 28).split(',')[1], 'base64');
  assert.equal([file.readUInt32LE(2), file.length - file.readUInt32LE(10)], [file.length, 784]);
  assert.equal([...file.subarray(-784)], picture.sum);
  assert.is(sharePicture(await wineJob()), null);
});

test('names cannot leave their place in the page', async () => {
  const [run] = runsOf(read('wine.html'));
  const page = await reportPage([
    { ...run, title: '</script><img src=x onerror="1">', parties: ['<b>', 'bob'] },
  ]);
  assert.not.match(page, /<img|<b>/);
  assert.is(page.match(/<\/script>/g)?.length, 1);
  assert.is(runsOf(page)[0].title, '</script><img src=x onerror="1">');
});

test('where no page can be written, nothing runs', async () => {
  for (const [args, problem] of [
    [['train', 'wine', '--report', at('none/page.html')], /--report: there is no folder/],
    [['train', 'fashion-mnist', '--report', folder], /--report: .* is a folder/],
    [['report', 'wine'], /--out is needed/],
  ] as const) {
    const { code, stdout, stderr } = await runCli(args);
    assert.equal([code, stdout], [2, '']);
    assert.match(stderr, problem);
  }
});

test('without the packages that draw, a report is refused before anything runs, and all else works', async () => {
  const script = at('without.mjs');
  const main = new URL('../../src/cli/main.js', import.meta.url).href;
  writeFileSync(
    script,
    `import { register } from 'node:module';
     register('data:text/javascript,' + encodeURIComponent(\`
       export function resolve(name, context, next) {
         if (process.env.WITHOUT.split(' ').includes(name)) throw new Error('Cannot find package ' + name);
         return next(name, context);
       }\`));
     await import(${JSON.stringify(main)});`,
  );
  const run = (args: readonly string[], without: string) =>
    runCli(args, { script, env: { ...process.env, WITHOUT: without } });
  const page = ['train', 'wine', '--epochs', '1', '--report', at('never.html')];
  for (const without of ['@observablehq/plot linkedom', 'linkedom']) {
    const { code, stdout, stderr } = await run(page, without);
    assert.equal([code, stdout], [2, '']);
    const line = `train wine: --report: figures need packages that are not installed: npm install ${without}`;
    assert.is(stderr, `beaverdam: ${line}\n`);
    assert.not.ok(existsSync(at('never.html')));
  }
  const help = await run(['train', 'wine', '--help'], '@observablehq/plot linkedom');
  assert.equal([help.code, help.stderr], [0, '']);
});

const chromium = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((dir) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(dir, name)))
  .find((path) => existsSync(path));

if (chromium) {
  test('Chromium opens a page without a request or a word on its console', async () => {
    accessSync(at('wine.html'));
    const playwright = await import('playwright-core');
    const browser = await playwright.chromium.launch({ executablePath: chromium });
    try {
      const page = await browser.newPage();
      const heard: string[] = [];
      page.on('console', (message) => heard.push(message.text()));
      page.on('pageerror', (error) => heard.push(error.message));
      page.on('request', (request) => heard.push(request.url()));
      const url = pathToFileURL(at('wine.html')).href;
      await page.goto(url);
      assert.equal(heard, [url]);
      assert.is(await page.locator('svg').count(), 11);
      const widths = await page.locator('svg').evaluateAll((all) => all.map((svg) => svg.clientWidth));
      assert.ok(widths.every((width) => width > 100));
    } finally {
      await browser.close();
    }
  });
}

test.run();
