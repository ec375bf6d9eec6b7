/**
 * beaverdam/isolation: cross-origin isolation, which sessions in a page need for memory that threads share, for pages whose host
 * cannot send the two headers. A service worker adds them: copy `beaverdam/isolation-worker.js` beside the page.
 *
 *     await isolate(); // reloads the page once, on the first visit
 *     const session = await createSession();
 *
 * A host that can send the headers should: docs/isolation.md says how, and what isolation takes from a page.
 */
import { type IsolationOptions, isolateIn } from './isolate.js';
import { pageHere } from './page.js';

export type { IsolationOptions } from './isolate.js';

/**
 * Resolves when the page is cross-origin isolated. Where it is not, registers the service worker and reloads the page, once;
 * the promise does not settle then, so that what follows runs in the reloaded page alone. So call it first. Needs HTTPS, or
 * localhost.
 * @throws TypeError for what is no option
 * @throws Error that says what is in the way: an insecure page, no service workers (some browsers' private windows), a page in the
 *   frame of another, a file that is not there or answers for other pages, another service worker in its place, or a page
 *   that is not isolated after it has been reloaded
 */
export function isolate(options: IsolationOptions = {}): Promise<void> {
  return isolateIn(pageHere, options);
}
