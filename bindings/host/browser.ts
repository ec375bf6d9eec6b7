/** What differs between Node and the browser, for the browser: files, the number of cores, a worker's own side. */
import type { Endpoint } from 'comlink';
import type { Boot } from './browser-threads.js';
import type { Files } from './types.js';

const scope = globalThis as unknown as Endpoint;

/** Folders of files that outlive the process; null where there are none. */
export const files: Files | null = null;

/** Reads a file that ships with the package, or one in a folder of the user's. */
export async function readAsset(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`cannot load ${url.pathname}: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** What has been gzipped. @throws Error for bytes that are damaged or cut short */
export async function unzipped(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The bytes of a file as they come. */
export async function* readPieces(url: URL): AsyncGenerator<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`cannot load ${url.pathname}: HTTP ${response.status}`);
  const reader = response.body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The URL that a user's string stands for: here a URL, relative to the page. */
export const urlOf = (text: string): URL => new URL(text, globalThis.location.href);

/** What a URL stands for, which may be relative to the page. */
export const locationOf = (href: string): URL => new URL(href, globalThis.location.href);

/** The folder of a package's entry, with a slash at its end; the page's import map has to know the package. */
export const packageFolder = (name: string): string => new URL('.', import.meta.resolve(name)).href;

/** Processors this page may use. */
export const cores = (): number => navigator.hardwareConcurrency ?? 1;

/** In a worker: the data it was started with (the first message). */
export const bootData = (): Promise<unknown> =>
  new Promise((resolve) => {
    scope.addEventListener('message', function first(event) {
      const data = (event as MessageEvent<Partial<Boot> | undefined>).data;
      if (data?.beaverdamBoot === undefined) return;
      scope.removeEventListener('message', first);
      resolve(data.beaverdamBoot);
    });
  });

/** In a worker: the end of the channel to the thread that started it. */
export const workerEndpoint = (): Endpoint => scope;
