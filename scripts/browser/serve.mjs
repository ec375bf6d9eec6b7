/** A server of the files in a folder, for a browser on this machine. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.csv': 'text/csv',
  '.gz': 'application/gzip',
};
/** What makes a page cross-origin isolated, without which a browser has no memory that threads share. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * Serves `folder` on a port of 127.0.0.1, by default one that is free, with the headers of isolation or without.
 * @param take is given what pages send (POST), as text
 */
export async function serve(folder, isolated, port = 0, take = undefined) {
  const requests = [];
  const server = createServer((request, response) => {
    if (take && request.method === 'POST') {
      text(request).then((sent) => {
        response.writeHead(204).end();
        take(sent);
      });
      return;
    }
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    const path = join(folder, normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const { 'sec-fetch-dest': dest, referer } = request.headers;
    requests.push({ path: pathname, dest, referer });
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    response.writeHead(200, { 'Content-Type': type, ...(isolated && ISOLATION) });
    createReadStream(path).pipe(response);
  });
  await new Promise((ready, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', ready);
  });
  return {
    /** What has been asked for and was there, in order. */
    requests,
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(closed);
      }),
  };
}
