/** What differs between Node and the browser, for Node: files, the number of cores, a worker's own side. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { gunzip } from 'node:zlib';
import type { Endpoint } from 'comlink';
import nodeEndpoint, { type NodeEndpoint } from 'comlink/dist/esm/node-adapter.mjs';
import { nodeFiles } from './node-files.js';
import type { Files } from './types.js';

/** Folders of files that outlive the process; null where there are none. */
export const files: Files | null = nodeFiles;

/** Reads a file that ships with the package, or one in a folder of the user's. */
export const readAsset = async (url: URL): Promise<Uint8Array> => readFile(url);

/** The length that a gzip file says it has (RFC 1952, section 2.3.1), within what is taken at once. */
function lengthIn(bytes: Uint8Array): number {
  const said =
    bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  return Math.min(Math.max(said, LEAST_PIECE), MOST_PIECE);
}
const [LEAST_PIECE, MOST_PIECE] = [2 ** 14, 2 ** 24];

/** What has been gzipped. @throws Error for bytes that are damaged or cut short */
export const unzipped = (bytes: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    gunzip(bytes, { chunkSize: lengthIn(bytes) }, (error, whole) => {
      if (error) reject(error);
      else
        resolve(
          whole.length === whole.buffer.byteLength ? new Uint8Array(whole.buffer) : new Uint8Array(whole),
        );
    });
  });

/** The bytes of a file as they come. */
export async function* readPieces(url: URL): AsyncGenerator<Uint8Array> {
  if (url.protocol === 'file:') {
    yield* createReadStream(url);
    return;
  }
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`cannot load ${url.pathname}: HTTP ${response.status}`);
  yield* response.body as unknown as AsyncIterable<Uint8Array>;
}

/** The URL that a user's string stands for: here a path, or a file's URL. */
export const urlOf = (path: string): URL =>
  path.startsWith('file://') ? new URL(path) : pathToFileURL(path);

/** What a URL stands for: here an absolute one. */
export const locationOf = (href: string): URL => new URL(href);

/** The folder of an installed package's entry, as libraries want it: here a path, with a slash at its end. */
export const packageFolder = (name: string): string => fileURLToPath(new URL('.', import.meta.resolve(name)));

/** Processors this process may use. */
export const cores = (): number => availableParallelism();

/** In a worker: the data it was started with, or the first message to a thread that was started without (node-spare.ts). */
export const bootData = async (): Promise<unknown> =>
  workerData ?? new Promise((resolve) => parentPort?.once('message', ({ boot }) => resolve(boot)));

/** In a worker: the end of the channel to the thread that started it. */
export const workerEndpoint = (): Endpoint => nodeEndpoint(parentPort as unknown as NodeEndpoint);
