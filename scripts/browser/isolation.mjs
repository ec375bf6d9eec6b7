/** Pages whose host sends no headers, and that isolate themselves: for scripts/browser-check.mjs. */
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from './serve.mjs';
import { LEAST_FASHION } from './trained.mjs';

/** Puts the service worker beside the pages of a build, as docs/isolation.md says. */
export function addWorker(project, out) {
  const { resolve } = createRequire(join(project, 'page.js'));
  copyFileSync(resolve('beaverdam/isolation-worker.js'), join(out, 'isolation-worker.js'));
}

/**
 * Opens the page of a build without headers, on the first visit and on the second; then with the other policy and a file of another
 * origin; then with a worker that is not there.
 * @param visit opens an address in a context of the browser, and tells what came of it
 * @throws Error for whatever is not as it should be
 */
export async function checkIsolation(browser, folder, visit, least) {
  const server = await serve(folder, false);
  const other = await serve(folder, false);
  const address = `${server.url}isolate.html`;
  /** How often the page itself has been asked for, since it was last asked. */
  const loads = () => server.requests.splice(0).filter(({ path }) => path === '/isolate.html').length;
  const expect = (condition, told) => {
    if (!condition) throw new Error(told);
  };
  try {
    const context = await browser.newContext();
    for (const [which, wanted] of [
      ['first', 2],
      ['second', 1],
    ]) {
      const { outcome, complaints } = await visit(context, address);
      expect(!outcome.error && complaints.length === 0, [outcome.error, ...complaints].join('\n'));
      const { accuracy, fashion, isolated, controlled } = outcome;
      const learnt = accuracy >= least && fashion >= LEAST_FASHION;
      expect(isolated && controlled && learnt, `${which} visit: ${JSON.stringify(outcome)}`);
      const seen = loads();
      expect(seen === wanted, `on the ${which} visit the page was loaded ${seen} times, not ${wanted}`);
    }
    await context.close();
    const file = encodeURIComponent(`${other.url}isolate.html`);
    const free = await visit(browser, `${address}?embedder=credentialless&other=${file}`);
    expect(free.outcome.opaque === 'opaque', `credentialless: ${JSON.stringify(free.outcome)}`);
    expect(free.complaints.length === 0, free.complaints.join('\n'));
    loads();
    const absent = await visit(browser, `${address}?worker=none.js`);
    expect(
      /^Error: isolate: the browser does not take \/none\.js/.test(absent.outcome.error),
      absent.outcome.error,
    );
    expect(loads() === 1, 'a page without its worker was reloaded');
  } finally {
    await server.close();
    await other.close();
  }
}
