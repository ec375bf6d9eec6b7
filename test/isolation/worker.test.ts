/** The service worker, run as the script that it is: what it answers for, and what it leaves to the browser. */
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const code = readFileSync(new URL('../../src/isolation/worker.js', import.meta.url), 'utf8');
const HERE = 'https://here.example';

/** Starts the worker where every fetch ends in `response`; what it answers to a request, undefined where it does not. */
function start(response: unknown, search = '') {
  const listeners = new Map<string, (event: unknown) => void>();
  let skipped = 0;
  const context = createContext({
    URL,
    URLSearchParams,
    Headers,
    Response,
    location: { origin: HERE, search },
    addEventListener: (type: string, listener: (event: unknown) => void) => listeners.set(type, listener),
    skipWaiting: async () => void skipped++,
    fetch: async () => {
      if (response instanceof Error) throw response;
      return response;
    },
  });
  runInContext(code, context);
  return {
    install() {
      listeners.get('install')?.({});
      return skipped;
    },
    answer(request: Record<string, unknown>): Promise<Response> | undefined {
      let answer: Promise<Response> | undefined;
      listeners.get('fetch')?.({
        request: {
          url: `${HERE}/page`,
          destination: 'document',
          mode: 'navigate',
          cache: 'default',
          ...request,
        },
        respondWith(promise: Promise<Response>) {
          answer = promise;
        },
      });
      return answer;
    },
  };
}

const ok = () => new Response('text', { headers: { 'Content-Type': 'text/html', Vary: 'Accept' } });

test('documents, frames and workers get the two headers, and keep what they have', async () => {
  for (const destination of ['document', 'iframe', 'worker', 'sharedworker']) {
    const answer = await start(ok()).answer({ destination });
    assert.ok(answer, destination);
    assert.equal(Object.fromEntries((answer as Response).headers), {
      'content-type': 'text/html',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-opener-policy': 'same-origin',
      vary: 'Accept',
    });
    assert.is(await (answer as Response).text(), 'text');
  }
});

test("its address chooses 'credentialless', and headers of the host give way", async () => {
  const response = new Response('', { headers: { 'Cross-Origin-Embedder-Policy': 'unsafe-none' } });
  const answer = await start(response, '?embedder=credentialless').answer({});
  assert.is(answer?.headers.get('Cross-Origin-Embedder-Policy'), 'credentialless');
  const other = await start(ok(), '?embedder=anything').answer({});
  assert.is(other?.headers.get('Cross-Origin-Embedder-Policy'), 'require-corp');
});

test('status and body stay: parts, errors, answers without a body', async () => {
  const part = new Response('par', { status: 206, headers: { 'Content-Range': 'bytes 0-2/9' } });
  const answer = await start(part).answer({});
  assert.is(answer?.status, 206);
  assert.is(answer?.headers.get('Content-Range'), 'bytes 0-2/9');
  assert.is((await start(new Response('no', { status: 404 })).answer({}))?.status, 404);
  for (const status of [204, 304]) {
    assert.is((await start(new Response(null, { status })).answer({}))?.status, status);
  }
});

test('redirects and opaque answers are handed on as they are', async () => {
  for (const type of ['opaqueredirect', 'opaque', 'error']) {
    const response = { type, status: 0 };
    assert.is(await start(response).answer({}), response as never);
  }
});

test('a failure stays one', async () => {
  const reason = new TypeError('offline');
  const failed = await start(reason)
    .answer({})
    ?.then(
      () => null,
      (error: unknown) => error,
    );
  assert.is(failed, reason);
});

test('it leaves files, other origins and what is only in the cache to the browser', () => {
  for (const destination of ['', 'image', 'video', 'audio', 'script', 'style', 'font', 'manifest']) {
    assert.is(start(ok()).answer({ destination }), undefined, destination);
  }
  assert.is(start(ok()).answer({ url: 'https://elsewhere.example/page' }), undefined);
  assert.is(start(ok()).answer({ cache: 'only-if-cached', mode: 'no-cors' }), undefined);
});

test('a new version does not wait for pages to be closed', () => {
  assert.is(start(ok()).install(), 1);
});

test('it is a script by itself, which old browsers and importScripts take', () => {
  assert.not.match(code, /^\s*(import|export)\b/m);
});

test.run();
