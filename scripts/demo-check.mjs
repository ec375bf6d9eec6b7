/**
 * Checks the demo in Chromium: builds it, opens each page at a desk's and a phone's width, light and dark, trains Wine,
 * loads a model that it has made into TensorFlow.js, pauses, and looks for messages on the console, for what sticks out of the page, and for what axe-core finds serious.
 *
 *     node scripts/demo-check.mjs [FOLDER]    leaves pictures of the pages in FOLDER
 *
 * Where Chromium is missing it does as scripts/browser-check.mjs.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findChromium } from './browser/browsers.mjs';
import { serve } from './browser/serve.mjs';
import { expect } from './commands.mjs';
import { buildDemo } from './demo/build.mjs';

const LIMIT_MS = 120_000;
/** What Wine must reach on its test rows: fold 0 ends between 0.94 and 1. */
const ACCURACY = 94;
/** The same for Fashion-MNIST. */
const OF_PICTURES = 65;
/** How long a visitor waits for the first page, in the middle of some visits. */
const USABLE_MS = 2000;
const VISITS = 5;
const CSV = `a,b,sum\n${Array.from({ length: 120 }, (_, i) => [i % 11, (7 * i) % 13, (i % 11) + ((7 * i) % 13)].join(',')).join('\n')}\n`;
const pictures = process.argv[2] && resolve(process.argv[2]);

const text = (page, selector) => page.locator(selector).innerText();
const done = (page, id) => page.locator(`#${id}-status`, { hasText: 'Done' }).waitFor({ timeout: LIMIT_MS });

/** What each page is for, done as a visitor does it; what came of it. */
const visits = {
  async train(page) {
    await page.click('#train-start');
    await done(page, 'train');
    const accuracy = Number.parseFloat(await text(page, '#train-accuracy'));
    expect(accuracy >= ACCURACY, `Wine ended with ${accuracy} %, below ${ACCURACY} %`);
    const epochs = await page.locator('#train-epochs tr').count();
    expect(epochs === 5, `the page has ${epochs} epochs of Wine`);
    const clear = Number.parseFloat(await text(page, '#train-clear-accuracy'));
    expect(clear >= ACCURACY, `TensorFlow.js ended with ${clear} %`);
    return `Wine ${accuracy} %, TensorFlow.js ${clear} %`;
  },
  async roles(page) {
    const bob = () => page.locator('#roles-bob').evaluate((canvas) => canvas.toDataURL());
    const shared = () => page.locator('#roles-status', { hasText: 'new random numbers' }).waitFor();
    await shared();
    const before = await bob();
    await page.click('#roles-again');
    await shared();
    expect(before !== (await bob()), 'sharing anew has drawn the same share');
    const [image, sum] = await page
      .locator('#roles-image, #roles-sum')
      .evaluateAll((all) => all.map((canvas) => canvas.toDataURL()));
    expect(image === sum, 'the shares do not sum to the picture');
  },
  async playground(page) {
    await page.fill('[name=alice]', '1, x');
    await page.click('#play-start');
    const error = await text(page, '#play-error');
    expect(error.includes('alice, line 1'), `a word was taken for a number: ${error}`);
    await page.fill('[name=alice]', '1, 2\n3, -4');
    await page.selectOption('[name=operation]', 'matmul');
    await page.click('#play-start');
    await done(page, 'play');
    const values = (await text(page, '#play-result')).split(/\s+/).map(Number);
    const right = [4.5, 6, -6.5, 3].every((value, i) => Math.abs(values[i] - value) < 1e-4);
    expect(right, `the product came out as ${values}`);
  },
  async table(page) {
    const buffer = Buffer.from(CSV);
    await page.setInputFiles('#table-file', { name: 'sums.csv', mimeType: 'text/csv', buffer });
    await page.locator('#table-form').waitFor();
    await page.click('#table-start');
    await done(page, 'table');
    const r2 = Number(await text(page, '#table-result'));
    expect(r2 > 0.8, `a sum was learned with an R² of ${r2}`);
    const saved = async (part) => {
      const [file] = await Promise.all([page.waitForEvent('download'), page.click(`#table-save-${part}`)]);
      return readFileSync(await file.path());
    };
    const error = await errorOfLoaded(JSON.parse(await saved('json')), await saved('bin'));
    expect(error < 2, `TensorFlow.js predicts sums that are wrong by ${error} with the model that was saved`);
    return `R² ${r2}; by TensorFlow.js wrong by ${error.toFixed(2)} on the average`;
  },
};

