/** What a page has loaded, and by whom: from the requests of a browser. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/**
 * @param requests paths with the headers that came with them, in the order in which they came
 * @returns bytes, gzipped and by brotli, of the modules of the page and of all its workers, each once; and every other file
 */
export function loadedOf(folder, requests) {
  const workers = new Set();
  const pages = new Set();
  const others = new Set();
  for (const { path, dest, referer } of requests) {
    const from = referer && new URL(referer).pathname;
    if (!path.endsWith('.js')) others.add(path);
    else if (dest === 'worker' || workers.has(from)) workers.add(path);
    else pages.add(path);
  }
  const sizes = (paths) => {
    const files = [...paths].map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
    const sum = (size) => files.reduce((total, { bytes }) => total + size(bytes), 0);
    return {
      gzip: sum((bytes) => gzipSync(bytes, { level: 9 }).length),
      brotli: sum((bytes) => brotliCompressSync(bytes).length),
      files: files.map(({ path, bytes }) => `${path.split('/').at(-1)} ${bytes.length}`),
    };
  };
  return { page: sizes(pages), workers: sizes(workers), others: [...others] };
}
