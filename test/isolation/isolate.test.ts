/** How a page comes to be isolated, over its loads, and what is said where it cannot be. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isolate } from '../../src/isolation/index.js';
import { isolateIn } from '../../src/isolation/isolate.js';
import type { Installed, Page, Registration } from '../../src/isolation/page.js';

const BASE = 'https://site.example/app/page.html';

interface Ways {
  /** What the browser makes of each load of the page. */
  isolatedAfter?: number;
  registered?: Registration;
  refuses?: Error;
  /** The state in which an installation ends. */
  ends?: string;
}

/** A tab: its page may be loaded several times, and remembers. */
function openTab({ isolatedAfter = 1, registered, refuses, ends = 'activated' }: Ways = {}) {
  const kept = new Map<string, string>();
  const asked: string[] = [];
  let loads = 0;
  const tab = {
    kept,
    asked,
    reloads: 0,
    /** Loads the page: 'isolated', 'reloading', or the error. */
    async load(changes: Partial<Page> = {}, options = {}): Promise<string> {
      const reloads = tab.reloads;
      const page: Page = {
        crossOriginIsolated: loads++ >= isolatedAfter,
        isSecureContext: true,
        framed: false,
        base: BASE,
        address: BASE,
        memory: {
          getItem: (key) => kept.get(key) ?? null,
          setItem: (key, value) => void kept.set(key, value),
          removeItem: (key) => void kept.delete(key),
        },
        workers: {
          getRegistration: async () => registered,
          async register(url) {
            asked.push(url);
            if (refuses) throw refuses;
            return install(url, ends);
          },
        },
        reload() {
          tab.reloads++;
        },
        ...changes,
      };
      const ended = isolateIn(() => page, options).then(
        () => 'isolated',
        (error: Error) => error.message,
      );
      const turned = new Promise<string>((resolve) => {
        setTimeout(() => resolve(tab.reloads > reloads ? 'reloading' : 'neither'), 20);
      });
      return Promise.race([ended, turned]);
    },
  };
  return tab;
}

const working = (scriptURL: string): Installed => ({ scriptURL, state: 'activated', addEventListener() {} });

/** A worker that is being installed, and comes to a state a little later. */
function install(scriptURL: string, ends: string): Registration {
  let listener = () => {};
  const worker = {
    scriptURL,
    state: 'installing',
    addEventListener(_: string, told: () => void) {
      listener = told;
    },
  };
  setTimeout(() => {
    worker.state = ends;
    listener();
  }, 1);
  return { scope: new URL('.', scriptURL).href, installing: worker, waiting: null, active: null };
}

test('a page is reloaded once, and then goes on; so it does after a forced reload', async () => {
  const tab = openTab();
  assert.is(await tab.load(), 'reloading');
  assert.equal(tab.asked, ['https://site.example/app/isolation-worker.js']);
  assert.is(await tab.load(), 'isolated');
  assert.is(tab.kept.size, 0);
  assert.is(await tab.load({ crossOriginIsolated: false }), 'reloading');
  assert.is(await tab.load(), 'isolated');
  assert.is(tab.reloads, 2);
});

test('a page that is isolated registers nothing and asks for nothing', async () => {
  const tab = openTab({ isolatedAfter: 0 });
  const memory = () => {
    throw new Error('denied');
  };
  const changes = { workers: undefined, memory: { getItem: memory, setItem: memory, removeItem: memory } };
  assert.is(await tab.load(changes), 'isolated');
  assert.equal(tab.asked, []);
});

test('a reload that does not help is not done again, until the page is opened anew', async () => {
  const tab = openTab({ isolatedAfter: 9 });
  assert.is(await tab.load(), 'reloading');
  assert.match(await tab.load(), /^isolate: the page has been reloaded and still is not isolated/);
  assert.is(tab.reloads, 1);
  assert.is(await tab.load(), 'reloading');
});

test('each page of a site has a reload of its own', async () => {
  const tab = openTab({ isolatedAfter: 9 });
  assert.is(await tab.load(), 'reloading');
  assert.is(await tab.load({ address: 'https://site.example/app/other.html' }), 'reloading');
});

test('options say where the worker is and what it asks of files of others', async () => {
  const tab = openTab();
  const options = { worker: '/isolation-worker.js?x#y', embedder: 'credentialless' };
  assert.is(await tab.load({}, options), 'reloading');
  assert.equal(tab.asked, ['https://site.example/isolation-worker.js?embedder=credentialless']);
});

for (const [what, changes, told] of [
  ['over HTTP', { isSecureContext: false }, /must come over HTTPS/],
  ['in a frame', { framed: true }, /lies in a frame/],
  ['without service workers', { workers: undefined }, /has no service workers here/],
  ['elsewhere', { address: 'https://site.example/page.html' }, /answers for pages there and below/],
] as [string, Partial<Page>, RegExp][]) {
  test(`a page ${what} is told so, and not reloaded`, async () => {
    const tab = openTab();
    assert.match(await tab.load(changes), told);
    assert.is(tab.reloads + tab.asked.length, 0);
  });
}

test('a window that keeps no data of sites is told so', async () => {
  const tab = openTab();
  const denied = () => {
    throw new Error('denied');
  };
  const memory = { getItem: denied, setItem: denied, removeItem: denied };
  assert.match(await tab.load({ memory }), /keeps no data of sites/);
});

test('a worker of another origin, one that is refused or that fails is told of', async () => {
  assert.match(
    await openTab().load({}, { worker: 'https://cdn.example/isolation-worker.js' }),
    /worker must be a URL of the origin/,
  );
  const refused = openTab({ refuses: new TypeError('bad HTTP response code (404)') });
  assert.match(
    await refused.load(),
    /does not take \/app\/isolation-worker\.js .* \(bad HTTP response code \(404\)\)$/,
  );
  assert.match(await openTab({ ends: 'redundant' }).load(), /could not be installed/);
});

test("a page's own service worker is not replaced, and an older address of ours is", async () => {
  const at = (scriptURL: string): Registration => ({
    scope: new URL('.', scriptURL).href,
    installing: null,
    waiting: null,
    active: working(scriptURL),
  });
  const own = openTab({ registered: at('https://site.example/app/sw.js') });
  assert.match(await own.load(), /importScripts\('\/app\/isolation-worker\.js'\)/);
  assert.equal(own.asked, []);
  const above = openTab({ registered: at('https://site.example/sw.js') });
  assert.is(await above.load(), 'reloading');
  const before = openTab({
    registered: at('https://site.example/app/isolation-worker.js?embedder=credentialless'),
  });
  assert.is(await before.load(), 'reloading');
});

test('wrong options are refused before anything else, and Node is no page', async () => {
  for (const [options, told] of [
    [{ wroker: 'x' }, /unknown option "wroker".*did you mean "worker"/],
    [{ worker: 1 }, /isolate: worker must be a string/],
    [{ embedder: 'none' }, /isolate: embedder must be/],
  ] as [object, RegExp][]) {
    assert.match(await openTab().load({}, options), told);
  }
  const told = await isolate().then(
    () => 'isolated',
    (error: Error) => error.message,
  );
  assert.is(told, 'isolate: is for pages, and this is none');
});

test.run();
