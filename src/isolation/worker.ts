/**
 * The service worker of {@link ./index}: gives the documents and workers of its scope the two headers that isolate a page from
 * others, where the host of the page cannot. It stands alone, without imports and exports, for it is copied to the host, or
 * taken up by another service worker with `importScripts`.
 *
 * It answers for what needs the headers, which are documents, frames and workers of its own origin. All else (files, pictures,
 * parts of films, what comes of other origins) it leaves to the browser, as if it were not there.
 *
 * `?embedder=credentialless` in its own address makes that the value of Cross-Origin-Embedder-Policy. It stands in the address
 * since browsers stop and start service workers as they please, and whatever else they have been told is lost.
 */
{
  /** The global scope of a service worker, and a fetch that it is asked about: as far as they are used here. */
  interface Scope {
    readonly location: { readonly origin: string; readonly search: string };
    addEventListener(type: 'install', listener: () => void): void;
    addEventListener(type: 'fetch', listener: (event: Asked) => void): void;
    skipWaiting(): Promise<void>;
  }
  interface Asked {
    readonly request: Request;
    respondWith(response: Promise<Response>): void;
  }

  const scope = globalThis as unknown as Scope;
  const credentialless = new URLSearchParams(scope.location.search).get('embedder') === 'credentialless';
  const isolation = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': credentialless ? 'credentialless' : 'require-corp',
  };
  /** What a request is for where its answer needs the headers. */
  const destinations = ['document', 'iframe', 'frame', 'embed', 'object', 'worker', 'sharedworker'];
  /** Answers that have no body, and may not be made with one. */
  const bodiless = [101, 204, 205, 304];

  const withHeaders = (response: Response): Response => {
    // a redirect, which the browser follows itself, or what may not be looked into
    if (response.status === 0) return response;
    const { status, statusText } = response;
    const headers = new Headers(response.headers);
    for (const [name, value] of Object.entries(isolation)) headers.set(name, value);
    return new Response(bodiless.includes(status) ? null : response.body, { status, statusText, headers });
  };

  // a new version of this file takes the place of the old one at once
  scope.addEventListener('install', () => void scope.skipWaiting());

  scope.addEventListener('fetch', (event) => {
    const { request } = event;
    if (!destinations.includes(request.destination)) return;
    if (new URL(request.url).origin !== scope.location.origin) return;
    // developer tools ask so now and then, and fetch refuses it
    if (request.cache === 'only-if-cached' && request.mode !== 'same-origin') return;
    event.respondWith(fetch(request).then(withHeaders));
  });
}
