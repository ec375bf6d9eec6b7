import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { findChromium, findFirefox } from './browser/browsers.mjs';
import { buildWithEsbuild, buildWithVite, buildWithWebpack, createProject, root } from './browser/builds.mjs';
import { reportOf, versionOf } from './browser/firefox.mjs';
import { withGuest, withLost } from './browser/guest.mjs';
import { checkHidden } from './browser/hidden.mjs';
import { addWorker, checkIsolation } from './browser/isolation.mjs';
import { withJoined } from './browser/join.mjs';
import { loadedOf } from './browser/loaded.mjs';
import { checkClosed, checkRounds } from './browser/rounds.mjs';
import { ISOLATION, serve } from './browser/serve.mjs';
import { checkTrained } from './browser/trained.mjs';
import { checkTurns } from './browser/turns.mjs';
import { expect, run } from './commands.mjs';

const LIMIT_MS = 120_000;
/** What the page must reach on Wine's test rows; folds end between 0.94 and 1. */
const ACCURACY = 0.94;
/** Vite's server joins a package into one file, where workers are not found; so it has to leave this one as it is. */
const SERVED_DEPS = { exclude: ['beaverdam'], include: ['beaverdam > papaparse'] };
/** Pages that are built at once, for checks of their own. */
const PAGES = ['isolate', 'trained', 'rounds', 'turns', 'report'];
/** Bytes of gzipped JavaScript that a page with tensors alone may load: in all its workers, each file once, and in itself. */
const BUDGET = { workers: 60_000, page: 32_000 };

/** Opens the page of a build; what came of it, and what it has asked for. */
async function open(browser, folder, isolated, path = '') {
  expect(folder, 'there is no build to open');
  const server = await serve(folder, isolated);
  try {
    return { ...(await visit(browser, `${server.url}${path}`)), requests: server.requests };
  } finally {
    await server.close();
  }
}

