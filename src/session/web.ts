/** Where a role takes guests over WebSockets. */
import { checkArray, checkOptions, checkText } from '../options.js';
import { addressOf } from './address.js';

/** Where a role takes guests, and which. */
export interface WebOptions {
  /** Where it listens: 'host:port'. */
  readonly listen: string;
  /**
   * The pages that may come: 'https://host', with the port where it is not the usual one, as browsers say it. Whoever is no browser says
   * nothing, and comes by its invitation alone.
   */
  readonly origins: readonly string[];
  /** Folder of its invitations (`invite`), which also says which were used. */
  readonly invitations: string;
  /**
   * For TLS: PEM of a certificate that browsers trust, with those that vouch for it, and of its private key. Without them it
   * listens on an address of the machine itself, behind a proxy that has them.
   */
  readonly certificate?: string;
  readonly key?: string;
}

/** @throws TypeError or RangeError for a place where no guest could come safely */
export function checkWeb(name: string, options: unknown): void {
  checkOptions(name, options, ['listen', 'origins', 'invitations', 'certificate', 'key']);
  const { listen, origins, invitations, certificate, key } = options as Partial<WebOptions>;
  const { host } = addressOf(`${name}.listen`, listen);
  checkArray(`${name}.origins`, origins);
  for (const [i, origin] of origins.entries()) checkOrigin(`${name}.origins[${i}]`, origin);
  checkText(`${name}.invitations`, invitations);
  if (certificate !== undefined) checkText(`${name}.certificate`, certificate);
  if (key !== undefined) checkText(`${name}.key`, key);
  if ((certificate === undefined) !== (key === undefined)) {
    throw new RangeError(`${name}: a certificate and its key come together`);
  }
  if (certificate === undefined && !isLoopback(host)) {
    throw new RangeError(`${name}: ${host} is open to others, which needs a certificate and its key`);
  }
}

/** @throws TypeError or RangeError for what is no origin of a page */
export function checkOrigin(name: string, text: unknown): void {
  checkText(name, text);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.origin === text && /^https?:$/.test(url.protocol)) return;
  throw new RangeError(
    `${name}: expected an origin as browsers say it, 'https://host' or 'https://host:port'`,
  );
}

/** @throws TypeError or RangeError for what no guest could dial safely */
export function webUrlOf(name: string, text: unknown): string {
  checkText(name, text);
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url?.protocol === 'ws:' && isLoopback(url.hostname.replace(/^\[|\]$/g, ''));
  const bare = url && !url.hash && !url.username && !url.password;
  if (bare && (url.protocol === 'wss:' || plain)) return text;
  throw new RangeError(`${name}: expected wss://host, or ws:// with an address of the machine itself`);
}

/** Whether only the machine itself reaches such a host. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\./.test(host);