/** How far the sums are off, on the average, that TensorFlow.js predicts with the two files of a model. */
async function errorOfLoaded({ modelTopology, weightsManifest, userDefinedMetadata }, weights) {
  const { default: tf } = await import('@tensorflow/tfjs');
  await tf.setBackend('cpu');
  const weightData = weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length);
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  const { inputs, targets } = userDefinedMetadata.scaling;
  const rows = CSV.trim().split('\n').slice(1);
  const cells = rows.map((row) => row.split(',').map(Number));
  const scaled = cells.map((row) => [0, 1].map((i) => (row[i] - inputs.mean[i]) / inputs.deviation[i]));
  const outputs = await model.predict(tf.tensor(scaled)).data();
  const errors = cells.map((row, i) =>
    Math.abs(outputs[i] * targets.deviation[0] + targets.mean[0] - row[2]),
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** The pixels of a tab's picture. */
const greys = (tab, id) =>
  tab.locator(`#tabs-${id}`).evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return [...data.filter((_, i) => i % 4 === 0)];
  });

/**
 * An owner's rows in two tabs: each has a share of them that looks random, and the highest bits of both sum to none but the carry of
 * what is below, for all of Wine's numbers are small. The owner's share.
 */
async function checkShares(owner, other) {
  await other.locator('#tabs-other-share-name', { hasText: 'Its share of' }).waitFor();
  const own = await greys(owner, 'own-share');
  const sent = await greys(other, 'other-share');
  expect(own.length > 500 && own.length === sent.length, `${own.length} and ${sent.length} shares`);
  const sums = own.filter((grey, i) => ![0, 255].includes((grey + sent[i]) % 256));
  expect(sums.length === 0, `${sums.length} shares do not sum to numbers of the rows`);
  for (const shares of [own, sent]) {
    const kinds = new Set(shares).size;
    const mean = shares.reduce((sum, grey) => sum + grey, 0) / shares.length;
    expect(kinds > 150 && Math.abs(mean - 127.5) < 25, `shares of ${kinds} kinds and a mean of ${mean}`);
  }
  return own;
}

/** Three tabs train; the page is looked at as alice has it; in a second run bob's tab is closed. */
async function tabs(page, colorScheme) {
  const status = (tab, words) => tab.locator('#tabs-status', { hasText: words }).waitFor();
  await page.click('text=Be alice');
  await status(page, 'Waiting for bob and provider');
  const others = [];
  for (const role of ['bob', 'provider']) {
    const [other] = await Promise.all([page.context().waitForEvent('page'), page.click(`text=Open ${role}`)]);
    other.setDefaultTimeout(LIMIT_MS);
    others.push(other);
  }
  const [bob, provider] = others;
  try {
    await Promise.all([page, bob, provider].map((tab) => status(tab, 'Done')));
    const accuracy = Number.parseFloat((await text(page, '#tabs-status')).replace('Done: ', ''));
    expect(accuracy >= ACCURACY, `Wine ended with ${accuracy} %, below ${ACCURACY} %`);
    expect((await page.locator('#tabs-epochs tr').count()) === 5, 'alice does not see five epochs');
    expect((await bob.locator('#tabs-epochs tr').count()) === 0, 'bob sees what alice alone may');
    expect(/nothing/i.test(await text(provider, '#tabs-rows-note')), 'the provider has rows');
    expect(!(await provider.locator('#tabs-shares').isVisible()), 'the provider has shares of rows');
    const ofAlice = await checkShares(page, bob);
    await checkShares(bob, page);
    await Promise.all(others.map((tab) => look(tab, tab.viewportSize().width)));
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      const { width } = page.viewportSize();
      for (const [role, tab] of Object.entries({ alice: page, bob, provider }))
        await tab.screenshot({
          path: join(pictures, `tabs-${role}-${width}-${colorScheme}.png`),
          fullPage: true,
        });
    }
    await page.click('#tabs-again');
    await status(page, 'Training');
    await bob.close(); // before the training is over
    for (const tab of [page, provider]) {
      await tab.locator('#tabs-error', { hasText: 'Bob’s tab was closed' }).waitFor();
      await tab.locator('#tabs-again').waitFor();
    }
    const anew = await greys(page, 'own-share');
    expect(String(anew) !== String(ofAlice), 'rows were cut twice into the same shares');
    return `Wine ${accuracy} %`;
  } finally {
    for (const tab of others) await tab.close();
  }
}

/** Cancels a training, and trains again. */
async function cancel(page) {
  await page.check('[value=fashion-mnist]');
  await page.click('#train-start');
  await page.click('#train-cancel');
  await page.locator('#train-status', { hasText: 'Cancelled' }).waitFor({ timeout: LIMIT_MS });
  await page.check('[value=wine]');
  await visits.train(page);
}

