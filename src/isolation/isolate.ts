/** Has a page isolated by a service worker: registers it, reloads the page, and sees that this comes to an end. */
import { checkOptions, checkText } from '../options.js';
import type { Installed, Page, Registration, Workers } from './page.js';

/** What `isolate` takes. */
export interface IsolationOptions {
  /**
   * Where the page's host has the file `beaverdam/isolation-worker.js`: a URL of the page's own origin, or one relative to the page.
   * It must lie beside the page or in a folder above, since a service worker answers for nothing else. Default
   * `'isolation-worker.js'`.
   */
  worker?: string;
  /**
   * What the page asks of files of other origins, which is the value of Cross-Origin-Embedder-Policy: `'require-corp'`, that
   * they agree to be embedded; `'credentialless'`, nothing, but they are fetched without cookies (not in Safari). Default
   * `'require-corp'`.
   */
  embedder?: 'require-corp' | 'credentialless';
}

/** Stands in the page's memory between a reload and what came of it. */
const MARK = 'beaverdam: reloaded to be isolated';

const EMBEDDERS: readonly unknown[] = ['require-corp', 'credentialless'];

/** Where what cannot be done here is told. */
const GUIDE = 'docs/isolation.md of the package says what else a page can do';

/**
 * Resolves in a page that is isolated; in any other it reloads the page, and does not settle, or throws.
 * @param pageOf the page, which is looked at after the options
 */
export async function isolateIn(pageOf: () => Page, options: IsolationOptions): Promise<void> {
  checkOptions('isolate', options, ['worker', 'embedder']);
  const { worker = 'isolation-worker.js', embedder = 'require-corp' } = options;
  checkText('isolate: worker', worker);
  if (!EMBEDDERS.includes(embedder)) {
    throw new TypeError('isolate: embedder must be "require-corp" or "credentialless"');
  }
  const page = pageOf();
  if (page.crossOriginIsolated) return forget(page);
  try {
    const workers = expectWorkers(page);
    expectFirst(page);
    const url = placeOf(page, worker);
    if (embedder === 'credentialless') url.search = '?embedder=credentialless';
    await expectAlone(workers, url);
    await install(workers, url);
    page.memory.setItem(MARK, page.address);
  } catch (error) {
    forget(page);
    throw error;
  }
  page.reload();
  await new Promise<never>(() => {});
}

/** @throws Error where no service worker could help */
function expectWorkers({ isSecureContext, framed, workers }: Page): Workers {
  if (!isSecureContext) throw new Error('isolate: the page must come over HTTPS, or from localhost');
  if (framed) {
    throw new Error(
      'isolate: the page lies in a frame, which is isolated only where the page around it is; open it by itself',
    );
  }
  if (workers) return workers;
  throw new Error(
    `isolate: this browser has no service workers here, as some have none in private windows; ${GUIDE}`,
  );
}

/** Where the worker is. @throws Error where it could not answer for the page */
function placeOf({ base, address }: Page, worker: string): URL {
  const url = URL.canParse(worker, base) ? new URL(worker, base) : undefined;
  if (!url || url.origin !== new URL(address).origin) {
    throw new Error('isolate: worker must be a URL of the origin that the page has');
  }
  const folder = new URL('.', url).pathname;
  if (!new URL(address).pathname.startsWith(folder)) {
    throw new Error(
      `isolate: a service worker in ${folder} answers for pages there and below, and this page is elsewhere; ` +
        'put the file beside the page, or in a folder above',
    );
  }
  url.search = '';
  url.hash = '';
  return url;
}

/** @throws Error where the page has another service worker, which would be lost */
async function expectAlone(workers: Workers, url: URL): Promise<void> {
  const other = await workers.getRegistration();
  const there = other?.active ?? other?.waiting ?? other?.installing;
  if (other && there && other.scope === new URL('.', url).href && pathOf(there) !== url.pathname) {
    throw new Error(
      `isolate: the page has a service worker of its own (${pathOf(there)}), which another would replace; ` +
        `have that one call importScripts('${url.pathname}') instead`,
    );
  }
}

/** Resolves when the worker is there, so that the next load of the page goes through it. */
async function install(workers: Workers, url: URL): Promise<void> {
  let registration: Registration;
  try {
    registration = await workers.register(url.href, { updateViaCache: 'none' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `isolate: the browser does not take ${url.pathname} for a service worker. Is it the file ` +
        `beaverdam/isolation-worker.js, and does this window keep data of sites? (${reason})`,
      { cause: error },
    );
  }
  await activated(registration, url);
}

const pathOf = ({ scriptURL }: Installed): string => new URL(scriptURL).pathname;

/** Resolves when a new worker works; one that is there already does. */
function activated({ installing, waiting, active }: Registration, url: URL): Promise<void> {
  const worker = installing ?? waiting ?? active;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker?.state === 'activated') resolve();
      else if (!worker || worker.state === 'redundant') {
        reject(new Error(`isolate: the service worker ${url.pathname} could not be installed`));
      }
    };
    worker?.addEventListener('statechange', look);
    look();
  });
}

/** @throws Error where the page has been reloaded already, or the browser could not tell */
function expectFirst(page: Page): void {
  let mark: string | null;
  try {
    mark = page.memory.getItem(MARK);
  } catch (cause) {
    throw new Error(`isolate: this window keeps no data of sites, so it has no service workers; ${GUIDE}`, {
      cause,
    });
  }
  if (mark !== page.address) return;
  throw new Error(
    'isolate: the page has been reloaded and still is not isolated. Does the service worker come to be asked for it ' +
      `(a forced reload passes by), and is the worker's file that of this version? ${GUIDE}`,
  );
}

function forget(page: Page): void {
  try {
    page.memory.removeItem(MARK);
  } catch {
    // it keeps nothing, this neither
  }
}
