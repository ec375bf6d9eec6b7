/** Node's side of the bench in a page: builds the page with Vite, serves it, and opens it in Chromium. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Runner } from '../interleave.js';
import type { PageClient } from './client.js';

const root = new URL('../../../../', import.meta.url);

/** What scripts of the repository are used here: they have no types. */
interface Scripts {
  findChromium(): string | undefined;
  serve(folder: string, isolated: boolean): Promise<{ url: string; close(): Promise<void> }>;
}

const HTML = `<!doctype html><link rel="icon" href="data:," /><script type="module" src="./client.js"></script>`;

export interface BenchPage {
  /** The version of the browser. */
  readonly browser: string;
  /** The page's runner of a training; one at a time. */
  start(name: string): Promise<Required<Runner>>;
  close(): Promise<void>;
}

/** Null where there is no Chromium. */
export async function openPage(): Promise<BenchPage | null> {
  const { findChromium } = await script('browsers');
  const executablePath = findChromium();
  if (!executablePath) return null;
  const { serve } = await script('serve');
  const { chromium } = await import('playwright-core');
  const folder = mkdtempSync(join(tmpdir(), 'beaverdam-bench-'));
  const ending: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    await buildInto(folder);
    const server = await serve(folder, true);
    ending.push(() => server.close());
    const browser = await chromium.launch({ executablePath });
    ending.push(() => browser.close());
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'bench' in globalThis);
    return {
      browser: `Chromium ${browser.version()}`,
      async start(name) {
        const client = await page.evaluateHandle(
          () => (globalThis as unknown as { bench: PageClient }).bench,
        );
        await client.evaluate((bench, which) => bench.start(which), name);
        return {
          name: 'in a page',
          run: () => client.evaluate((bench) => bench.run()),
          close: () => client.evaluate((bench) => bench.close()),
        };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const script = (name: string): Promise<Scripts> =>
  import(new URL(`scripts/browser/${name}.mjs`, root).href) as Promise<Scripts>;

async function buildInto(folder: string): Promise<void> {
  const { build } = await import('vite');
  const rolldownOptions = { checks: { bundlerTimings: false } };
  await build({
    root: fileURLToPath(root),
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es', rolldownOptions },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      rolldownOptions: {
        ...rolldownOptions,
        input: fileURLToPath(new URL('dist/bench/support/page/client.js', root)),
        output: { entryFileNames: 'client.js' },
      },
    },
  });
  writeFileSync(join(folder, 'index.html'), HTML);
}
