/** What sessions in a page leave behind: for scripts/browser-check.mjs. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const ROUNDS = 20;
/** Rounds until a page has all that it keeps: compiled code, caches of the allocator. */
const SETTLED = 5;
/** Bytes by which the page's process may grow in the rounds after that. A session that stays takes some 10 MB: four threads and their memories. */
const GROWTH = 60e6;
/** How long a browser may take to end threads, or a process. */
const PATIENCE_MS = 15_000;

/** Waits until `look` is true; whether it has come to be. */
async function comes(look) {
  const end = performance.now() + PATIENCE_MS;
  while (!(await look())) {
    if (performance.now() > end) return false;
    await sleep(50);
  }
  return true;
}

/** The processes of the browser's pages, by the browser itself. */
async function processesOf(cdp) {
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

/** Bytes of memory that a process has, where the system tells (Linux); 0 elsewhere. */
function residentOf(process) {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${process}/status`, 'utf8'));
    return 1000 * kilobytes;
  } catch {
    return 0;
  }
}

/** The page's process, after it has thrown away what it can. */
async function sizeOf(page, cdp) {
  const own = await page.context().newCDPSession(page);
  await own.send('HeapProfiler.collectGarbage');
  await own.detach();
  return (await processesOf(cdp)).reduce((sum, id) => sum + residentOf(id), 0);
}

/** A page in which `work` is done, with the browser's own word on its processes. */
async function within(browser, url, work) {
  const cdp = await browser.newBrowserCDPSession();
  const page = await browser.newPage();
  const messages = [];
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(String(error)));
  try {
    await page.goto(url);
    await page.waitForFunction(() => globalThis.outcome === 'ready');
    const told = await work(page, cdp);
    if (messages.length > 0) throw new Error(messages.join('\n'));
    return told;
  } finally {
    await page.close();
    await cdp.detach();
  }
}

/**
 * Two sessions a round, one closed and one stopped in the middle of a training: no worker stays, and the memory does not
 * grow. That both would be seen is seen with sessions that are left open.
 */
export function checkRounds(browser, url) {
  return within(browser, url, async (page, cdp) => {
    const sizes = [];
    for (let i = 0; i < ROUNDS; i++) {
      const ended = await page.evaluate(() => globalThis.round());
      if (ended !== 'JobError') throw new Error(`a training that was stopped ended so: ${ended}`);
      if (!(await comes(() => page.workers().length === 0))) {
        throw new Error(`after round ${i + 1} there are ${page.workers().length} workers`);
      }
      sizes.push(await sizeOf(page, cdp));
    }
    const grown = sizes[ROUNDS - 1] - sizes[SETTLED - 1];
    if (grown > GROWTH) throw new Error(`the page has grown by ${Math.round(grown / 1e6)} MB: ${sizes}`);
    for (let i = SETTLED; i < ROUNDS; i++) await page.evaluate(() => globalThis.leave());
    const left = page.workers().length;
    const leaked = (await sizeOf(page, cdp)) - sizes[ROUNDS - 1];
    if (left !== 4 * (ROUNDS - SETTLED)) throw new Error(`sessions left open have ${left} workers`);
    if (sizes[0] > 0 && leaked <= GROWTH) throw new Error(`sessions left open take ${leaked} bytes in all`);
    const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
    return sizes[0] > 0
      ? `the process grew by ${megabytes(grown)} in ${ROUNDS - SETTLED} rounds, by ${megabytes(leaked)} with sessions left open`
      : 'no worker stayed (this system does not tell the size of a process)';
  });
}

/** The process of a page that is closed in the middle of a training ends. */
export async function checkClosed(browser, url) {
  const cdp = await browser.newBrowserCDPSession();
  const before = await processesOf(cdp);
  let own = [];
  await within(browser, url, async (page) => {
    await page.evaluate(() => globalThis.train());
    await page.waitForFunction(() => globalThis.epochs > 2);
    own = (await processesOf(cdp)).filter((id) => !before.includes(id));
  });
  if (own.length === 0) throw new Error('the page had no process of its own');
  if (!(await comes(async () => !(await processesOf(cdp)).some((id) => own.includes(id))))) {
    throw new Error('the process of a page that was closed in the middle of a training stays');
  }
  await cdp.detach();
}