/** Pauses a training of pictures by keys alone, and lets it go on to its end. */
async function pause(page) {
  const focused = (id) => page.locator(`#${id}:focus`).waitFor();
  await page.focus('[value=wine]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await focused('train-start');
  await page.keyboard.press('Enter');
  await focused('train-cancel');
  await page.keyboard.press('Shift+Tab');
  await focused('train-pause');
  await page.keyboard.press('Space');
  await page.locator('#train-status', { hasText: 'Paused' }).waitFor();
  const epochs = () => page.locator('#train-epochs tr').count();
  await page.waitForTimeout(1000);
  expect((await epochs()) === 1, `a training that was paused has ${await epochs()} epochs`);
  await page.keyboard.press('Enter');
  await done(page, 'train');
  expect((await epochs()) === 3, `it ended with ${await epochs()} epochs`);
  const accuracy = Number.parseFloat(await text(page, '#train-accuracy'));
  expect(accuracy >= OF_PICTURES, `Fashion-MNIST ended with ${accuracy} %, below ${OF_PICTURES} %`);
  return `Fashion-MNIST ${accuracy} %`;
}

/** How long the first page takes until it does what it is asked to, in a browser that has nothing of it. */
async function usable(browser, url) {
  const times = [];
  for (let i = 0; i < VISITS; i++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    try {
      await page.goto(url, { waitUntil: 'commit' });
      // a page that has begun to work shows its first section
      await page.locator('#train-start').waitFor();
      times.push(await page.evaluate(() => performance.now()));
    } finally {
      await context.close();
    }
  }
  const middle = times.sort((a, b) => a - b)[Math.floor(VISITS / 2)];
  expect(middle <= USABLE_MS, `the first page can be used after ${times.map(Math.round).join(', ')} ms`);
  return `after ${Math.round(middle)} ms`;
}

/** What sticks out of a page, and what axe-core finds serious. */
async function look(page, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide <= width, `the page is ${wide} pixels wide where there are ${width}`);
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  const violations = await page.evaluate(async () => (await globalThis.axe.run()).violations);
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  expect(
    serious.length === 0,
    serious.map(({ help, nodes }) => `${help}: ${nodes.map(({ target }) => target).join(', ')}`).join('\n'),
  );
}

async function open(browser, url, name, { width, colorScheme }, visit) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.setDefaultTimeout(LIMIT_MS);
  try {
    await page.goto(`${url}#/${name}`);
    const told = await visit(page, colorScheme);
    await look(page, width);
    expect(complaints.length === 0, complaints.join('\n'));
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
    return told;
  } finally {
    await context.close();
  }
}

async function main(chromium) {
  const playwright = await import('playwright-core');
  const folder = mkdtempSync(join(tmpdir(), 'beaverdam-demo-'));
  const { out, warnings } = await buildDemo(folder);
  const server = await serve(out, true);
  const browser = await playwright.chromium.launch({ executablePath: chromium });
  const views = [
    { width: 1280, colorScheme: 'light' },
    { width: 360, colorScheme: 'dark' },
    ...(pictures
      ? [
          { width: 1280, colorScheme: 'dark' },
          { width: 360, colorScheme: 'light' },
        ]
      : []),
  ];
  const steps = {
    'build with Vite': () => expect(warnings.length === 0, warnings.join('\n')),
    ...Object.fromEntries(
      views.flatMap((view) =>
        Object.entries(visits).map(([name, visit]) => [
          `${name}, ${view.width} pixels wide, ${view.colorScheme}`,
          () => open(browser, server.url, name, view, visit),
        ]),
      ),
    ),
    ...Object.fromEntries(
      views.map((view) => [
        `three tabs, ${view.width} pixels wide, ${view.colorScheme}`,
        () => open(browser, server.url, 'tabs', view, tabs),
      ]),
    ),
    'train, cancelled and begun again': () => open(browser, server.url, 'train', views[0], cancel),
    'train, paused, by keys': () => open(browser, server.url, 'train', views[0], pause),
    'the first page can be used': () => usable(browser, server.url),
  };
  try {
    for (const [name, step] of Object.entries(steps)) {
      try {
        const told = await step();
        console.log(`✓ demo: ${name}${told ? `: ${told}` : ''}`);
      } catch (error) {
        console.log(`✘ demo: ${name}\n${error.message}`);
        process.exitCode = 1;
      }
    }
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const chromium = findChromium();
if (chromium) await main(chromium);
else if (process.env.CI) {
  console.log('✘ demo: Chromium is neither installed nor could it be');
  process.exitCode = 1;
} else console.log('– demo: SKIPPED, for there is no Chromium here (Debian: apt-get install chromium)');
