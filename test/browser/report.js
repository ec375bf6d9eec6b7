/**
 * Opens another page's module, the one that the address names behind its #, and sends what came of it to the server: for browsers that
 * nobody drives.
 */
const pages = {
  page: () => import('./page.js'),
  isolate: () => import('./isolate.js'),
  trained: () => import('./trained.js'),
};
const complaints = [];
globalThis.addEventListener('error', ({ message }) => complaints.push(message));
for (const kind of ['log', 'info', 'warn', 'error']) {
  console[kind] = (...words) => complaints.push(words.join(' '));
}

/** Not an `await` of the module itself: a bundler may have the pages import from it, and they would wait for each other. */
async function report() {
  await pages[location.hash.slice(1)]();
  while (!('outcome' in globalThis)) await new Promise((resolve) => setTimeout(resolve, 50));
  const outcome = await globalThis.outcome;
  await fetch('/outcome', { method: 'POST', body: JSON.stringify({ outcome, complaints }) });
}

report();