/** Opens a page; what came of it, the workers it started, and whatever stood in its console. */
async function visit(browser, url) {
  const page = await browser.newPage();
  const complaints = [];
  const workers = [];
  page.on('console', (message) => {
    // Vite's development server tells that it is there
    if (!message.text().startsWith('[vite] connect')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('worker', (worker) => workers.push(basename(worker.url())));
  try {
    await page.goto(url);
    await page.waitForFunction(() => 'outcome' in globalThis, undefined, { timeout: LIMIT_MS });
    const outcome = await Promise.race([
      page.evaluate(() => globalThis.outcome),
      page.waitForTimeout(LIMIT_MS).then(() => ({ error: 'the page has not come to an end' })),
    ]);
    return { outcome, workers, complaints };
  } finally {
    await page.close();
  }
}

/** The example of a page, with the configuration that it has. */
async function openExample(browser, project) {
  const folder = join(project, 'example');
  cpSync(join(root, 'examples/browser'), folder, { recursive: true });
  symlinkSync(join(root, 'node_modules/vite'), join(project, 'node_modules/vite'), 'junction');
  const { build } = await import('vite');
  await build({ root: folder, logLevel: 'silent' });
  const server = await serve(join(folder, 'dist'), true);
  const page = await browser.newPage();
  try {
    await page.goto(server.url);
    await page.waitForFunction(() => globalThis.document.querySelector('output').textContent !== '…');
    const text = await page.textContent('output');
    expect(text === 'revealed: 4.5,9.5', text);
  } finally {
    await page.close();
    await server.close();
  }
}

async function openByHand(browser, folder) {
  const { outcome, complaints } = await open(browser, folder, true, 'by-hand.html');
  expect(!outcome.error && complaints.length === 0, [outcome.error, ...complaints].join('\n'));
  expect(String(outcome.product) === '7,10,15,22', `a product came out as ${outcome.product}`);
}

/**
 * A page with tensors alone loads one wasm file, no data set, and no more JavaScript than its budget. Only builds whose workers
 * are modules can load a part of a worker later, so those are what is measured.
 */
async function openTensors(browser, folder) {
  const { outcome, complaints, requests } = await open(browser, folder, true, 'tensors.html');
  expect(!outcome.error && complaints.length === 0, [outcome.error, ...complaints].join('\n'));
  expect(String(outcome.product) === '1,1', `a product came out as ${outcome.product}`);
  const { page, workers, others } = loadedOf(folder, requests);
  const [html, ...assets] = others;
  expect(
    /html$/.test(html) && assets.length === 1 && /\.wasm$/.test(assets[0]),
    `loaded ${others.join(', ')}`,
  );
  const told = [`workers ${workers.files.join(', ')}`, `page ${page.files.join(', ')}`].join('; ');
  expect(
    workers.gzip > 0 && workers.gzip <= BUDGET.workers,
    `its workers load ${workers.gzip} bytes: ${told}`,
  );
  expect(page.gzip > 0 && page.gzip <= BUDGET.page, `it loads ${page.gzip} bytes: ${told}`);
  const kilobytes = ({ gzip, brotli }) =>
    `${(gzip / 1000).toFixed(1)} kB (brotli ${(brotli / 1000).toFixed(1)} kB)`;
  return `one wasm file, workers ${kilobytes(workers)}, page ${kilobytes(page)} of JavaScript`;
}

/** What a developer of a page has: Vite's server, which hands on modules one by one. */
async function openServed(browser, folder) {
  const { createServer } = await import('vite');
  const server = await createServer({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    cacheDir: join(folder, '.vite'),
    optimizeDeps: SERVED_DEPS,
    server: { host: '127.0.0.1', port: 0, headers: ISOLATION },
  });
  try {
    await server.listen();
    return reached(await visit(browser, server.resolvedUrls.local[0]));
  } finally {
    await server.close();
  }
}

const openIsolated = async (browser, folder) => reached(await open(browser, folder, true));

/** @throws Error unless the page has come to what it should */
function reached({ outcome, workers, complaints }) {
  expect(!outcome.error && complaints.length === 0, [outcome.error, ...complaints].join('\n'));
  const { accuracy, seconds, product, pixels, cells } = outcome;
  expect(accuracy >= ACCURACY, `Wine ended with an accuracy of ${accuracy}, below ${ACCURACY}`);
  expect(product.length === 1 && product[0] === 48, `a product of 48 came out as ${product}`);
  expect(pixels === 7840, `10 pictures have ${pixels} pixels`);
  expect(cells === 6500, `the cells of a gzipped table sum to ${cells}, not 6500`);
  // four roles for the product, three of them with a helper; for Wine one worker, two or four, by the cores, and helpers from six on
  const cores = availableParallelism();
  const least = 7 + (cores < 3 ? cores : 4);
  expect(
    cores < 6 ? workers.length === least : workers.length > least,
    `started ${workers.length} workers: ${workers.join(', ')}`,
  );
  return `accuracy ${(100 * accuracy).toFixed(1)} % after ${seconds.toFixed(2)} s of training`;
}

/** Serves a build with the headers while `work` is done with the address of one of its pages. */
async function served(folder, path, work) {
  expect(folder, 'there is no build to open');
  const server = await serve(folder, true);
  try {
    return await work(`${server.url}${path}`);
  } finally {
    await server.close();
  }
}

/** A browser for pages that dial roles in Node, whose certificates are self-made. */
async function trusting(playwright, executablePath, work) {
  const args = ['--ignore-certificate-errors'];
  const browser = await playwright.chromium.launch({ executablePath, args });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** A page is a role of a job, whose other roles are `beaverdam run`. @param options of `job init wine` */
async function openJoined(browser, project, build, role, options) {
  const { told, accuracy } = await withJoined(project, build, role, options, (url) => visit(browser, url));
  expect(
    !told.outcome.error && told.complaints.length === 0,
    [told.outcome.error, ...told.complaints].join('\n'),
  );
  const learned = accuracy ?? told.outcome.accuracy;
  expect(learned >= ACCURACY, `accuracy ${learned}`);
  const asked = options.includes('--save-as') ? told.outcome.accuracy : learned;
  expect(Math.abs(asked - learned) < 0.03, `${asked} of the answers to the page are right, not ${learned}`);
  return `the owner learns an accuracy of ${(100 * learned).toFixed(1)} %`;
}

/** A page brings rows to roles in Node over WebSockets and TLS; one of another origin is refused by name. */
async function openGuest(browser, project, build) {
  const outcome = await withGuest(project, build, (url) => visit(browser, url));
  const { alone, turnedAway, told, origin } = outcome;
  const error = turnedAway.outcome.error ?? 'none';
  expect(error.includes(`takes no pages of ${origin}`), `a page of another origin was told: ${error}`);
  expect(
    !told.outcome.error && told.complaints.length === 0,
    [told.outcome.error, ...told.complaints].join('\n'),
  );
  const { accuracy } = told.outcome;
  expect(accuracy >= ACCURACY && Math.abs(accuracy - alone) < 0.06, `accuracy ${accuracy}, alone ${alone}`);
  return `accuracy ${(100 * accuracy).toFixed(1)} %, in one process ${(100 * alone).toFixed(1)} %`;
}

/** A page that is closed while it brings rows. */
async function openLost(browser, project, build) {
  const told = await withLost(project, build, async (url) => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => globalThis.begun === true, null, { timeout: 60_000 });
    await page.close();
  });
  for (const error of told)
    expect(/\bclinic\b/.test(error), `a role said of a page that was closed: ${error}`);
  return told[0];
}

/** Wine in Firefox: from a host that sends the headers, and from one that does not. */
async function openInFirefox(firefox, folder) {
  expect(folder, 'there is no build to open');
  for (const [page, isolated] of [
    ['page', true],
    ['isolate', false],
  ]) {
    const { outcome, complaints } = await reportOf(firefox, folder, page, isolated);
    expect(!outcome.error && complaints.length === 0, [outcome.error, ...(complaints ?? [])].join('\n'));
    expect(outcome.accuracy >= ACCURACY, `${page}: Wine ended with an accuracy of ${outcome.accuracy}`);
  }
  return versionOf(firefox);
}

async function main(chromium, firefox) {
  if (!firefox)
    console.log(
      '– browser: SKIPPED what Firefox does, for it is not here (Debian: apt-get install firefox-esr)',
    );
  const playwright = await import('playwright-core');
  const guest = (work) => trusting(playwright, chromium, work);
  const launch = (more = {}) => playwright.chromium.launch({ executablePath: chromium, ...more });
  const browser = await launch();
  const folder = mkdtempSync(join(tmpdir(), 'beaverdam-browser-'));
  const project = join(folder, 'page');
  const built = {};
  const steps = {
    'install the tarball'() {
      const given = process.argv[2];
      const packed = () => run('npm', ['pack', '--pack-destination', folder], root).trim().split('\n').at(-1);
      createProject(project, given ? resolve(given) : join(folder, packed()));
    },
    async 'build with Vite'() {
      built.vite = await buildWithVite(project, 'iife');
    },
    async "build with Vite, worker.format 'es'"() {
      built.viteModules = await buildWithVite(project, 'es');
    },
    async 'build with webpack'() {
      built.webpack = await buildWithWebpack(project);
    },
    async 'build with esbuild'() {
      built.esbuild = await buildWithEsbuild(project);
    },
    "Chromium trains Wine in Vite's build": (browser) => openIsolated(browser, built.vite),
    "Chromium trains Wine in Vite's build, worker.format 'es'": (browser) =>
      openIsolated(browser, built.viteModules),
    "Chromium trains Wine in webpack's build": (browser) => openIsolated(browser, built.webpack),
    "Chromium trains Wine from Vite's development server": (browser) => openServed(browser, project),
    async 'build a page with tensors alone with Vite'() {
      built.tensors = await buildWithVite(project, 'es', 'tensors');
    },
    'a page with tensors alone loads little': (browser) => openTensors(browser, built.tensors),
    "a page says where esbuild's workers are": (browser) => openByHand(browser, built.esbuild),
    'the page of examples/browser': (browser) => openExample(browser, project),
    async 'build pages for what else a browser has to do'() {
      built.pages = await buildWithVite(project, 'es', 'pages', PAGES);
      addWorker(project, built.pages);
    },
    'pages whose host sends no headers isolate themselves': (browser) =>
      checkIsolation(browser, built.pages, visit, ACCURACY),
    'trainings in a page end as in Node': (browser) =>
      checkTrained(project, () => open(browser, built.pages, true, 'trained.html')),
    'sessions in a page leave nothing behind': (browser) =>
      served(built.pages, 'rounds.html', (url) => checkRounds(browser, url)),
    'a page that is closed while it trains leaves no process': (browser) =>
      served(built.pages, 'rounds.html', (url) => checkClosed(browser, url)),
    'a page in the background trains on': () =>
      served(built.pages, 'rounds.html', (url) => checkHidden(launch, url)),
    'without the two headers roles take turns, and who insists on threads is told': (browser) =>
      checkTurns(project, ACCURACY, () => open(browser, built.pages, false, 'turns.html')),
    async 'build pages that are guests with Vite'() {
      built.guest = await buildWithVite(project, 'es', 'guest', ['guest', 'join']);
    },
    'a page is the guest of roles in Node': () => guest((own) => openGuest(own, project, built.guest)),
    'a page that is closed in mid-upload is missed by name': () =>
      guest((own) => openLost(own, project, built.guest)),
    'a page brings rows to a job of roles in Node': () =>
      guest((own) => openJoined(own, project, built.guest, 'clinic', ['--clients', 'clinic'])),
    'a page asks the model of roles in Node about its rows': () =>
      guest((own) =>
        openJoined(own, project, built.guest, 'clinic', ['--clients', 'clinic', '--save-as', 'wine']),
      ),
    'a page is the owner of a job of roles in Node': () =>
      guest((own) => openJoined(own, project, built.guest, 'owner', [])),
    'a page is a compute party of a job of roles in Node': () =>
      guest((own) => openJoined(own, project, built.guest, 'bob', [])),
    ...(firefox && { 'Firefox trains Wine': () => openInFirefox(firefox, built.pages) }),
  };
  try {
    for (const [name, step] of Object.entries(steps)) {
      const start = performance.now();
      try {
        const told = await step(browser);
        const seconds = ((performance.now() - start) / 1000).toFixed(1);
        console.log(`✓ browser: ${name} (${seconds} s)${told ? `: ${told}` : ''}`);
      } catch (error) {
        console.log(`✘ browser: ${name}\n${error.message}`);
        process.exitCode = 1;
      }
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const chromium = findChromium();
if (chromium) await main(chromium, findFirefox());
else if (process.env.CI) {
  console.log('✘ browser: Chromium is neither installed nor could it be');
  process.exitCode = 1;
} else console.log('– browser: SKIPPED, for there is no Chromium here (Debian: apt-get install chromium)');
